#include <algorithm>

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/persistent_volume_claim/rules.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/old_apps.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/kinds/stateful_set/fields.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_stateful_set {
namespace {

void Convert(Json& body, std::vector<std::string>& warnings) {
  const std::string old_version = ConvertOldApps(body, warnings);
  if (!Member(body, "spec").is_object()) return;
  Json& spec = body["spec"];
  if (old_version == "apps/v1beta1" && ReadString(Member(spec, "updateStrategy"), "type").empty() &&
      (Member(spec, "updateStrategy").is_object() || Member(spec, "updateStrategy").is_null())) {
    spec["updateStrategy"]["type"] = "OnDelete";
    warnings.emplace_back(
        "spec.updateStrategy: OnDelete, the default of apps/v1beta1: a changed template reaches a pod when the pod is "
        "deleted; write apps/v1 or type: RollingUpdate to have pods replaced");
  }
}

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  DefaultPodSpec(spec["template"]["spec"]);
  Json& strategy = spec["updateStrategy"];
  if (ReadString(strategy, "type") == "RollingUpdate" && !strategy.contains("rollingUpdate")) {
    strategy["rollingUpdate"] = {{"partition", 0}};
  }
  if (!spec.contains("volumeClaimTemplates")) return;
  for (auto& claim : spec["volumeClaimTemplates"]) {
    claim["apiVersion"] = "v1";
    claim["kind"] = "PersistentVolumeClaim";
  }
}

void ValidateStrategy(const Json& spec, Faults& faults) {
  const Path path("spec.updateStrategy");
  const Json& strategy = Member(spec, "updateStrategy");
  const std::string type = ReadString(strategy, "type");
  if (type != "RollingUpdate" && type != "OnDelete") {
    faults.Invalid(path / "type", type, "must be RollingUpdate or OnDelete");
  }
  const Json& rolling = Member(strategy, "rollingUpdate");
  if (!rolling.is_object()) return;
  if (type == "OnDelete") faults.Add(path / "rollingUpdate", kInvalid, "is only allowed with type: RollingUpdate");
  faults.NotNegative(path / "rollingUpdate" / "partition", ReadInt(rolling, "partition"));
  const Json& unavailable = Member(rolling, "maxUnavailable");
  const Path at = path / "rollingUpdate" / "maxUnavailable";
  if (unavailable.is_number_integer() && unavailable.get<int64_t>() < 1) {
    faults.Invalid(at, unavailable.get<int64_t>(), "must be 1 or more");
  } else if (unavailable.is_string()) {
    const auto& text = unavailable.get_ref<const std::string&>();
    const bool digits = text.size() > 1 && text.size() < 5 && text.back() == '%' &&
                        text.find_first_not_of("0123456789") == text.size() - 1;
    const int percent = digits ? std::stoi(text) : 0;
    if (percent < 1 || percent > 100) faults.Invalid(at, text, "must be a number of pods or a percentage such as 25%");
  }
}

std::set<std::string> ValidateClaimTemplates(const Json& spec, Faults& faults) {
  std::set<std::string> names;
  const Json& claims = Items(spec, "volumeClaimTemplates");
  for (size_t i = 0; i < claims.size(); ++i) {
    const Path at = Path("spec.volumeClaimTemplates")[i];
    const std::string name = ReadString(Member(claims[i], "metadata"), "name");
    faults.Named(at / "metadata" / "name", name, CheckDnsLabel);
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(at / "metadata" / "name", name);
    ValidateClaimSpec(Member(claims[i], "spec"), at / "spec", faults);
  }
  return names;
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  const std::string policy = ReadString(spec, "podManagementPolicy");
  if (policy != "OrderedReady" && policy != "Parallel") {
    faults.Invalid(path / "podManagementPolicy", policy, "must be OrderedReady or Parallel");
  }
  ValidateStrategy(spec, faults);
  const Json& retention = Member(spec, "persistentVolumeClaimRetentionPolicy");
  for (const std::string_view member : {"whenDeleted", "whenScaled"}) {
    faults.OneOf(path / "persistentVolumeClaimRetentionPolicy" / member, ReadString(retention, member),
                 {"Delete", "Retain"});
  }
  for (const std::string_view member : {"replicas", "minReadySeconds", "revisionHistoryLimit"}) {
    faults.NotNegative(path / member, ReadInt(spec, member));
  }
  faults.NotNegative(path / "ordinals" / "start", ReadInt(Member(spec, "ordinals"), "start"));
  faults.Syntax(path / "serviceName", ReadString(spec, "serviceName"), CheckDnsSubdomain);
  ValidateSelectorAndTemplate(spec, "StatefulSet", ValidateClaimTemplates(spec, faults), faults);
}

/// The templates of the update are those of before, each as it was or asking for more storage, and new ones among them.
bool GrowOnly(const Json& now, const Json& before) {
  const Json& templates = Items(now, "volumeClaimTemplates");
  auto kept = templates.begin();
  for (Json old : Items(before, "volumeClaimTemplates")) {
    const std::string name = ReadString(Member(old, "metadata"), "name");
    kept = std::find_if(kept, templates.end(),
                        [&](const Json& claim) { return ReadString(Member(claim, "metadata"), "name") == name; });
    if (kept == templates.end()) return false;
    const Json& requests = Member(Member(Member(*kept, "spec"), "resources"), "requests");
    Json& old_requests = old["spec"]["resources"]["requests"];
    if (ReadQuantity(requests, "storage") < ReadQuantity(old_requests, "storage")) return false;
    old_requests["storage"] = Member(requests, "storage");
    if (*kept != old) return false;
    ++kept;
  }
  return true;
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Json now = Member(body, "spec"), before = Member(old_body, "spec");
  for (const char* member : {"replicas", "ordinals", "template", "updateStrategy",
                             "persistentVolumeClaimRetentionPolicy", "minReadySeconds"}) {
    if (now.is_object()) now.erase(member);
    if (before.is_object()) before.erase(member);
  }
  if (GrowOnly(now, before)) {
    if (now.is_object()) now.erase("volumeClaimTemplates");
    if (before.is_object()) before.erase("volumeClaimTemplates");
  }
  if (now == before) return;
  std::string changed;
  for (const char* member :
       {"podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"}) {
    if (Member(now, member) != Member(before, member)) changed += (changed.empty() ? "" : ", ") + std::string(member);
  }
  Faults(errors).Forbidden(Path("spec"),
                           "updates may change only replicas, ordinals, template, updateStrategy, "
                           "persistentVolumeClaimRetentionPolicy and minReadySeconds; this one changes " +
                               changed);
}

constexpr std::string_view kShort[] = {"sts"};
constexpr std::string_view kOldVersions[] = {"apps/v1beta1", "apps/v1beta2"};

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), ReadyCell(body), AgeCell(body, now), TemplateNames(body), TemplateImages(body)};
}

constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr Column kColumns[] = {
    kNameColumn,   {"Ready", "string", "", "How many pods are ready, of how many wanted.", 0},
    kAgeColumn,    kContainersColumn,
    kImagesColumn,
};

Json FirstStatus(const Json&, WallTime) { return {{"replicas", 0}, {"availableReplicas", 0}}; }

void ValidateStatus(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& status = Member(body, "status");
  ValidateReplicaCounts(status, {"readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"}, faults);
  ValidateCollisionCount(status, Member(old_body, "status"), faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "apps",
    .version = "v1",
    .kind = "StatefulSet",
    .plural = "statefulsets",
    .singular = "statefulset",
    .short_names = kShort,
    .schema = &schema::kStatefulSet,
    .old_versions = kOldVersions,
    .convert = Convert,
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .validate_status = ValidateStatus,
    .warn = WarnOfTemplate,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_stateful_set
