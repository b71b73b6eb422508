#include <fmt/format.h>

#include <set>

#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/resource_quota/fields.h"
#include "agent/api/kinds/resource_quota/scopes.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/resource_names.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_resource_quota {
namespace {

/// Resources without a domain that are counted, beside huge pages.
constexpr std::string_view kWhole[] = {
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
};
constexpr std::string_view kMeasured[] = {
    "cpu",
    "ephemeral-storage",
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
    "requests.storage",
};

template <class Names>
bool HasName(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool IsStandard(std::string_view resource) {
  return HasName(kWhole, resource) || HasName(kMeasured, resource) || IsHugePages(resource);
}

bool IsWhole(std::string_view resource) { return HasName(kWhole, resource) || resource.starts_with("count/"); }

void ValidateAmounts(const Json& amounts, const Path& path, Faults& faults) {
  if (!amounts.is_object()) return;
  for (const auto& [resource, amount] : amounts.items()) {
    const Path at = path[resource];
    if (auto complaint = CheckQualifiedName(resource)) {
      faults.Invalid(at, resource, *complaint);
    } else if (resource.find('/') == std::string::npos && !IsStandard(resource)) {
      faults.Invalid(at, resource, "must be a standard resource for quota");
    }
    const Quantity quantity = ReadQuantity(amounts, resource);
    const std::string text = amount.is_string() ? amount.get<std::string>() : amount.dump();
    if (quantity.IsNegative()) faults.Invalid(at, text, "must be greater than or equal to 0");
    if (IsWhole(resource) && quantity.MilliValue() % 1000 != 0) faults.Invalid(at, text, "must be an integer");
  }
}

/// Scopes that rule each other out, names that are none, resources that are not counted in them.
void ValidateNames(const std::vector<std::string>& scopes, const Json& hard, const Path& path, Faults& faults) {
  std::set<std::string> all;
  for (const std::string& scope : scopes) {
    if (!IsScope(scope)) faults.Invalid(path, scope, "unsupported scope");
    all.insert(scope);
    if (!hard.is_object() || !IsScope(scope)) continue;
    for (const auto& [resource, amount] : hard.items()) {
      if (IsStandard(resource) && !FitsScope(scope, resource)) {
        faults.Invalid(path, scope, "unsupported scope applied to resource " + resource);
      }
    }
  }
  for (const auto& [one, other] :
       {std::pair("BestEffort", "NotBestEffort"), std::pair("NotTerminating", "Terminating")}) {
    if (all.contains(one) && all.contains(other)) faults.Invalid(path, one, "conflicting scopes");
  }
}

void ValidateExpression(const Json& expression, const Path& path, Faults& faults) {
  const std::string scope = ReadString(expression, "scopeName"), op = ReadString(expression, "operator");
  const bool none = Items(expression, "values").empty();
  const bool of_class = scope == "PriorityClass" || scope == "VolumeAttributesClass";
  if (IsScope(scope) && !of_class && op != "Exists") {
    faults.Invalid(path / "operator", op,
                   "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, "
                   "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
                   "ResourceQuotaScopeCrossNamespacePodAffinity");
  }
  if (op == "In" || op == "NotIn") {
    if (none) {
      faults.Required(path / "values",
                      "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
    }
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!none) {
      faults.Invalid(path / "values", Member(expression, "values").dump(),
                     "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
    }
  } else {
    faults.Invalid(path / "operator", op, "not a valid selector operator");
  }
}

/// k8s.io/kubernetes pkg/apis/core/validation, ValidateResourceQuota.
void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json &spec = Member(body, "spec"), &hard = Member(spec, "hard");
  const Path path("spec");
  ValidateAmounts(hard, path / "hard", faults);
  ValidateNames(ReadStrings(spec, "scopes"), hard, path / "scopes", faults);
  std::vector<std::string> selected;
  const Json& expressions = Items(Member(spec, "scopeSelector"), "matchExpressions");
  const Path at = path / "scopeSelector" / "matchExpressions";
  for (size_t i = 0; i < expressions.size(); ++i) {
    ValidateExpression(expressions[i], at[i], faults);
    selected.push_back(ReadString(expressions[i], "scopeName"));
  }
  ValidateNames(selected, hard, at, faults);
  const Json& status = Member(body, "status");
  for (const char* member : {"hard", "used"}) ValidateAmounts(Member(status, member), Path("status") / member, faults);
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  std::set<std::string> scopes[2];
  size_t which = 0;
  for (const Json* one : {&body, &old_body}) {
    const auto names = ReadStrings(Member(*one, "spec"), "scopes");
    scopes[which++] = {names.begin(), names.end()};
  }
  if (scopes[0] != scopes[1]) faults.Add(Path("spec.scopes"), kInvalid, "field is immutable");
}

Json Cells(const Json& body, WallTime now) {
  const Json& status = Member(body, "status");
  const Json &hard = Member(status, "hard"), &used = Member(status, "used");
  std::string requests, limits;
  if (hard.is_object()) {
    for (const auto& [resource, amount] : hard.items()) {
      std::string& cell = resource.starts_with("limits.") ? limits : requests;
      cell += fmt::format("{}{}: {}/{}", cell.empty() ? "" : ", ", resource, ReadString(used, resource, "0"),
                          ReadString(hard, resource));
    }
  }
  return {NameCell(body), requests, limits, AgeCell(body, now)};
}

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr std::string_view kShort[] = {"quota"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Request", "string", "", "What is used and allowed of objects and requests.", 0},
    {"Limit", "string", "", "What is used and allowed of limits.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "ResourceQuota",
    .plural = "resourcequotas",
    .singular = "resourcequota",
    .short_names = kShort,
    .schema = &schema::kResourceQuota,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_resource_quota
