// What a StatefulSet creates: the documents of a pod and of its claims, from the set's templates. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/stateful_set/view.h"

namespace ordinal::controllers::statefulset {

/// The pod of `ordinal`, made from `pod_template` (the set's own or an earlier revision's), labelled as `revision`.
/// Each claim template becomes a volume that replaces a volume of the same name in the pod template.
api::Json BuildPod(const api::StatefulSet& set, const api::Json& pod_template, const std::string& revision,
                   int64_t ordinal);

/// The claims of `ordinal`, one a claim template, labelled with the selector's matchLabels.
std::vector<api::Json> BuildClaims(const api::StatefulSet& set, int64_t ordinal);

/// The labels that give a pod its identity, for comparison and repair. The revision's is not among them: it says
/// what the pod was made from and never changes.
api::StringMap IdentityLabels(const std::string& pod_name, int64_t ordinal);

}  // namespace ordinal::controllers::statefulset
