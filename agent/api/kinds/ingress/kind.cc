#include "agent/api/faults.h"
#include "agent/api/kinds/ingress/fields.h"
#include "agent/api/kinds/ingress/rules.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_ingress {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateIngress(Member(body, "spec"), faults);
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  if (At(body, {"metadata", "annotations", kIngressClassBefore}).is_null()) return;
  warnings.emplace_back(
      "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead");
}

std::string Hosts(const Json& body) {
  std::vector<std::string> hosts;
  for (const Json& rule : Items(Member(body, "spec"), "rules")) {
    const std::string host = ReadString(rule, "host");
    if (!host.empty()) hosts.push_back(host);
  }
  return FewOf(hosts, "*");
}

std::string Address(const Json& body) {
  std::vector<std::string> addresses;
  for (const Json& each : Items(At(body, {"status", "loadBalancer"}), "ingress")) {
    addresses.push_back(ReadString(each, "ip", ReadString(each, "hostname")));
  }
  return Join(addresses, ",");
}

Json Cells(const Json& body, WallTime now) {
  const std::string name = TextCell(body, {"metadata", "annotations", kIngressClassBefore}, "<none>");
  return {NameCell(body),
          TextCell(body, {"spec", "ingressClassName"}, name),
          Hosts(body),
          Address(body),
          Items(Member(body, "spec"), "tls").empty() ? "80" : "80, 443",
          AgeCell(body, now)};
}

constexpr std::string_view kShort[] = {"ing"};
constexpr std::string_view kSubresources[] = {"status"};

Json FirstStatus(const Json&, WallTime) { return Json{{"loadBalancer", Json::object()}}; }

constexpr Column kColumns[] = {
    kNameColumn,
    {"Class", "string", "", "The class, whose controller serves it.", 0},
    {"Hosts", "string", "", "The hosts of its rules.", 0},
    {"Address", "string", "", "Where a controller serves it.", 0},
    {"Ports", "string", "", "The ports of it.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "networking.k8s.io",
    .version = "v1",
    .kind = "Ingress",
    .plural = "ingresses",
    .singular = "ingress",
    .short_names = kShort,
    .schema = &schema::kIngress,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_ingress
