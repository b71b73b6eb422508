#include <fmt/format.h>

#include <set>

#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/limit_range/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/resource_names.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_limit_range {
namespace {

constexpr const char* kAmounts[] = {"max", "min", "default", "defaultRequest", "maxLimitRequestRatio"};

/// Fills in `to[name]` for each of `from` that is not there.
void FillFrom(const Json& from, Json& to) {
  if (!from.is_object()) return;
  for (const auto& [name, amount] : from.items()) {
    if (!to.contains(name)) to[name] = amount;
  }
}

/// Of containers: a limit where there is a maximum, a request where there is a limit or a minimum
/// (pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem).
void SetDefaults(Json& body) {
  Json& limits = body["spec"]["limits"];
  if (!limits.is_array()) return;
  for (Json& item : limits) {
    if (ReadString(item, "type") != "Container") continue;
    Json usual = Member(item, "default"), request = Member(item, "defaultRequest");
    if (!usual.is_object()) usual = Json::object();
    if (!request.is_object()) request = Json::object();
    FillFrom(Member(item, "max"), usual);
    FillFrom(usual, request);
    FillFrom(Member(item, "min"), request);
    if (!usual.empty()) item["default"] = std::move(usual);
    if (!request.empty()) item["defaultRequest"] = std::move(request);
  }
}

/// One resource of one item: its amounts, and whether each is there.
class Amounts {
 public:
  Amounts(const Json& item, const Path& path, std::string resource)
      : item_(item), path_(path), resource_(std::move(resource)) {}

  bool Has(const char* member) const { return Member(item_, member).contains(resource_); }
  bool Both(const char* one, const char* other) const { return Has(one) && Has(other); }
  Quantity Of(const char* member) const { return ReadQuantity(Member(item_, member), resource_); }
  std::string Text(const char* member) const { return Member(Member(item_, member), resource_).get<std::string>(); }
  Path At(const char* member) const { return (path_ / member)[resource_]; }

  /// Reports at `at` that `less` is more than `more`.
  void Order(const char* less, const char* more, const char* at, const char* words, Faults& faults) const {
    if (!Both(less, more) || Of(less) <= Of(more)) return;
    faults.Invalid(At(at), Text(at), fmt::format(fmt::runtime(words), Text(less), Text(more)));
  }

 private:
  const Json& item_;
  const Path& path_;
  std::string resource_;
};

void ValidateRatio(const Amounts& amounts, Faults& faults) {
  constexpr char kRatio[] = "maxLimitRequestRatio";
  if (!amounts.Has(kRatio)) return;
  const Quantity ratio = amounts.Of(kRatio);
  if (ratio < *Quantity::Parse("1")) {
    faults.Invalid(amounts.At(kRatio), amounts.Text(kRatio),
                   fmt::format("ratio {} is less than 1", amounts.Text(kRatio)));
  }
  if (!amounts.Both("min", "max") || amounts.Of("min").IsZero()) return;
  const double most = static_cast<double>(amounts.Of("max").Value()) /
                      static_cast<double>(std::max<int64_t>(1, amounts.Of("min").Value()));
  if (static_cast<double>(ratio.Value()) > most) {
    faults.Invalid(amounts.At(kRatio), amounts.Text(kRatio),
                   fmt::format("ratio {} is greater than max/min = {:f}", amounts.Text(kRatio), most));
  }
}

void ValidateResource(const Amounts& amounts, const std::string& resource, Faults& faults) {
  amounts.Order("min", "max", "min", "min value {} is greater than max value {}", faults);
  amounts.Order("min", "defaultRequest", "defaultRequest", "min value {} is greater than default request value {}",
                faults);
  amounts.Order("defaultRequest", "max", "defaultRequest", "default request value {} is greater than max value {}",
                faults);
  amounts.Order("defaultRequest", "default", "defaultRequest",
                "default request value {} is greater than default limit value {}", faults);
  amounts.Order("min", "default", "default", "min value {} is greater than default value {}", faults);
  amounts.Order("default", "max", "default", "default value {} is greater than max value {}", faults);
  ValidateRatio(amounts, faults);
  const bool differ =
      amounts.Both("default", "defaultRequest") && amounts.Of("default") != amounts.Of("defaultRequest");
  if (differ && !MayBeOvercommitted(resource)) {
    faults.Invalid(amounts.At("defaultRequest"), amounts.Text("defaultRequest"),
                   fmt::format("default value {} must equal to defaultRequest value {} in {}", amounts.Text("default"),
                               amounts.Text("defaultRequest"), resource));
  }
}

void ValidateItem(const Json& item, const Path& path, Faults& faults) {
  const std::string type = ReadString(item, "type");
  const bool of_pods = type == "Pod", of_containers = type == "Container";
  std::set<std::string> resources;
  for (const char* member : kAmounts) {
    const Json& amounts = Member(item, member);
    if (!amounts.is_object()) continue;
    const bool usual = std::string_view(member).starts_with("default");
    if (of_pods && usual && !amounts.empty()) {
      faults.Forbidden(path / member, "may not be specified when `type` is 'Pod'");
      continue;
    }
    for (const auto& [resource, amount] : amounts.items()) {
      ValidateLimitedResource(resource, (path / member)[resource], of_pods || of_containers, faults);
      resources.insert(resource);
    }
  }
  if (type == "PersistentVolumeClaim" && !Member(item, "min").contains("storage") &&
      !Member(item, "max").contains("storage")) {
    faults.Required(path / "limits", "either minimum or maximum storage value is required, but neither was provided");
  }
  for (const std::string& resource : resources) ValidateResource(Amounts(item, path, resource), resource, faults);
}

/// k8s.io/kubernetes pkg/apis/core/validation, ValidateLimitRange.
void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& limits = Items(Member(body, "spec"), "limits");
  const Path path("spec.limits");
  std::set<std::string> types;
  for (size_t i = 0; i < limits.size(); ++i) {
    const std::string type = ReadString(limits[i], "type");
    const Path at = path[i] / "type";
    const bool known = type == "Container" || type == "PersistentVolumeClaim" || type == "Pod";
    if (auto complaint = CheckQualifiedName(type)) {
      faults.Invalid(at, type, *complaint);
    } else if (!known && type.find('/') == std::string::npos) {
      faults.Invalid(at, type, "must be a standard limit type or fully qualified");
    }
    if (!types.insert(type).second) faults.Duplicate(at, type);
    ValidateItem(limits[i], path[i], faults);
  }
}

constexpr std::string_view kShort[] = {"limits"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Created At", "date", "", "When it was made.", 0},
};
Json Cells(const Json& body, WallTime) { return {NameCell(body), TextCell(body, {"metadata", "creationTimestamp"})}; }

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "LimitRange",
    .plural = "limitranges",
    .singular = "limitrange",
    .short_names = kShort,
    .schema = &schema::kLimitRange,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_limit_range
