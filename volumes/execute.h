// Doing what a plan says. Every call blocks and runs on the blocking pool; two calls for one pod never overlap
// (a pod has one worker). All are idempotent: after a failure or a crash the same plan is made and run again.
#pragma once

#include "volumes/mounter.h"
#include "volumes/plan.h"

namespace ordinal::volumes {

/// What is there already below pods/<uid>.
Result<Found> FindVolumes(const Layout& layout, const std::string& uid, Mounter& mounter);

/// Runs the steps in order and stops at the first that fails: "volume "data": …", reason FailedMount.
Status Execute(const std::vector<SetUpStep>& steps, Mounter& mounter);

/// Makes the binding's target show what the sub path names now. A binding left by an earlier start of the
/// container is kept when it shows the same file, else replaced. Reason CreateContainerConfigError.
Status Execute(const SubPathBinding& binding, Mounter& mounter);

/// Runs all actions in order; stops at the first that fails, so that no tree is removed under a mount.
Status Execute(const std::vector<TearDownAction>& actions, Mounter& mounter);

}  // namespace ordinal::volumes
