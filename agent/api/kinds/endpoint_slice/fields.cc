#include "agent/api/kinds/endpoint_slice/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kEndpointSliceFields[] = {
    Tag(4, Required(OneOf(String("addressType"), kAddressTypes)), "IPv4, IPv6 or FQDN"),
    String("apiVersion"),
    Tag(2, List(Struct("endpoints", kEndpoint)), "the endpoints"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(3, List(Struct("ports", kSliceEndpointPort)), "the ports every endpoint has"),
};

constexpr Field kEndpointFields[] = {
    Tag(1, Required(List(String("addresses"))), "the addresses of this endpoint"),
    Tag(2, Struct("conditions", kEndpointConditions), "whether it is ready"),
    Tag(5, Map(String("deprecatedTopology"))),
    Tag(8, Optional(Struct("hints", kEndpointHints))),
    Tag(3, Optional(String("hostname")), "the name below the service's"),
    Tag(6, Optional(String("nodeName")), "the node it is on"),
    Tag(4, Optional(Struct("targetRef", kObjectReference)), "the pod behind it"),
    Tag(7, Optional(String("zone"))),
};

constexpr Field kSliceEndpointPortFields[] = {
    Tag(4, Optional(String("appProtocol"))),
    Tag(1, Optional(Default(String("name"), R"("")"))),
    Tag(3, Optional(Int32("port"))),
    Tag(2, Optional(Default(OneOf(String("protocol"), kProtocols), R"("TCP")"))),
};

constexpr Field kEndpointConditionsFields[] = {
    Tag(1, Optional(Bool("ready"))),
    Tag(2, Optional(Bool("serving"))),
    Tag(3, Optional(Bool("terminating"))),
};

constexpr Field kEndpointHintsFields[] = {
    Tag(1, List(Struct("forZones", kForZone))),
};

constexpr Field kForZoneFields[] = {
    Tag(1, Required(String("name"))),
};

}  // namespace

constinit const StructType kEndpointSlice{"EndpointSlice", kEndpointSliceFields, "addresses behind a service"};
constinit const StructType kEndpoint{"Endpoint", kEndpointFields};
constinit const StructType kSliceEndpointPort{"EndpointPort", kSliceEndpointPortFields, {}, kAtomic};
constinit const StructType kEndpointConditions{"EndpointConditions", kEndpointConditionsFields};
constinit const StructType kEndpointHints{"EndpointHints", kEndpointHintsFields};
constinit const StructType kForZone{"ForZone", kForZoneFields};

}  // namespace ordinal::api::schema
