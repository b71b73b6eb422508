#include "agent/api/kinds/job/status_rules.h"

#include <set>

#include "agent/api/kinds/job/index_set.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

bool Says(const Json& status, std::string_view type, std::string_view value) {
  for (const Json& condition : Items(status, "conditions")) {
    if (ReadString(condition, "type") == type) return ReadString(condition, "status") == value;
  }
  return false;
}

/// A status, with what it says of the job's end.
struct Seen {
  explicit Seen(const Json& body)
      : status(Member(body, "status")),
        complete(Says(status, "Complete", "True")),
        failed(Says(status, "Failed", "True")),
        failure_target(Says(status, "FailureTarget", "True")),
        success_met(Says(status, "SuccessCriteriaMet", "True")),
        finished(complete || failed),
        started(ReadTime(status, "startTime")),
        completed(ReadTime(status, "completionTime")) {}

  int64_t Count(std::string_view member) const { return ReadInt(status, member); }
  std::string Text(std::string_view member) const { return ReadString(status, member); }

  const Json& status;
  bool complete, failed, failure_target, success_met, finished;
  std::optional<WallTime> started, completed;
};

/// One write: what it is about, before and after.
struct Change {
  const Json& spec;
  const Seen& now;
  const Seen& before;
  Faults& faults;

  bool Of(std::string_view member) const { return Member(now.status, member) != Member(before.status, member); }
  bool OfAny(std::initializer_list<std::string_view> members) const {
    for (const std::string_view member : members) {
      if (Of(member)) return true;
    }
    return false;
  }
  void Refuse(std::string_view member, const std::string& why) const {
    const Json& value = Member(now.status, member);
    const bool shown = value.is_primitive() && !value.is_null();
    faults.Add(StatusPath(member), kInvalid, "Invalid value: " + (shown ? value.dump() + ": " : "") + why);
  }
};

/// A pod is noted once, as a success or as a failure.
void ValidateUncounted(const Json& status, Faults& faults) {
  std::set<std::string> seen;
  for (const std::string_view end : {"succeeded", "failed"}) {
    const auto uids = ReadStrings(Member(status, "uncountedTerminatedPods"), end);
    for (size_t i = 0; i < uids.size(); ++i) {
      const Path at = (StatusPath("uncountedTerminatedPods") / end)[i];
      if (uids[i].empty()) {
        faults.Invalid(at, uids[i], "must not be empty");
      } else if (!seen.insert(uids[i]).second) {
        faults.Duplicate(at, uids[i]);
      }
    }
  }
}

/// Which conditions go together.
void ValidateEnds(const Change& change) {
  const Seen &now = change.now, &before = change.before;
  const bool complete = now.complete != before.complete, failed = now.failed != before.failed;
  const bool target = now.failure_target != before.failure_target, met = now.success_met != before.success_met;
  const auto refuse = [&](bool asked, bool broken, const char* why) {
    if (asked && broken) change.Refuse("conditions", why);
  };
  refuse(complete || failed, now.complete && now.failed, "cannot set Complete=True and Failed=true conditions");
  refuse(complete || target, now.complete && now.failure_target,
         "cannot set Complete=True and FailureTarget=true conditions");
  refuse(failed || change.Of("failedIndexes"), now.failed && !now.failure_target,
         "cannot set Failed=True condition without the FailureTarget=true condition");
  refuse(complete || met, now.complete && !now.success_met,
         "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
  refuse(true, now.success_met && now.failed, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
  refuse(true, now.success_met && now.failure_target,
         "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
}

/// What was said of the end stays.
void ValidateStays(const Change& change) {
  const Seen &now = change.now, &before = change.before;
  const auto stays = [&](bool was, bool is, const std::string& type) {
    if (was && !is) change.Refuse("conditions", "cannot disable the terminal " + type + "=True condition");
  };
  stays(before.failed, now.failed, "Failed");
  stays(before.complete, now.complete, "Complete");
  stays(before.failure_target, now.failure_target, "FailureTarget");
  if (before.success_met && !now.success_met) {
    change.Refuse("conditions", "cannot disable the SuccessCriteriaMet=True condition");
  }
  if (before.complete && !before.success_met && now.success_met) {
    change.Refuse("conditions", "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
  }
  if (now.Count("failed") < before.Count("failed")) change.Refuse("failed", "cannot decrease the failed counter");
  const bool scales = ReadString(change.spec, "completionMode") == "Indexed" &&
                      Member(change.spec, "completions") == Member(change.spec, "parallelism");
  if (!scales && now.Count("succeeded") < before.Count("succeeded")) {
    change.Refuse("succeeded", "cannot decrease the succeeded counter");
  }
}

void ValidateTimes(const Change& change) {
  const Seen &now = change.now, &before = change.before;
  if (now.complete != before.complete || change.Of("completionTime")) {
    if (now.completed && !now.complete) {
      change.Refuse("completionTime", "cannot set completionTime when there is no Complete=True condition");
    }
    if (!now.completed && now.complete) {
      change.faults.Required(StatusPath("completionTime"), "completionTime is required for Complete jobs");
    }
  }
  if (change.OfAny({"startTime", "completionTime"}) && now.started && now.completed && *now.completed < *now.started) {
    change.Refuse("completionTime", "must be equal to or after `startTime`");
  }
  if (now.completed && before.completed && now.completed != before.completed) {
    change.Refuse("completionTime", "field is immutable");
  }
  const bool resumes = Says(before.status, "Suspended", "True") && Says(now.status, "Suspended", "False");
  if (before.started && now.started != before.started && !resumes && !ReadBool(change.spec, "suspend")) {
    change.Refuse("startTime", "field is immutable for unsuspended job once set");
  }
}

/// What a job that is over has no more.
void ValidateFinished(const Change& change) {
  const Seen& now = change.now;
  const bool over = now.finished != change.before.finished;
  const bool never_ran = ReadBool(change.spec, "suspend") && Member(change.spec, "completions") == 0;
  if (now.finished) {
    if ((over || change.Of("active")) && now.Count("active") > 0) {
      change.Refuse("active", "active>0 is invalid for finished job");
    }
    if ((over || change.Of("terminating")) && now.Count("terminating") > 0) {
      change.Refuse("terminating", "terminating>0 is invalid for finished job");
    }
    if ((over || change.Of("startTime")) && !now.started && !never_ran) {
      change.faults.Required(StatusPath("startTime"), "startTime is required for finished job");
    }
    const Json& uncounted = Member(now.status, "uncountedTerminatedPods");
    if ((over || change.Of("uncountedTerminatedPods")) &&
        Items(uncounted, "succeeded").size() + Items(uncounted, "failed").size() > 0) {
      change.Refuse("uncountedTerminatedPods", "must be empty for finished job");
    }
  }
  if (now.status.contains("ready") && change.OfAny({"ready", "active"}) && now.Count("ready") > now.Count("active")) {
    change.Refuse("ready", "cannot set more ready pods than active");
  }
}

void ValidateIndexes(const Change& change) {
  const Json& spec = change.spec;
  const bool completed_changed = change.Of("completedIndexes"), failed_changed = change.Of("failedIndexes");
  const std::string completed = change.now.Text("completedIndexes"), failed = change.now.Text("failedIndexes");
  const bool per_index = spec.contains("backoffLimitPerIndex"),
             has_failed = change.now.status.contains("failedIndexes");
  if (completed_changed && !completed.empty() && ReadString(spec, "completionMode") != "Indexed") {
    change.Refuse("completedIndexes", "cannot set non-empty completedIndexes when non-indexed completion mode");
  }
  if (failed_changed && !per_index && has_failed) {
    change.Refuse("failedIndexes", "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
  }
  if (!spec.contains("completions")) return;
  const int64_t limit = ReadInt(spec, "completions");
  const auto succeeded = IndexSet::Parse(completed, limit), lost = IndexSet::Parse(failed, limit);
  if (completed_changed && !succeeded.ok()) {
    change.Refuse("completedIndexes", "error parsing completedIndexes: " + succeeded.error().message);
  }
  if (failed_changed && per_index && !lost.ok()) {
    change.Refuse("failedIndexes", "error parsing failedIndexes: " + lost.error().message);
  }
  if ((completed_changed || failed_changed) && succeeded.ok() && lost.ok() && lost->CountIn(*succeeded) > 0) {
    change.Refuse("failedIndexes", "failedIndexes and completedIndexes overlap");
  }
}

}  // namespace

void ValidateJobStatus(const Json& body, const Json& old_body, Faults& faults) {
  const Seen now(body), before(old_body);
  ValidateCounts(now.status, {"active", "succeeded", "failed", "ready", "terminating"}, faults);
  ValidateUncounted(now.status, faults);
  const Change change{Member(old_body, "spec"), now, before, faults};
  ValidateEnds(change);
  ValidateStays(change);
  ValidateTimes(change);
  ValidateFinished(change);
  ValidateIndexes(change);
}

}  // namespace ordinal::api
