#include "agent/api/faults.h"
#include "agent/api/kinds/endpoints/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/endpoint_address.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_endpoints {
namespace {

constexpr std::string_view kShort[] = {"ep"};

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& subsets = Items(body, "subsets");
  for (size_t i = 0; i < subsets.size(); ++i) {
    for (const char* which : {"addresses", "notReadyAddresses"}) {
      const Json& addresses = Items(subsets[i], which);
      for (size_t j = 0; j < addresses.size(); ++j) {
        const Path at = (Path("subsets")[i] / which)[j] / "ip";
        faults.Syntax(at, ReadString(addresses[j], "ip"), CheckEndpointAddress);
      }
    }
  }
}

std::string Addresses(const Json& body) {
  std::vector<std::string> out;
  for (const Json& subset : Items(body, "subsets")) {
    const Json& addresses = Items(subset, "addresses");
    const Json& ports = Items(subset, "ports");
    if (ports.empty()) {
      for (const Json& address : addresses) out.push_back(ReadString(address, "ip"));
    }
    for (const Json& port : ports) {
      for (const Json& address : addresses) {
        const std::string ip = ReadString(address, "ip");
        const bool wide = ip.find(':') != std::string::npos;
        out.push_back((wide ? "[" + ip + "]" : ip) + ":" + std::to_string(ReadInt(port, "port")));
      }
    }
  }
  return FewOf(out, Items(body, "subsets").empty() ? "<none>" : "");
}

Json Cells(const Json& body, WallTime now) { return {NameCell(body), Addresses(body), AgeCell(body, now)}; }

constexpr Column kColumns[] = {
    kNameColumn,
    {"Endpoints", "string", "", "The addresses and ports of the first endpoints.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Endpoints",
    .plural = "endpoints",
    .singular = "endpoints",
    .short_names = kShort,
    .schema = &schema::kEndpoints,
    .old_versions = {},
    .validate = Validate,
    .columns = kColumns,
    .cells = Cells,
    .made_by_update = true,
    .deprecated = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
};

}  // namespace ordinal::api::kinds::of_endpoints
