// Revisions of a Deployment: each template it had is a ReplicaSet, numbered by an annotation, which is what
// `kubectl rollout history` and `undo` read. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/ref.h"
#include "agent/controllers/deployment/rollout.h"

namespace ordinal::controllers::deployment {

inline constexpr char kRevisionAnnotation[] = "deployment.kubernetes.io/revision";
inline constexpr char kHistoryAnnotation[] = "deployment.kubernetes.io/revision-history";
inline constexpr char kHashLabel[] = "pod-template-hash";

/// Sorts the sets of a deployment; the oldest one of equal templates is the current one.
Family SortFamily(const api::Deployment& deployment, const api::Refs<api::ReplicaSet>& sets);

/// The number the current set has or gets: one more than the highest of the old ones.
int64_t NewRevision(const Family& family);
/// The number a set is annotated with; 0 without one.
int64_t RevisionOf(const api::ReplicaSet& set);

/// The annotations of the set of the deployment's template: the deployment's own, the revision, and the revisions it
/// had before an undo. `before`: what it has now.
api::StringMap CurrentAnnotations(const api::Deployment& deployment, int64_t revision, const api::StringMap& before);

/// The set of the deployment's template, not yet stored, with `size` replicas.
api::Json BuildReplicaSet(const api::Deployment& deployment, int64_t revision, int64_t size);

/// Whether the set's template is the deployment's, but for the hash label.
bool SameTemplate(const api::Deployment& deployment, const api::ReplicaSet& set);

/// Old sets beyond spec.revisionHistoryLimit that have no pods left, the lowest revision first.
std::vector<const api::ReplicaSet*> SurplusSets(const api::Deployment& deployment, const Family& family);

}  // namespace ordinal::controllers::deployment
