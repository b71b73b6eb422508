// What DNS answered when the agent last ran, as text: with it the names are there again before anything else is. Pure.
//
// A name may be answered from it only while the address still belongs to its pod: each endpoint of a pod is kept with
// the sandbox that has the address, and counts while the runtime lists that very sandbox as ready.
#pragma once

#include <map>
#include <set>
#include <string>

#include "agent/names/snapshot_of.h"

namespace ordinal::names {

/// Pod uid → id of the sandbox that has the pod's addresses. A pod of the host's network has one as well.
using Sandboxes = std::map<std::string, std::string>;

/// What ReadKept() reads. Endpoints of pods without a sandbox are left out.
std::string KeepText(const Names& names, const Sandboxes& sandboxes, const std::string& zone);

/// The names in `text`, less the endpoints of pods whose sandbox is not among `ready`. kInvalid when the text is cut,
/// garbled, of another zone or of another version: then nothing of it can be used.
Result<Names> ReadKept(const std::string& text, const std::set<std::string>& ready, const std::string& zone);

}  // namespace ordinal::names
