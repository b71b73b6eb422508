// What a pod refers to of configuration. Pure.
#pragma once

#include <set>

#include "agent/api/kinds/pod/view.h"
#include "agent/references/account_tokens.h"

namespace ordinal::podsync {

/// The config maps and secrets that its volumes and the environments of its containers are made from, and those that
/// its images are pulled with.
std::set<api::ObjectKey> ReferencesOf(const api::Pod& pod);

/// The service account tokens that its volumes are made from, and whose they are.
std::set<references::TokenWish> TokensOf(const api::Pod& pod);
references::TokenUser TokenUserOf(const api::Pod& pod);

}  // namespace ordinal::podsync
