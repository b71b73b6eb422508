// Typed view of Job (batch/v1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/job/index_set.h"
#include "agent/api/object.h"
#include "agent/api/selector.h"

namespace ordinal::api {

/// A rule of podFailurePolicy: by exit codes, or by conditions.
struct JobFailureRule {
  enum class Action { kCount, kIgnore, kFailIndex, kFailJob };
  Action action = Action::kCount;
  std::string action_name;
  bool by_exit_codes = false, not_in = false;
  std::string container;  ///< empty: any
  std::vector<int64_t> exit_codes;
  std::vector<std::pair<std::string, std::string>> conditions;  ///< type and status; one of them is enough
};

/// A rule of successPolicy.
struct JobSuccessRule {
  std::optional<IndexSet> indexes;  ///< absent: any
  std::optional<int64_t> count;     ///< absent: all of `indexes`
};

struct Job {
  static constexpr char kKind[] = "Job";

  Object object;
  Meta meta;
  int64_t parallelism = 1, backoff_limit = 6;
  std::optional<int64_t> completions;  ///< absent: the first success is the job's
  std::optional<int64_t> active_deadline_seconds, backoff_limit_per_index, max_failed_indexes;
  std::optional<int64_t> ttl_seconds_after_finished;
  bool indexed = false, suspended = false;
  bool replaces_failed_only = false;  ///< podReplacementPolicy: Failed
  bool restarts_containers = false;   ///< the template's restartPolicy: OnFailure
  std::string managed_by;
  Selector selector;
  bool has_failure_policy = false;
  std::vector<JobFailureRule> failure_rules;
  std::vector<JobSuccessRule> success_rules;

  // status
  int64_t succeeded = 0, failed = 0;
  std::optional<WallTime> start_time;
  std::string completed_indexes, failed_indexes;
  std::vector<std::string> uncounted_succeeded, uncounted_failed;  ///< uids of pods

  /// spec.template; good as Object::body() says.
  const Json& pod_template() const { return Member(Member(object.body(), "spec"), "template"); }
  /// The condition of that type that is True, or null; good as Object::body() says.
  const Json* Holding(std::string_view type) const;
  /// The condition Complete or Failed, when one of them is True; good as Object::body() says.
  const Json* Finished() const;
  static Job From(const Object& object);
};

}  // namespace ordinal::api
