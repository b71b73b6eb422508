// Service (core/v1), Endpoints and EndpointSlice (discovery.k8s.io/v1).
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kServiceFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kServiceSpec), "{}"),
    Default(Struct("status", kServiceStatus), R"({"loadBalancer":{}})"),
};

constexpr Field kServiceSpecFields[] = {
    Bool("allocateLoadBalancerNodePorts"),
    String("clusterIP"),
    List(String("clusterIPs")),
    List(String("externalIPs")),
    String("externalName"),
    String("externalTrafficPolicy"),
    Int32("healthCheckNodePort"),
    String("internalTrafficPolicy"),
    List(String("ipFamilies")),
    String("ipFamilyPolicy"),
    String("loadBalancerClass"),
    String("loadBalancerIP"),
    List(String("loadBalancerSourceRanges")),
    Keyed(List(Struct("ports", kServicePort), "port"), "port,protocol"),
    Bool("publishNotReadyAddresses"),
    Atomic(Map(String("selector"))),
    Default(String("sessionAffinity"), R"("None")"),
    Struct("sessionAffinityConfig", kSessionAffinityConfig),
    String("trafficDistribution"),
    Default(String("type"), R"("ClusterIP")"),
};

constexpr Field kServicePortFields[] = {
    String("appProtocol"),
    String("name"),
    Int32("nodePort"),
    Int32("port"),
    Default(String("protocol"), R"("TCP")"),
    IntOrString("targetPort"),
};

constexpr Field kServiceStatusFields[] = {
    List(Struct("conditions", kCondition), "type"),
    Struct("loadBalancer", kLoadBalancerStatus),
};

constexpr Field kSessionAffinityConfigFields[] = {
    Struct("clientIP", kClientIPConfig),
};

constexpr Field kClientIPConfigFields[] = {
    Int32("timeoutSeconds"),
};

constexpr Field kLoadBalancerStatusFields[] = {
    List(Struct("ingress", kLoadBalancerIngress)),
};

constexpr Field kLoadBalancerIngressFields[] = {
    String("hostname"),
    String("ip"),
    String("ipMode"),
    List(Struct("ports", kPortStatus)),
};

constexpr Field kPortStatusFields[] = {
    String("error"),
    Int32("port"),
    String("protocol"),
};

constexpr Field kEndpointsFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    List(Struct("subsets", kEndpointSubset)),
};

constexpr Field kEndpointSubsetFields[] = {
    List(Struct("addresses", kEndpointAddress)),
    List(Struct("notReadyAddresses", kEndpointAddress)),
    List(Struct("ports", kEndpointPort)),
};

constexpr Field kEndpointAddressFields[] = {
    String("hostname"),
    Required(String("ip")),
    String("nodeName"),
    Struct("targetRef", kObjectReference),
};

constexpr Field kEndpointPortFields[] = {
    String("appProtocol"),
    String("name"),
    Int32("port"),
    Default(String("protocol"), R"("TCP")"),
};

constexpr Field kEndpointSliceFields[] = {
    Required(String("addressType")),      String("apiVersion"),
    List(Struct("endpoints", kEndpoint)), String("kind"),
    Struct("metadata", kObjectMeta),      List(Struct("ports", kSliceEndpointPort)),
};

constexpr Field kEndpointFields[] = {
    Required(List(String("addresses"))),
    Struct("conditions", kEndpointConditions),
    Map(String("deprecatedTopology")),
    Struct("hints", kEndpointHints),
    String("hostname"),
    String("nodeName"),
    Struct("targetRef", kObjectReference),
    String("zone"),
};

constexpr Field kSliceEndpointPortFields[] = {
    String("appProtocol"),
    Default(String("name"), R"("")"),
    Int32("port"),
    Default(String("protocol"), R"("TCP")"),
};

constexpr Field kEndpointConditionsFields[] = {
    Bool("ready"),
    Bool("serving"),
    Bool("terminating"),
};

constexpr Field kEndpointHintsFields[] = {
    List(Struct("forZones", kForZone)),
};

constexpr Field kForZoneFields[] = {
    Required(String("name")),
};

}  // namespace

constinit const StructType kService{"Service", kServiceFields};
constinit const StructType kServiceSpec{"ServiceSpec", kServiceSpecFields};
constinit const StructType kServicePort{"ServicePort", kServicePortFields};
constinit const StructType kServiceStatus{"ServiceStatus", kServiceStatusFields};
constinit const StructType kSessionAffinityConfig{"SessionAffinityConfig", kSessionAffinityConfigFields};
constinit const StructType kClientIPConfig{"ClientIPConfig", kClientIPConfigFields};
constinit const StructType kLoadBalancerStatus{"LoadBalancerStatus", kLoadBalancerStatusFields};
constinit const StructType kLoadBalancerIngress{"LoadBalancerIngress", kLoadBalancerIngressFields};
constinit const StructType kPortStatus{"PortStatus", kPortStatusFields};
constinit const StructType kEndpoints{"Endpoints", kEndpointsFields};
constinit const StructType kEndpointSubset{"EndpointSubset", kEndpointSubsetFields};
constinit const StructType kEndpointAddress{"EndpointAddress", kEndpointAddressFields, kAtomic};
constinit const StructType kEndpointPort{"EndpointPort", kEndpointPortFields, kAtomic};
constinit const StructType kEndpointSlice{"EndpointSlice", kEndpointSliceFields};
constinit const StructType kEndpoint{"Endpoint", kEndpointFields};
constinit const StructType kSliceEndpointPort{"EndpointPort", kSliceEndpointPortFields, kAtomic};
constinit const StructType kEndpointConditions{"EndpointConditions", kEndpointConditionsFields};
constinit const StructType kEndpointHints{"EndpointHints", kEndpointHintsFields};
constinit const StructType kForZone{"ForZone", kForZoneFields};

}  // namespace ordinal::api::schema
