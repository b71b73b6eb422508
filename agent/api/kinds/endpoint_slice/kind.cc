#include "agent/api/faults.h"
#include "agent/api/kinds/endpoint_slice/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/endpoint_address.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_endpoint_slice {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const std::string type = ReadString(body, "addressType");
  faults.OneOf(Path("addressType"), type, schema::kAddressTypes);
  const Json& endpoints = Items(body, "endpoints");
  for (size_t i = 0; i < endpoints.size(); ++i) {
    const Path at = Path("endpoints")[i];
    const auto addresses = ReadStrings(endpoints[i], "addresses");
    for (size_t j = 0; j < addresses.size(); ++j) {
      faults.Syntax((at / "addresses")[j], addresses[j], type == "FQDN" ? CheckDnsSubdomain : CheckEndpointAddress);
    }
    faults.Syntax(at / "hostname", ReadString(endpoints[i], "hostname"), CheckDnsLabel);
  }
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  const std::string now = ReadString(body, "addressType");
  if (now == ReadString(old_body, "addressType")) return;
  Faults(errors).Invalid(Path("addressType"), now, "may not change after creation");
}

std::string Ports(const Json& body) {
  std::vector<std::string> out;
  for (const Json& port : Items(body, "ports")) {
    const std::string name = ReadString(port, "name", "*");
    out.push_back(port.contains("port") ? std::to_string(ReadInt(port, "port")) : name);
  }
  return FewOf(out, "<unset>");
}

std::string Addresses(const Json& body) {
  std::vector<std::string> out;
  for (const Json& endpoint : Items(body, "endpoints")) {
    for (auto& address : ReadStrings(endpoint, "addresses")) out.push_back(std::move(address));
  }
  return FewOf(out, "<unset>");
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), TextCell(body, {"addressType"}), Ports(body), Addresses(body), AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"AddressType", "string", "", "IPv4, IPv6 or FQDN.", 0},
    {"Ports", "string", "", "The ports of every endpoint.", 0},
    {"Endpoints", "string", "", "The addresses of the first endpoints.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "discovery.k8s.io",
    .version = "v1",
    .kind = "EndpointSlice",
    .plural = "endpointslices",
    .singular = "endpointslice",
    .short_names = {},
    .schema = &schema::kEndpointSlice,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_endpoint_slice
