// The status of a Deployment: counts, and the conditions Available, Progressing and ReplicaFailure that
// `kubectl rollout status` and `wait` read, and its sets' ReplicasHeldBack (pod_room.h). Pure.
// (pkg/controller/deployment/progress.go, sync.go)
//
//   Progressing   True    NewReplicaSetCreated, FoundNewReplicaSet, ReplicaSetUpdated, NewReplicaSetAvailable
//                 False   ProgressDeadlineExceeded, ReplicaSetCreateError
//                 Unknown DeploymentPaused, DeploymentResumed
#pragma once

#include <optional>
#include <string>

#include "agent/controllers/deployment/rollout.h"

namespace ordinal::controllers::deployment {

/// What this pass did about the current set.
enum class NewSet { kThere, kCreated, kMissing };

/// The deployment's conditions, with what pausing, resuming and making a set say.
api::Json ConditionsBefore(const api::Deployment& deployment, const Family& family, NewSet made,
                           const std::string& new_name, WallTime now);

/// The whole status document. `conditions` are those of ConditionsBefore(). `rolling`: a rollout is looked after, so
/// its progress counts; not while the deployment is paused or only rescaled.
api::Json CountStatus(const api::Deployment& deployment, const Family& family, api::Json conditions, bool rolling,
                      WallTime now);

/// The status with the news that the current set could not be made.
api::Json WithCreateFailure(const api::Deployment& deployment, api::Json status, const std::string& message,
                            WallTime now);

/// Every pod is of the newest template and available.
bool Complete(const api::Deployment& deployment, const api::Json& status);

/// How long until the rollout has taken too long; nothing when it has no deadline, is through, or was too long.
std::optional<Duration> DeadlineIn(const api::Deployment& deployment, const api::Json& status, WallTime now);

}  // namespace ordinal::controllers::deployment
