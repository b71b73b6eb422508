// Volumes of configuration: what a configMap, secret, downwardAPI or projected volume consists of. Pure.
#pragma once

#include "agent/api/kinds/pod/view.h"
#include "agent/podsync/env.h"
#include "volumes/spec.h"

namespace ordinal::podsync {

/// True for the members of a VolumeSource that ConfigVolume() takes.
bool IsConfigVolume(std::string_view source);

/// The config maps and secrets a volume is made from, of namespace `ns`.
std::vector<api::ObjectKey> ReferencesOf(const api::Volume& volume, const std::string& ns);

/// The service account tokens a volume is made from.
std::vector<references::TokenWish> TokensOf(const api::Volume& volume);

/// The files of a volume. Where an object or a key is missing and may not be, or the files are more than 32 MiB,
/// ConfigFiles::missing says so, in the reference's words where it has some. The bytes of config maps and secrets are
/// theirs, not copies.
volumes::ConfigFiles ConfigVolume(const api::Pod& pod, const api::Volume& volume, const EnvFacts& facts);

}  // namespace ordinal::podsync
