// Boot: the agent's start, a list of steps one after the other. Part of the composition root.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/task.h"

namespace ordinal {

class Boot {
 public:
  struct Step {
    std::string name;  ///< what the agent waits for while the step runs, as readiness says it: "manifests"
    std::function<Task<void>()> run;
  };

  explicit Boot(std::vector<Step> steps) : steps_(std::move(steps)) {}

  /// Runs every step to its end. Called once; a step that fails waits and tries again, or goes on without.
  Task<void> Run();

  /// The name of the step that runs, before Run() of the first one; empty when all are through.
  const std::string& waiting_for() const;

 private:
  const std::vector<Step> steps_;
  size_t at_ = 0;
};

}  // namespace ordinal
