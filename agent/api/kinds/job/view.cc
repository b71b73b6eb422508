#include "agent/api/kinds/job/view.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

JobFailureRule ReadFailureRule(const Json& rule) {
  JobFailureRule out;
  using Action = JobFailureRule::Action;
  out.action_name = ReadString(rule, "action");
  if (out.action_name == "Ignore") out.action = Action::kIgnore;
  if (out.action_name == "FailIndex") out.action = Action::kFailIndex;
  if (out.action_name == "FailJob") out.action = Action::kFailJob;
  const Json& codes = Member(rule, "onExitCodes");
  out.by_exit_codes = codes.is_object();
  out.not_in = ReadString(codes, "operator") == "NotIn";
  out.container = ReadString(codes, "containerName");
  for (const Json& value : Items(codes, "values")) {
    if (value.is_number_integer()) out.exit_codes.push_back(value.get<int64_t>());
  }
  for (const Json& each : Items(rule, "onPodConditions")) {
    out.conditions.emplace_back(ReadString(each, "type"), ReadString(each, "status", "True"));
  }
  return out;
}

JobSuccessRule ReadSuccessRule(const Json& rule, int64_t completions) {
  JobSuccessRule out;
  if (rule.contains("succeededIndexes")) {
    out.indexes = IndexSet::ParseBelow(ReadString(rule, "succeededIndexes"), completions);
  }
  out.count = ReadOptional<int64_t>(rule, "succeededCount");
  return out;
}

void ReadSpec(const Json& spec, Job& job) {
  job.parallelism = ReadInt(spec, "parallelism", job.parallelism);
  job.completions = ReadOptional<int64_t>(spec, "completions");
  job.active_deadline_seconds = ReadOptional<int64_t>(spec, "activeDeadlineSeconds");
  job.backoff_limit = ReadInt(spec, "backoffLimit", job.backoff_limit);
  job.backoff_limit_per_index = ReadOptional<int64_t>(spec, "backoffLimitPerIndex");
  job.max_failed_indexes = ReadOptional<int64_t>(spec, "maxFailedIndexes");
  job.ttl_seconds_after_finished = ReadOptional<int64_t>(spec, "ttlSecondsAfterFinished");
  job.indexed = ReadString(spec, "completionMode") == "Indexed";
  job.suspended = ReadBool(spec, "suspend");
  job.replaces_failed_only = ReadString(spec, "podReplacementPolicy") == "Failed";
  job.restarts_containers = ReadString(Member(Member(spec, "template"), "spec"), "restartPolicy") == "OnFailure";
  job.managed_by = ReadString(spec, "managedBy");
  // What is stored was validated, so a selector that does not parse is one that is not there.
  if (auto parsed = Selector::FromJson(Member(spec, "selector")); parsed.ok()) job.selector = *parsed;
  const Json& failure_policy = Member(spec, "podFailurePolicy");
  job.has_failure_policy = failure_policy.is_object();
  for (const Json& rule : Items(failure_policy, "rules")) job.failure_rules.push_back(ReadFailureRule(rule));
  for (const Json& rule : Items(Member(spec, "successPolicy"), "rules")) {
    job.success_rules.push_back(ReadSuccessRule(rule, job.completions.value_or(0)));
  }
}

}  // namespace

Job Job::From(const Object& object) {
  Job job;
  job.object = object;
  job.meta = ReadMeta(object.body());
  ReadSpec(Member(object.body(), "spec"), job);
  const Json& status = Member(object.body(), "status");
  job.succeeded = ReadInt(status, "succeeded");
  job.failed = ReadInt(status, "failed");
  job.start_time = ReadTime(status, "startTime");
  job.completed_indexes = ReadString(status, "completedIndexes");
  job.failed_indexes = ReadString(status, "failedIndexes");
  const Json& uncounted = Member(status, "uncountedTerminatedPods");
  job.uncounted_succeeded = ReadStrings(uncounted, "succeeded");
  job.uncounted_failed = ReadStrings(uncounted, "failed");
  return job;
}

const Json* Job::Holding(std::string_view type) const {
  for (const Json& condition : Items(Member(object.body(), "status"), "conditions")) {
    if (ReadString(condition, "type") == type && ReadString(condition, "status") == "True") return &condition;
  }
  return nullptr;
}

const Json* Job::Finished() const {
  const Json* complete = Holding("Complete");
  return complete != nullptr ? complete : Holding("Failed");
}

}  // namespace ordinal::api
