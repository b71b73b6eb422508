// What a pod refers to of configuration. Pure.
#pragma once

#include <set>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::podsync {

/// The config maps and secrets that its volumes and the environments of its containers are made from.
std::set<api::ObjectKey> ReferencesOf(const api::Pod& pod);

}  // namespace ordinal::podsync
