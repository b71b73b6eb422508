#include "agent/api/faults.h"
#include "agent/api/kinds/api_service/available.h"
#include "agent/api/kinds/api_service/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_api_service {
namespace {

constexpr int64_t kHighestGroup = 20000, kHighestVersion = 1000;

void ValidateServer(const Json& spec, Faults& faults) {
  const Path path("spec");
  const Json& service = Member(spec, "service");
  const bool blind = ReadBool(spec, "insecureSkipTLSVerify"), bundle = !ReadString(spec, "caBundle").empty();
  if (!service.is_object()) {
    if (bundle) faults.Add(path / "caBundle", kInvalid, "local APIServices may not have a caBundle");
    if (blind)
      faults.Add(path / "insecureSkipTLSVerify", kInvalid, "local APIServices may not have insecureSkipTLSVerify");
    return;
  }
  for (const std::string_view member : {"namespace", "name"}) {
    if (ReadString(service, member).empty()) faults.Required(path / "service" / member);
  }
  faults.Range(path / "service" / "port", ReadInt(service, "port"), 1, kLastPort);
  if (blind && bundle) {
    faults.Add(path / "insecureSkipTLSVerify", kInvalid, "may not be true if caBundle is present");
  }
}

void ValidatePriority(const Json& spec, std::string_view member, int64_t highest, Faults& faults) {
  const int64_t value = ReadInt(spec, member);
  if (value <= 0) return faults.Invalid(Path("spec") / member, value, "must be greater than 0");
  if (value > highest) {
    faults.Invalid(Path("spec") / member, value, "must be less than or equal to " + std::to_string(highest));
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const std::string group = ReadString(spec, "group"), version = ReadString(spec, "version");
  const std::string wanted = version + "." + group;
  if (NameCell(body) != wanted) {
    faults.Invalid(Path("metadata.name"), NameCell(body),
                   "must be `spec.version+\".\"+spec.group`: \"" + wanted + "\"");
  }
  if (group.empty() && version != "v1") {
    faults.Required(Path("spec.group"), "only v1 may have an empty group and it better be legacy kube");
  }
  faults.Syntax(Path("spec.group"), group, CheckDnsSubdomain);
  faults.Named(Path("spec.version"), version, CheckDns1035Label);
  ValidatePriority(spec, "groupPriorityMinimum", kHighestGroup, faults);
  ValidatePriority(spec, "versionPriority", kHighestVersion, faults);
  ValidateServer(spec, faults);
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  if (!At(body, {"spec", "service"}).is_object()) return;
  warnings.emplace_back("spec.service: it is kept, and no request is passed on to it yet");
}

std::string Service(const Json& body) {
  const Json& service = At(body, {"spec", "service"});
  if (!service.is_object()) return "Local";
  return ReadString(service, "namespace") + "/" + ReadString(service, "name");
}

std::string Available(const Json& body) {
  for (const Json& condition : Items(Member(body, "status"), "conditions")) {
    if (ReadString(condition, "type") != kAvailable) continue;
    const std::string status = ReadString(condition, "status");
    return status == "True" ? status : status + " (" + ReadString(condition, "reason") + ")";
  }
  return "Unknown";
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Service(body), Available(body), AgeCell(body, now)};
}

constexpr std::string_view kCategories[] = {"api-extensions"};
constexpr std::string_view kSubresources[] = {"status"};

Json FirstStatus(const Json& body, WallTime now) {
  if (At(body, {"spec", "service"}).is_object()) return Json::object();
  Json condition{{"type", kAvailable}, {"status", "True"}, {"reason", kLocalReason}, {"message", kLocalMessage}};
  condition["lastTransitionTime"] = FormatTime(now);
  return {{"conditions", Json::array({std::move(condition)})}};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Service", "string", "", "The service that serves it, or Local.", 0},
    {"Available", "string", "", "Whether it answers.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "apiregistration.k8s.io",
    .version = "v1",
    .kind = "APIService",
    .plural = "apiservices",
    .singular = "apiservice",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kAPIService,
    .old_versions = {},
    .validate = Validate,
    .check_name = CheckPathSegment,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
};

}  // namespace ordinal::api::kinds::of_api_service
