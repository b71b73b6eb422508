// restartPolicy and restartPolicyRules of a container (k8s.io/kubernetes, validateContainerRestartPolicy).
#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostRestartRules = 20;
constexpr size_t kMostCodes = 255;
constexpr int64_t kLastExitCode = 255;

void ValidateExitCodes(const Json& condition, const Path& path, Faults& faults) {
  const std::string how = ReadString(condition, "operator");
  if (how.empty()) faults.Required(path / "operator", "is required: In or NotIn");
  faults.OneOf(path / "operator", how, {"In", "NotIn"});
  const Json& values = Items(condition, "values");
  if (values.size() > kMostCodes) return faults.TooMany(path / "values", values.size(), kMostCodes);
  std::set<int64_t> seen;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_number_integer()) continue;
    const auto code = values[i].get<int64_t>();
    faults.Range((path / "values")[i], code, 0, kLastExitCode);
    if (!seen.insert(code).second) faults.Duplicate((path / "values")[i], std::to_string(code));
  }
}

}  // namespace

void ValidateRestart(const Json& container, const Path& path, Faults& faults) {
  const Json& rules = Items(container, "restartPolicyRules");
  const Path at = path / "restartPolicyRules";
  if (container.contains("restartPolicy")) {
    const std::string policy = ReadString(container, "restartPolicy");
    if (policy.empty()) faults.Add(path / "restartPolicy", kNotSupported, "may not be empty; leave it out");
    faults.OneOf(path / "restartPolicy", policy, schema::kPodRestartPolicies);
  } else if (!rules.empty()) {
    faults.Required(path / "restartPolicy", "is required beside restartPolicyRules");
  }
  if (rules.size() > kMostRestartRules) return faults.TooMany(at, rules.size(), kMostRestartRules);
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string action = ReadString(rules[i], "action");
    if (action.empty()) faults.Required(at[i] / "action", "is required: Restart or RestartAllContainers");
    faults.OneOf(at[i] / "action", action, {"Restart", "RestartAllContainers"});
    if (!Member(rules[i], "exitCodes").is_object()) {
      faults.Required(at[i] / "exitCodes");
    } else {
      ValidateExitCodes(rules[i]["exitCodes"], at[i] / "exitCodes", faults);
    }
  }
}

}  // namespace ordinal::api
