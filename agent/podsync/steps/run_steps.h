// Carrying out a plan: its steps one after another, each seen to its end before the next begins.
//
// A failure of the pod as a whole ends the run; that of one container only keeps this container from running. Both stay
// in Memory, with the reason that ends in the pod's status and the time of the next try.
#pragma once

#include "agent/podsync/plan.h"
#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

struct StepHooks {
  /// False from when the pod is to end: nothing more is begun, and what fails now is nobody's failure.
  std::function<bool()> wanted;
  /// False when there is a newer specification than the one the plan was made of: the next step waits for its plan.
  std::function<bool()> newest;
  /// Called when a step did what people want to see before the next one begins.
  std::function<Task<void>()> show;
};

Task<void> RunSteps(StepContext& context, const Plan& plan, const StepHooks& hooks);

}  // namespace ordinal::podsync
