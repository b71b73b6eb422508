// What a job's policies of failure and success may ask for.
#include <set>
#include <string>

#include "agent/api/kinds/job/fields.h"
#include "agent/api/kinds/job/index_set.h"
#include "agent/api/kinds/job/rules.h"
#include "agent/api/names.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostRules = 20;
constexpr size_t kMostConditions = 20;
constexpr size_t kMostExitCodes = 255;
constexpr size_t kMostIndexBytes = 64 * 1024;

std::set<std::string> ContainerNames(const Json& spec) {
  std::set<std::string> names;
  const Json& pod = Member(Member(spec, "template"), "spec");
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& container : Items(pod, list)) names.insert(ReadString(container, "name"));
  }
  return names;
}

void ValidateExitCodeValues(const Json& on, const Path& path, Faults& faults) {
  const Json& values = Items(on, "values");
  if (values.empty()) faults.Add(path, kInvalid, "at least one value is required");
  if (values.size() > kMostExitCodes) faults.TooMany(path, values.size(), kMostExitCodes);
  std::set<int64_t> seen;
  bool ordered = true;
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t code = values[i].is_number_integer() ? values[i].get<int64_t>() : 0;
    if (code == 0 && ReadString(on, "operator") == "In") {
      faults.Invalid(path[i], code, "must not be 0 for the In operator: a container that ended with 0 did not fail");
    }
    ordered = ordered && (seen.empty() || code >= *seen.rbegin());
    if (!seen.insert(code).second) faults.Duplicate(path[i], std::to_string(code));
  }
  if (!ordered) faults.Add(path, kInvalid, "must be in ascending order");
}

void ValidateOnExitCodes(const Json& on, const Path& path, const std::set<std::string>& names, Faults& faults) {
  const std::string operation = ReadString(on, "operator");
  if (operation.empty()) faults.Required(path / "operator", R"(valid values: "In", "NotIn")");
  faults.OneOf(path / "operator", operation, schema::kExitCodeOperators);
  if (on.contains("containerName") && !names.contains(ReadString(on, "containerName"))) {
    faults.Invalid(path / "containerName", ReadString(on, "containerName"),
                   "must be one of the containers or initContainers of the pod template");
  }
  ValidateExitCodeValues(on, path / "values", faults);
}

void ValidateOnConditions(const Json& patterns, const Path& path, Faults& faults) {
  if (patterns.size() > kMostConditions) faults.TooMany(path, patterns.size(), kMostConditions);
  for (size_t i = 0; i < patterns.size(); ++i) {
    faults.Named(path[i] / "type", ReadString(patterns[i], "type"), CheckQualifiedName);
    faults.OneOf(path[i] / "status", ReadString(patterns[i], "status"), {"False", "True", "Unknown"});
  }
}

void ValidateFailureRule(const Json& rule, const Json& spec, const Path& path, Faults& faults) {
  const std::string action = ReadString(rule, "action");
  if (action.empty()) faults.Required(path / "action", R"(valid values: "Count", "FailIndex", "FailJob", "Ignore")");
  faults.OneOf(path / "action", action, schema::kFailureActions);
  if (action == "FailIndex" && !spec.contains("backoffLimitPerIndex")) {
    faults.Invalid(path / "action", action, "requires backoffLimitPerIndex");
  }
  const Json& exit_codes = Member(rule, "onExitCodes");
  const Json& conditions = Items(rule, "onPodConditions");
  if (exit_codes.is_object()) ValidateOnExitCodes(exit_codes, path / "onExitCodes", ContainerNames(spec), faults);
  ValidateOnConditions(conditions, path / "onPodConditions", faults);
  if (exit_codes.is_object() == conditions.empty()) return;
  faults.Add(path, kInvalid, "must have one of onExitCodes and onPodConditions");
}

void ValidateSuccessRule(const Json& rule, int64_t completions, const Path& path, Faults& faults) {
  const bool counted = rule.contains("succeededCount"), named = rule.contains("succeededIndexes");
  if (!counted && !named) faults.Required(path, "at least one of succeededCount or succeededIndexes must be specified");
  int64_t most = completions;
  if (named) {
    const Path at = path / "succeededIndexes";
    const std::string text = ReadString(rule, "succeededIndexes");
    if (text.size() > kMostIndexBytes) {
      faults.Add(at, kTooLong, "must have no more than " + std::to_string(kMostIndexBytes) + " bytes");
    }
    const auto indexes = IndexSet::Parse(text, completions);
    if (!indexes.ok()) faults.Invalid(at, text, indexes.error().message);
    if (indexes.ok()) most = std::min(most, indexes->Count());
  }
  const int64_t count = ReadInt(rule, "succeededCount");
  faults.NotNegative(path / "succeededCount", count);
  if (counted && count > most) {
    faults.Invalid(path / "succeededCount", count,
                   "must be " + std::to_string(most) + " or less, which is how many indexes there are");
  }
}

}  // namespace

void ValidateJobPolicies(const Json& spec, const Path& path, Faults& faults) {
  const bool failure_policy = spec.contains("podFailurePolicy");
  const Json& rules = Items(Member(spec, "podFailurePolicy"), "rules");
  const Path rules_path = path / "podFailurePolicy" / "rules";
  if (rules.size() > kMostRules) faults.TooMany(rules_path, rules.size(), kMostRules);
  for (size_t i = 0; i < rules.size(); ++i) ValidateFailureRule(rules[i], spec, rules_path[i], faults);

  const std::string replacement = ReadString(spec, "podReplacementPolicy");
  if (failure_policy) {
    faults.OneOf(path / "podReplacementPolicy", replacement, {"Failed"});
  } else {
    faults.OneOf(path / "podReplacementPolicy", replacement, schema::kReplacementPolicies);
  }

  if (!spec.contains("successPolicy") || ReadString(spec, "completionMode") != "Indexed") return;
  const Json& successes = Items(Member(spec, "successPolicy"), "rules");
  const Path success_path = path / "successPolicy" / "rules";
  if (successes.empty()) faults.Required(success_path, "at least one rule must be specified");
  if (successes.size() > kMostRules) faults.TooMany(success_path, successes.size(), kMostRules);
  for (size_t i = 0; i < successes.size(); ++i) {
    ValidateSuccessRule(successes[i], ReadInt(spec, "completions"), success_path[i], faults);
  }
}

}  // namespace ordinal::api
