#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/read.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const std::string type = ReadString(body, "addressType");
  faults.OneOf(Path("addressType"), type, {"FQDN", "IPv4", "IPv6"});
  const Json& endpoints = Items(body, "endpoints");
  for (size_t i = 0; i < endpoints.size(); ++i) {
    const Path at = Path("endpoints")[i];
    const auto addresses = ReadStrings(endpoints[i], "addresses");
    for (size_t j = 0; j < addresses.size(); ++j) {
      faults.Syntax((at / "addresses")[j], addresses[j], type == "FQDN" ? CheckDnsSubdomain : CheckAddress);
    }
    faults.Syntax(at / "hostname", ReadString(endpoints[i], "hostname"), CheckDnsLabel);
  }
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  const std::string now = ReadString(body, "addressType");
  if (now == ReadString(old_body, "addressType")) return;
  Faults(errors).Invalid(Path("addressType"), now, "may not change after creation");
}

}  // namespace

constinit const KindInfo kinds::kEndpointSlice{
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
};

}  // namespace ordinal::api
