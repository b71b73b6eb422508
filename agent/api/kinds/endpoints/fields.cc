#include "agent/api/kinds/endpoints/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kEndpointsFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, List(Struct("subsets", kEndpointSubset)), "addresses with the ports they have in common"),
};

constexpr Field kEndpointSubsetFields[] = {
    Tag(1, List(Struct("addresses", kEndpointAddress)), "addresses that are ready"),
    Tag(2, List(Struct("notReadyAddresses", kEndpointAddress)), "addresses that are not ready"),
    Tag(3, List(Struct("ports", kEndpointPort)), "the ports of these addresses"),
};

constexpr Field kEndpointAddressFields[] = {
    Tag(3, String("hostname")),
    Tag(1, Required(String("ip"))),
    Tag(4, Optional(String("nodeName"))),
    Tag(2, Optional(Struct("targetRef", kObjectReference))),
};

constexpr Field kEndpointPortFields[] = {
    Tag(4, Optional(String("appProtocol"))),
    Tag(1, String("name")),
    Tag(2, Int32("port")),
    Tag(3, Default(OneOf(String("protocol"), kProtocols), R"("TCP")")),
};

}  // namespace

constinit const StructType kEndpoints{"Endpoints", kEndpointsFields, "addresses behind a service, in the older form"};
constinit const StructType kEndpointSubset{"EndpointSubset", kEndpointSubsetFields};
constinit const StructType kEndpointAddress{"EndpointAddress", kEndpointAddressFields, {}, kAtomic};
constinit const StructType kEndpointPort{"EndpointPort", kEndpointPortFields, {}, kAtomic};

}  // namespace ordinal::api::schema
