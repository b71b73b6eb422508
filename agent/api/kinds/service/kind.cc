#include <set>

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/service/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_service {
namespace {

/// How long a client stays with an endpoint, in seconds (core/v1 DefaultClientIPServiceAffinitySeconds): 3 hours.
constexpr int64_t kAffinitySeconds = 10800;

/// The first of clusterIPs is clusterIP; either may be written.
std::string ClusterIp(const Json& spec) {
  const std::string single = ReadString(spec, "clusterIP");
  const auto list = ReadStrings(spec, "clusterIPs");
  return single.empty() && !list.empty() ? list.front() : single;
}

void DefaultPorts(Json& spec) {
  if (!spec.contains("ports")) return;
  for (auto& port : spec["ports"]) {
    const Json& target = Member(port, "targetPort");
    const bool absent = target.is_null() || target == 0 || target == "";
    if (absent) port["targetPort"] = ReadInt(port, "port");
  }
}

void DefaultIngress(Json& body) {
  if (Items(At(body, {"status", "loadBalancer"}), "ingress").empty()) return;
  for (Json& ingress : body["status"]["loadBalancer"]["ingress"]) {
    if (!ReadString(ingress, "ip").empty() && Member(ingress, "ipMode").is_null()) ingress["ipMode"] = "VIP";
  }
}

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  DefaultPorts(spec);
  const std::string type = ReadString(spec, "type");
  if (type == "LoadBalancer") DefaultIngress(body);
  if (type == "ExternalName") return;
  const auto fill = [&](const char* member, Json value) {
    if (!spec.contains(member)) spec[member] = std::move(value);
  };
  fill("internalTrafficPolicy", "Cluster");
  fill("ipFamilies", Json::array({"IPv4"}));
  fill("ipFamilyPolicy", "SingleStack");
  if (type == "NodePort" || type == "LoadBalancer") fill("externalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") fill("allocateLoadBalancerNodePorts", true);
  if (ReadString(spec, "sessionAffinity") == "ClientIP") {
    fill("sessionAffinityConfig", {{"clientIP", {{"timeoutSeconds", kAffinitySeconds}}}});
  }
  if (const std::string address = ClusterIp(spec); !address.empty()) {
    spec["clusterIP"] = address;
    fill("clusterIPs", Json::array({address}));
  }
}

void ValidateTarget(const Json& port, const Path& path, Faults& faults) {
  const Json& target = Member(port, "targetPort");
  if (target.is_string()) {
    faults.Syntax(path, target.get<std::string>(), CheckPortName);
  } else {
    faults.Range(path, ReadInt(port, "targetPort"), 1, kLastPort);
  }
}

void ValidatePorts(const Json& spec, bool headless, Faults& faults) {
  const Path path("spec.ports");
  const Json& ports = Items(spec, "ports");
  if (ports.empty() && !headless && ReadString(spec, "type") != "ExternalName") faults.Required(path);
  std::set<std::string> names, slots;
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string name = ReadString(ports[i], "name");
    if (name.empty() && ports.size() > 1) faults.Required(path[i] / "name", "is required when there are several ports");
    faults.Syntax(path[i] / "name", name, CheckDnsLabel);
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(path[i] / "name", name);
    faults.Range(path[i] / "port", ReadInt(ports[i], "port"), 1, kLastPort);
    faults.OneOf(path[i] / "protocol", ReadString(ports[i], "protocol"), schema::kProtocols);
    ValidateTarget(ports[i], path[i] / "targetPort", faults);
    if (const int64_t node_port = ReadInt(ports[i], "nodePort"); node_port != 0) {
      faults.Range(path[i] / "nodePort", node_port, 1, kLastPort);
    }
    const std::string slot = ReadString(ports[i], "protocol") + "/" + std::to_string(ReadInt(ports[i], "port"));
    if (!slots.insert(slot).second) faults.Duplicate(path[i], slot);
  }
}

void ValidateType(const Json& spec, bool headless, Faults& faults) {
  const Path path("spec");
  const std::string type = ReadString(spec, "type");
  faults.OneOf(path / "type", type, schema::kServiceTypes);
  if (headless && (type == "NodePort" || type == "LoadBalancer")) {
    faults.Invalid((path / "clusterIPs")[0], "None", "may not be None for a " + type + " service");
  }
  if (type != "ExternalName") return;
  const std::string external = ReadString(spec, "externalName");
  // A name that ends in the root's dot is allowed.
  faults.Named(path / "externalName", external.ends_with('.') ? external.substr(0, external.size() - 1) : external,
               CheckDnsSubdomain);
  if (!ClusterIp(spec).empty())
    faults.Forbidden((path / "clusterIPs")[0], "may not be set for an ExternalName service");
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  const std::string address = ClusterIp(spec);
  const bool headless = address == "None";
  ValidatePorts(spec, headless, faults);
  ValidateType(spec, headless, faults);
  if (!headless) faults.Syntax((path / "clusterIPs")[0], address, CheckAddress);
  const auto addresses = ReadStrings(spec, "clusterIPs");
  if (!addresses.empty() && addresses.front() != address) {
    faults.Invalid(path / "clusterIPs", addresses.front(), "the first must be the same as clusterIP");
  }
  faults.OneOf(path / "sessionAffinity", ReadString(spec, "sessionAffinity"), schema::kAffinities);
  faults.OneOf(path / "internalTrafficPolicy", ReadString(spec, "internalTrafficPolicy"), schema::kTrafficPolicies);
  faults.OneOf(path / "externalTrafficPolicy", ReadString(spec, "externalTrafficPolicy"), schema::kTrafficPolicies);
  faults.OneOf(path / "ipFamilyPolicy", ReadString(spec, "ipFamilyPolicy"), schema::kIpFamilyPolicies);
  for (const auto& family : ReadStrings(spec, "ipFamilies")) {
    faults.OneOf(path / "ipFamilies", family, schema::kIpFamilies);
  }
  const auto external = ReadStrings(spec, "externalIPs");
  for (size_t i = 0; i < external.size(); ++i) faults.Syntax((path / "externalIPs")[i], external[i], CheckAddress);
  ValidateLabels(Member(spec, "selector"), path / "selector", faults);
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  const Json& spec = Member(body, "spec");
  const Json& old_spec = Member(old_body, "spec");
  const std::string now = ClusterIp(spec), before = ClusterIp(old_spec);
  const bool external = ReadString(spec, "type") == "ExternalName" || ReadString(old_spec, "type") == "ExternalName";
  if (external || before.empty() || now == before) return;
  Faults(errors).Invalid(Path("spec.clusterIPs")[0], now, "may not change from " + Faults::Quote(before));
}

constexpr std::string_view kShort[] = {"svc"};

/// Cluster addresses are not handed out (docs/limits.md): such a service is kept, but nothing answers for it.
void Warn(const Json& body, std::vector<std::string>& warnings) {
  const Json& spec = Member(body, "spec");
  const std::string type = ReadString(spec, "type", "ClusterIP");
  if (type == "ExternalName" || ReadString(spec, "clusterIP") == "None") return;
  const std::string name = ReadString(Member(body, "metadata"), "name"), address = ClusterIp(spec);
  const std::string what = address.empty()
                               ? "this agent gives services no cluster address, so it has no name in DNS"
                               : "nothing here serves the address " + address + ", which DNS answers for it";
  warnings.push_back("spec.clusterIP: service " + name + ": " + what +
                     "; write clusterIP: None to have its pods' addresses answered");
  if (type == "NodePort" || type == "LoadBalancer") {
    warnings.push_back("spec.type: service " + name + ": this agent opens no node port" +
                       (type == "LoadBalancer" ? " and gives no address from outside" : "") +
                       "; give a container's port a hostPort to reach it from outside");
  }
}

std::string AddressCell(const Json& spec) {
  const std::string address = ClusterIp(spec);
  return address.empty() ? "<none>" : address;
}

/// How the service is reached from outside.
std::string ExternalCell(const Json& body) {
  const Json& spec = Member(body, "spec");
  const std::string type = ReadString(spec, "type");
  if (type == "ExternalName") return ReadString(spec, "externalName");
  std::vector<std::string> addresses;
  if (type == "LoadBalancer") {
    for (const Json& ingress : Items(At(body, {"status", "loadBalancer"}), "ingress")) {
      addresses.push_back(ReadString(ingress, "ip", ReadString(ingress, "hostname")));
    }
  }
  for (auto& address : ReadStrings(spec, "externalIPs")) addresses.push_back(std::move(address));
  if (addresses.empty()) return type == "LoadBalancer" ? "<pending>" : "<none>";
  return Join(addresses, ",");
}

std::string PortsCell(const Json& spec) {
  std::vector<std::string> out;
  for (const Json& port : Items(spec, "ports")) {
    const int64_t node_port = ReadInt(port, "nodePort");
    out.push_back(std::to_string(ReadInt(port, "port")) + (node_port != 0 ? ":" + std::to_string(node_port) : "") +
                  "/" + ReadString(port, "protocol", "TCP"));
  }
  return out.empty() ? "<none>" : Join(out, ",");
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  return {NameCell(body),
          ReadString(spec, "type"),
          AddressCell(spec),
          ExternalCell(body),
          PortsCell(spec),
          AgeCell(body, now),
          LabelsCell(Member(spec, "selector"))};
}

constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kFieldLabels[] = {"spec.clusterIP", "spec.type"};
constexpr std::string_view kSubresources[] = {"proxy", "status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Type", "string", "", "ClusterIP, NodePort, LoadBalancer or ExternalName.", 0},
    {"Cluster-IP", "string", "", "Its address for pods; None: they ask for the endpoints.", 0},
    {"External-IP", "string", "", "Its address for everybody else.", 0},
    {"Port(s)", "string", "", "The ports it answers on.", 0},
    kAgeColumn,
    kSelectorColumn,
};

Json FirstStatus(const Json&, WallTime) { return {{"loadBalancer", Json::object()}}; }

void ValidateIngress(const Json& ingress, const Path& path, Faults& faults) {
  const std::string ip = ReadString(ingress, "ip"), hostname = ReadString(ingress, "hostname");
  const Json& mode = Member(ingress, "ipMode");
  faults.Syntax(path / "ip", ip, CheckAddress);
  if (ip.empty() && !mode.is_null()) {
    faults.Forbidden(path / "ipMode", "may not be specified when `ip` is not set");
  } else if (!ip.empty() && mode.is_null()) {
    faults.Required(path / "ipMode", "must be specified when `ip` is set");
  } else if (!ip.empty() && mode != "Proxy" && mode != "VIP") {
    faults.Add(path / "ipMode", kNotSupported, mode.dump() + R"( is not supported; write one of "Proxy", "VIP")");
  }
  faults.Syntax(path / "hostname", hostname, CheckDnsSubdomain);
  const bool is_address = !hostname.empty() && !CheckAddress(hostname);
  if (is_address) faults.Invalid(path / "hostname", hostname, "must be a DNS name, not an IP address");
}

void ValidateStatus(const Json& body, const Json&, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Path path("status.loadBalancer.ingress");
  const Json& ingress = Items(Member(Member(body, "status"), "loadBalancer"), "ingress");
  if (!ingress.empty() && ReadString(Member(body, "spec"), "type") != "LoadBalancer") {
    return faults.Forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
  }
  for (size_t i = 0; i < ingress.size(); ++i) ValidateIngress(ingress[i], path[i], faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Service",
    .plural = "services",
    .singular = "service",
    .short_names = kShort,
    .schema = &schema::kService,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .validate_status = ValidateStatus,
    .check_name = CheckDns1035Label,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .field_labels = kFieldLabels,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .shown_when_deleted = true,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_service
