#include "agent/api/kinds/shared/admission_rules.h"

#include <algorithm>
#include <set>

#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/domain_rules.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostMatchConditions = 64;
constexpr int64_t kLongestTimeout = 30;  // seconds

void ValidateWords(const Json& rule, std::string_view member, const Path& path, Faults& faults) {
  const std::vector<std::string> words = ReadStrings(rule, member);
  if (words.empty()) return faults.Required(path / member);
  const bool all = std::find(words.begin(), words.end(), "*") != words.end();
  if (all && words.size() > 1 && member != "resources") {
    faults.Add(path / member, kInvalid, "if '*' is present, must not specify other " + std::string(member));
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].empty() && member != "apiGroups") faults.Required((path / member)[i]);
  }
}

void ValidateAdmissionRule(const Json& rule, const Path& path, Faults& faults) {
  for (const std::string_view member : {"apiGroups", "apiVersions", "operations", "resources"}) {
    ValidateWords(rule, member, path, faults);
  }
  const std::vector<std::string> operations = ReadStrings(rule, "operations");
  for (size_t i = 0; i < operations.size(); ++i) {
    faults.OneOf((path / "operations")[i], operations[i], schema::kRuleOperations);
  }
  faults.OneOf(path / "scope", ReadString(rule, "scope"), schema::kRuleScopes);
}

void ValidateAdmissionRules(const Json& holder, std::string_view member, const Path& path, Faults& faults) {
  const Json& rules = Items(holder, member);
  for (size_t i = 0; i < rules.size(); ++i) ValidateAdmissionRule(rules[i], (path / member)[i], faults);
}

void ValidateSelectors(const Json& holder, const Path& path, Faults& faults) {
  for (const std::string_view member : {"namespaceSelector", "objectSelector"}) {
    ValidateSelector(Member(holder, member), path / member, faults);
  }
  faults.OneOf(path / "matchPolicy", ReadString(holder, "matchPolicy"), schema::kMatchPolicies);
}

void ValidateConditions(const Json& holder, const Path& path, Faults& faults) {
  const Json& conditions = Items(holder, "matchConditions");
  if (conditions.size() > kMostMatchConditions) {
    faults.TooMany(path / "matchConditions", conditions.size(), kMostMatchConditions);
  }
  std::set<std::string> names;
  for (size_t i = 0; i < conditions.size(); ++i) {
    const Path at = (path / "matchConditions")[i];
    const std::string name = ReadString(conditions[i], "name");
    faults.Named(at / "name", name, CheckQualifiedName);
    if (!names.insert(name).second) faults.Duplicate(at / "name", name);
    if (ReadString(conditions[i], "expression").empty()) faults.Required(at / "expression");
  }
}

void ValidateClient(const Json& client, const Path& path, Faults& faults) {
  const std::string url = ReadString(client, "url");
  const Json& service = Member(client, "service");
  if (url.empty() == !service.is_object()) {
    return faults.Required(path, "exactly one of url or service is required");
  }
  if (!url.empty() && !url.starts_with("https://")) {
    faults.Invalid(path / "url", url, "'https' is the only allowed URL scheme");
  }
  if (!service.is_object()) return;
  for (const std::string_view member : {"name", "namespace"}) {
    if (ReadString(service, member).empty()) faults.Required(path / "service" / member);
  }
  faults.Range(path / "service" / "port", ReadInt(service, "port"), 1, kLastPort);
  const std::string below = ReadString(service, "path");
  if (!below.empty() && !below.starts_with("/")) {
    faults.Invalid(path / "service" / "path", below, "must start with a '/'");
  }
}

void ValidateReviewVersions(const Json& webhook, const Path& path, Faults& faults) {
  const std::vector<std::string> versions = ReadStrings(webhook, "admissionReviewVersions");
  if (versions.empty()) return faults.Required(path, "must specify one of v1, v1beta1");
  const bool known = std::any_of(versions.begin(), versions.end(),
                                 [](const std::string& each) { return each == "v1" || each == "v1beta1"; });
  if (!known) faults.Invalid(path, Join(versions, ", "), "must include at least one of v1, v1beta1");
  std::set<std::string> seen;
  for (size_t i = 0; i < versions.size(); ++i) {
    faults.Named(path[i], versions[i], CheckDns1035Label);
    if (!seen.insert(versions[i]).second) faults.Duplicate(path[i], versions[i]);
  }
}

void ValidateVariables(const Json& spec, Faults& faults) {
  const Json& variables = Items(spec, "variables");
  std::set<std::string> names;
  for (size_t i = 0; i < variables.size(); ++i) {
    const Path at = Path("spec.variables")[i];
    const std::string name = ReadString(variables[i], "name");
    if (name.empty()) faults.Required(at / "name", "name is not specified");
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(at / "name", name);
    if (ReadString(variables[i], "expression").empty())
      faults.Required(at / "expression", "expression is not specified");
  }
}

}  // namespace

void ValidateWebhook(const Json& webhook, const Path& path, bool mutates, Faults& faults) {
  faults.Named(path / "name", ReadString(webhook, "name"), CheckFullDomain);
  ValidateClient(Member(webhook, "clientConfig"), path / "clientConfig", faults);
  ValidateReviewVersions(webhook, path / "admissionReviewVersions", faults);
  ValidateAdmissionRules(webhook, "rules", path, faults);
  ValidateSelectors(webhook, path, faults);
  ValidateConditions(webhook, path, faults);
  faults.OneOf(path / "failurePolicy", ReadString(webhook, "failurePolicy"), schema::kFailurePolicies);
  const std::string effects = ReadString(webhook, "sideEffects");
  if (effects.empty()) faults.Required(path / "sideEffects", "must specify one of None, NoneOnDryRun");
  faults.OneOf(path / "sideEffects", effects, {"None", "NoneOnDryRun"});
  const int64_t timeout = ReadInt(webhook, "timeoutSeconds");
  if (timeout < 1 || timeout > kLongestTimeout) {
    faults.Invalid(path / "timeoutSeconds", timeout, "the timeout value must be between 1 and 30 seconds");
  }
  if (mutates) {
    faults.OneOf(path / "reinvocationPolicy", ReadString(webhook, "reinvocationPolicy"), schema::kReinvocationPolicies);
  }
}

void ValidateWebhooks(const Json& body, bool mutates, Faults& faults) {
  const Json& webhooks = Items(body, "webhooks");
  std::set<std::string> names;
  for (size_t i = 0; i < webhooks.size(); ++i) {
    const Path path = Path("webhooks")[i];
    ValidateWebhook(webhooks[i], path, mutates, faults);
    const std::string name = ReadString(webhooks[i], "name");
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(path / "name", name);
  }
}

void ValidatePolicySpec(const Json& spec, Faults& faults) {
  const Path path("spec");
  const Json& matches = Member(spec, "matchConstraints");
  if (!matches.is_object()) {
    faults.Required(path / "matchConstraints");
  } else {
    const Path at = path / "matchConstraints";
    if (Items(matches, "resourceRules").empty()) faults.Required(at / "resourceRules");
    ValidateAdmissionRules(matches, "resourceRules", at, faults);
    ValidateAdmissionRules(matches, "excludeResourceRules", at, faults);
    ValidateSelectors(matches, at, faults);
  }
  ValidateConditions(spec, path, faults);
  ValidateVariables(spec, faults);
  faults.OneOf(path / "failurePolicy", ReadString(spec, "failurePolicy"), schema::kFailurePolicies);
  const Json& kind = Member(spec, "paramKind");
  if (!kind.is_object()) return;
  for (const std::string_view member : {"apiVersion", "kind"}) {
    if (ReadString(kind, member).empty()) faults.Required(path / "paramKind" / member);
  }
}

void ValidateBindingSpec(const Json& spec, Faults& faults) {
  const Path path("spec");
  faults.Named(path / "policyName", ReadString(spec, "policyName"), CheckDnsSubdomain);
  if (const Json& matches = Member(spec, "matchResources"); matches.is_object()) {
    ValidateAdmissionRules(matches, "resourceRules", path / "matchResources", faults);
    ValidateAdmissionRules(matches, "excludeResourceRules", path / "matchResources", faults);
    ValidateSelectors(matches, path / "matchResources", faults);
  }
  const Json& param = Member(spec, "paramRef");
  if (!param.is_object()) return;
  const Path at = path / "paramRef";
  const bool named = !ReadString(param, "name").empty(), selected = Member(param, "selector").is_object();
  if (named && selected) faults.Forbidden(at / "name", "name and selector are mutually exclusive");
  if (!named && !selected) faults.Required(at, "one of name or selector must be specified");
  ValidateSelector(Member(param, "selector"), at / "selector", faults);
  const std::string missing = ReadString(param, "parameterNotFoundAction");
  if (missing.empty()) faults.Required(at / "parameterNotFoundAction");
  faults.OneOf(at / "parameterNotFoundAction", missing, {"Allow", "Deny"});
}

std::string NobodyAsks(std::string_view kind) {
  return std::string(kind) + ": it is kept, and nobody asks it yet: this API takes objects without it";
}

std::string ParamKindCell(const Json& body) {
  const Json& kind = At(body, {"spec", "paramKind"});
  if (!kind.is_object()) return "<unset>";
  return ReadString(kind, "apiVersion") + "/" + ReadString(kind, "kind");
}

std::string ParamRefCell(const Json& body) {
  const Json& param = At(body, {"spec", "paramRef"});
  if (!param.is_object()) return "<unset>";
  const std::string ns = ReadString(param, "namespace"), name = ReadString(param, "name", "*");
  return (ns.empty() ? "" : ns + "/") + name;
}

}  // namespace ordinal::api
