// (pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go)
#include "agent/api/kinds/job/rules.h"

#include <limits>
#include <string>

#include "agent/api/kinds/job/fields.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr int64_t kUsualBackoffLimit = 6;
constexpr int64_t kNoBackoffLimit = std::numeric_limits<int32_t>::max();
constexpr int64_t kMostParallel = 100'000;       // of an indexed job
constexpr int64_t kMostFailedIndexes = 100'000;  // that are told
constexpr int64_t kManyCompletions = 100'000;    // beyond these, with a limit per index, the next two count
constexpr int64_t kMostParallelOfMany = 10'000;
constexpr int64_t kMostFailedOfMany = 10'000;
constexpr size_t kMostManagerBytes = 63;

void Default(Json& spec, const char* member, Json value) {
  if (!spec.contains(member)) spec[member] = std::move(value);
}

void ValidateManyCompletions(const Json& spec, const Path& path, Faults& faults) {
  if (ReadInt(spec, "completions") <= kManyCompletions || !spec.contains("backoffLimitPerIndex")) return;
  const std::string when = "when completions are above " + std::to_string(kManyCompletions);
  if (!spec.contains("maxFailedIndexes")) faults.Required(path / "maxFailedIndexes", "must be specified " + when);
  if (const int64_t value = ReadInt(spec, "parallelism"); value > kMostParallelOfMany) {
    faults.Invalid(path / "parallelism", value, "must be " + std::to_string(kMostParallelOfMany) + " or less " + when);
  }
  if (const int64_t value = ReadInt(spec, "maxFailedIndexes"); value > kMostFailedOfMany) {
    faults.Invalid(path / "maxFailedIndexes", value,
                   "must be " + std::to_string(kMostFailedOfMany) + " or less " + when);
  }
}

void ValidateIndexed(const Json& spec, const Path& path, Faults& faults) {
  if (!spec.contains("completions")) faults.Required(path / "completions", "when completion mode is Indexed");
  if (const int64_t value = ReadInt(spec, "parallelism"); value > kMostParallel) {
    faults.Invalid(path / "parallelism", value,
                   "must be " + std::to_string(kMostParallel) + " or less when completion mode is Indexed");
  }
  const int64_t most_failed = ReadInt(spec, "maxFailedIndexes");
  if (spec.contains("completions") && most_failed > ReadInt(spec, "completions")) {
    faults.Invalid(path / "maxFailedIndexes", most_failed, "must be completions or less");
  }
  if (most_failed > kMostFailedIndexes) {
    faults.Invalid(path / "maxFailedIndexes", most_failed,
                   "must be " + std::to_string(kMostFailedIndexes) + " or less");
  }
  ValidateManyCompletions(spec, path, faults);
}

void ValidateManager(const Json& spec, const Path& path, Faults& faults) {
  if (!spec.contains("managedBy")) return;
  const std::string manager = ReadString(spec, "managedBy");
  const size_t slash = manager.find('/');
  const bool prefixed = slash != std::string::npos && slash > 0 && slash + 1 < manager.size() &&
                        !CheckDnsSubdomain(manager.substr(0, slash));
  if (!prefixed) faults.Invalid(path, manager, "must be a domain and a path, as in example.com/controller");
  if (manager.size() > kMostManagerBytes) {
    faults.Add(path, kTooLong, "must have no more than " + std::to_string(kMostManagerBytes) + " bytes");
  }
}

void ValidateRestartPolicy(const Json& spec, const Path& path, Faults& faults) {
  const std::string policy = ReadString(Member(Member(spec, "template"), "spec"), "restartPolicy");
  if (policy.empty() || policy == "Always") {
    faults.Required(path, R"(a job's pods do not start again for ever; valid values: "OnFailure", "Never")");
  } else if (policy != "OnFailure" && policy != "Never") {
    faults.OneOf(path, policy, {"Never", "OnFailure"});
  } else if (policy != "Never" && spec.contains("podFailurePolicy")) {
    faults.Invalid(path, policy, "must be Never when podFailurePolicy is specified");
  }
}

}  // namespace

void DefaultJobSpec(Json& spec) {
  DefaultPodSpec(spec["template"]["spec"]);
  if (!spec.contains("completions") && !spec.contains("parallelism")) spec["completions"] = 1;
  Default(spec, "parallelism", 1);
  Default(spec, "completionMode", "NonIndexed");
  Default(spec, "manualSelector", false);
  Default(spec, "suspend", false);
  Default(spec, "backoffLimit", spec.contains("backoffLimitPerIndex") ? kNoBackoffLimit : kUsualBackoffLimit);
  Default(spec, "podReplacementPolicy", spec.contains("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
}

void ValidateJobSpec(const Json& spec, const Path& path, Faults& faults) {
  for (const std::string_view member : {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
                                        "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"}) {
    faults.NotNegative(path / member, ReadInt(spec, member));
  }
  if (spec.contains("maxFailedIndexes") && !spec.contains("backoffLimitPerIndex")) {
    faults.Required(path / "backoffLimitPerIndex", "when maxFailedIndexes is specified");
  }
  ValidateManager(spec, path / "managedBy", faults);
  const std::string mode = ReadString(spec, "completionMode");
  faults.OneOf(path / "completionMode", mode, schema::kCompletionModes);
  if (mode == "Indexed") ValidateIndexed(spec, path, faults);
  for (const char* member : {"backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"}) {
    if (mode == "Indexed" || !spec.contains(member)) continue;
    faults.Add(path / member, kInvalid, "requires completionMode Indexed");
  }
  ValidateJobPolicies(spec, path, faults);
  ValidatePodTemplate(Member(spec, "template"), path / "template", {}, faults);
  ValidateRestartPolicy(spec, path / "template" / "spec" / "restartPolicy", faults);
}

}  // namespace ordinal::api
