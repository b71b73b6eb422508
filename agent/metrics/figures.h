// Figures: answers that the node's own API gives of what the node, its pods and the agent use and did. Measured when
// somebody asks, and only then; what is counted at its events is read off where it is counted.
//
//   asked ──> whom (control thread) ──> measure, write (a thread of its own) ──> text
//                                          └── disks (another one, disk_looks.h)
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/metrics/agent_metrics.h"
#include "agent/metrics/pods.h"
#include "agent/metrics/summary.h"
#include "cri/runtime.h"
#include "cri/stats.h"

namespace ordinal::metrics {

class Figures {
 public:
  /// Called on the control thread; what they and the references refer to outlives the figures.
  struct Sources {
    std::function<std::vector<PodSubject>()> pods;
    std::function<AgentFigures()> agent;
    std::function<std::vector<ProbeFigures>()> probes;
    std::function<Task<Result<cri::ImageFilesystem>>()> images;
    cri::Stats& stats;
    std::string node;       ///< its name: the value of observe::kAgentLabel of our containers
    std::string node_disk;  ///< a path on the disk that the node counts as its own
    KernelPlaces places = {};
  };
  Figures(Sources sources, Clock& clock) : sources_(std::move(sources)), clock_(clock), disks_(clock) {}

  // Texts in the format of exposition.h. They take some milliseconds. Errors: kInternal for a host without procfs; what
  // the runtime does not tell within three seconds, or a disk within five, is left out. Agent() and Resource() do not
  // ask the runtime.
  Task<Result<std::string>> Agent();
  Task<Result<std::string>> Resource();
  Task<Result<std::string>> Cadvisor();
  Task<Result<std::string>> Probes();

  /// A JSON document. Rates need two looks: the first answer, and one after two minutes without any, take a second.
  /// Who asks within a second of another answer gets rates since the one before that.
  Task<Result<std::string>> Summary(bool only_cpu_and_memory);

 private:
  BlockingPool& Thread();
  Task<std::optional<WrittenById>> Written();
  Task<std::string> AskRuntime(SummarySubject& subject);
  Task<Result<SummarySubject>> Look(bool only_cpu_and_memory);
  Task<void> AddDisks(SummarySubject& subject, const Depth& depth, const std::string& images);

  const Sources sources_;
  Clock& clock_;
  DiskLooks disks_;
  std::optional<BlockingPool> thread_;  ///< from the first question on
  CpuCounters last_, before_last_;      ///< of summaries, a second or more apart
};

}  // namespace ordinal::metrics
