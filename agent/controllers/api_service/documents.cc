#include "agent/controllers/api_service/documents.h"

#include <algorithm>
#include <iterator>

namespace ordinal::controllers::api_service {
namespace {

using api::Json;

Json Named(const char* api_version, const char* kind, Json labels) {
  Json body = {{"apiVersion", api_version}, {"kind", kind}};
  body["metadata"] = Json{{"name", kName}, {"namespace", kNamespace}, {"labels", std::move(labels)}};
  return body;
}

Json Ports(const Address& address) {
  if (address.port == 0) return Json::array();
  return Json::array({Json{{"name", "https"}, {"port", address.port}, {"protocol", "TCP"}}});
}

Json ServiceFor(const Address& address) {
  Json body = Named("v1", "Service", Json{{"component", "apiserver"}, {"provider", "kubernetes"}});
  Json ports = Ports(address);
  for (Json& port : ports) port["targetPort"] = address.port;
  body["spec"] = Json{{"clusterIP", "None"}, {"sessionAffinity", "None"}, {"type", "ClusterIP"}};
  body["spec"]["ports"] = std::move(ports);
  return body;
}

bool Reached(const Address& address) { return !address.host.empty() && address.port != 0; }

Json EndpointsFor(const Address& address) {
  Json body = Named("v1", "Endpoints", Json{{"endpointslice.kubernetes.io/skip-mirror", "true"}});
  body["subsets"] = Json::array();
  if (!Reached(address)) return body;
  Json subset;
  subset["addresses"] = Json::array({Json{{"ip", address.host}}});
  subset["ports"] = Ports(address);
  body["subsets"].push_back(std::move(subset));
  return body;
}

Json SliceFor(const Address& address) {
  Json body = Named("discovery.k8s.io/v1", "EndpointSlice", Json{{"kubernetes.io/service-name", kName}});
  body["addressType"] = address.host.find(':') == std::string::npos ? "IPv4" : "IPv6";
  body["ports"] = Ports(address);
  body["endpoints"] = Json::array();
  if (!Reached(address)) return body;
  Json endpoint = {{"conditions", {{"ready", true}}}};
  endpoint["addresses"] = Json::array({address.host});
  body["endpoints"].push_back(std::move(endpoint));
  return body;
}

bool SameList(const Json& a, const Json& b) { return a == b || (a.empty() && b.empty()); }

constexpr const char* kOfService[] = {"clusterIP", "ports", "type"};

/// A service that selects pods would have two who write its endpoints.
bool SameService(const Json& stored, const Json& wanted) {
  if (!api::Member(stored, "selector").empty()) return false;
  return std::all_of(std::begin(kOfService), std::end(kOfService), [&](const char* member) {
    return SameList(api::Member(stored, member), api::Member(wanted, member));
  });
}

}  // namespace

std::vector<Json> DocumentsFor(const Address& address) {
  return {ServiceFor(address), EndpointsFor(address), SliceFor(address)};
}

bool SaysTheSame(const Json& stored, const Json& wanted) {
  if (wanted.contains("spec")) return SameService(api::Member(stored, "spec"), wanted["spec"]);
  for (const char* member : {"subsets", "endpoints", "ports"}) {
    if (!SameList(api::Member(stored, member), api::Member(wanted, member))) return false;
  }
  return true;
}

void Say(const Json& wanted, Json& stored) {
  if (wanted.contains("spec")) {
    Json& spec = stored["spec"];
    for (const char* member : kOfService) spec[member] = wanted["spec"][member];
    // What belongs to another type, or would have others write the endpoints.
    for (const char* member : {"selector", "externalName", "clusterIPs"}) spec.erase(member);
    return;
  }
  for (const char* member : {"subsets", "endpoints", "ports"}) api::Carry(wanted, member, stored);
}

bool MustGo(const Json& stored, const Json& wanted) {
  return wanted.contains("addressType") && api::Member(stored, "addressType") != wanted["addressType"];
}

}  // namespace ordinal::controllers::api_service
