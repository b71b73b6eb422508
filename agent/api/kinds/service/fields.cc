#include "agent/api/kinds/service/fields.h"
#include "agent/api/kinds/service/choices.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kServiceFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kServiceSpec), "{}"), "which pods, and how they are reached"),
    Tag(3, Default(Struct("status", kServiceStatus), R"({"loadBalancer":{}})"), "what was last seen"),
};

constexpr Field kServiceSpecFields[] = {
    Tag(20, Optional(Bool("allocateLoadBalancerNodePorts"))),
    Tag(3, String("clusterIP"),
        "the service's address; None makes a headless service: its name means the pods themselves"),
    Tag(18, List(String("clusterIPs")), "all addresses of the service"),
    Tag(5, List(String("externalIPs")), "further addresses that lead to the service"),
    Tag(10, String("externalName"), "the name a service of type ExternalName stands for"),
    Tag(11, OneOf(String("externalTrafficPolicy"), kTrafficPolicies),
        "Cluster or Local: which pods traffic from outside may reach"),
    Tag(12, Int32("healthCheckNodePort")),
    Tag(22, Optional(OneOf(String("internalTrafficPolicy"), kTrafficPolicies)),
        "Cluster or Local: which pods traffic from inside may reach"),
    Tag(19, List(OneOf(String("ipFamilies"), kIpFamilies)), "IPv4, IPv6 or both"),
    Tag(17, Optional(OneOf(String("ipFamilyPolicy"), kIpFamilyPolicies)),
        "SingleStack, PreferDualStack or RequireDualStack"),
    Tag(21, Optional(String("loadBalancerClass"))),
    Tag(8, String("loadBalancerIP")),
    Tag(9, List(String("loadBalancerSourceRanges"))),
    Tag(1, Keyed(List(Struct("ports", kServicePort), "port"), "port,protocol"), "the ports"),
    Tag(13, Bool("publishNotReadyAddresses"), "give names also to pods that are not ready"),
    Tag(2, Atomic(Map(String("selector"))), "labels of the pods behind the service"),
    Tag(7, Default(OneOf(String("sessionAffinity"), kAffinities), R"("None")"), "None (the default) or ClientIP"),
    Tag(14, Optional(Struct("sessionAffinityConfig", kSessionAffinityConfig))),
    Tag(23, Optional(String("trafficDistribution"))),
    Tag(4, Default(OneOf(String("type"), kServiceTypes), R"("ClusterIP")"),
        "ClusterIP (the default), NodePort, LoadBalancer or ExternalName"),
};

constexpr Field kServicePortFields[] = {
    Tag(6, Optional(String("appProtocol")), "what is spoken on the port"),
    Tag(1, String("name"), "the port's name; needed when there are several"),
    Tag(5, Int32("nodePort"), "the port on every node, for type NodePort"),
    Tag(3, Listed(Int32("port")), "the service's port"),
    Tag(2, Default(OneOf(String("protocol"), kProtocols), R"("TCP")"), "TCP (the default), UDP or SCTP"),
    Tag(4, IntOrString("targetPort"), "the port of the pods, by number or name; the same as port when absent"),
};

constexpr Field kServiceStatusFields[] = {
    Tag(2, List(Struct("conditions", kCondition), "type")),
    Tag(1, Struct("loadBalancer", kLoadBalancerStatus)),
};

constexpr Field kSessionAffinityConfigFields[] = {
    Tag(1, Optional(Struct("clientIP", kClientIPConfig))),
};

constexpr Field kClientIPConfigFields[] = {
    Tag(1, Optional(Int32("timeoutSeconds"))),
};

constexpr Field kLoadBalancerStatusFields[] = {
    Tag(1, List(Struct("ingress", kLoadBalancerIngress))),
};

constexpr Field kLoadBalancerIngressFields[] = {
    Tag(2, String("hostname")),
    Tag(1, String("ip")),
    Tag(3, Optional(String("ipMode"))),
    Tag(4, List(Struct("ports", kPortStatus))),
};

constexpr Field kPortStatusFields[] = {
    Tag(3, Optional(String("error"))),
    Tag(1, Int32("port")),
    Tag(2, OneOf(String("protocol"), kProtocols)),
};

}  // namespace

constinit const StructType kService{"Service", kServiceFields, "a name for the pods a selector matches"};
constinit const StructType kServiceSpec{"ServiceSpec", kServiceSpecFields, {}, false, &kServiceChoices};
constinit const StructType kServicePort{"ServicePort", kServicePortFields};
constinit const StructType kServiceStatus{"ServiceStatus", kServiceStatusFields};
constinit const StructType kSessionAffinityConfig{"SessionAffinityConfig", kSessionAffinityConfigFields};
constinit const StructType kClientIPConfig{"ClientIPConfig", kClientIPConfigFields};
constinit const StructType kLoadBalancerStatus{"LoadBalancerStatus", kLoadBalancerStatusFields};
constinit const StructType kLoadBalancerIngress{"LoadBalancerIngress", kLoadBalancerIngressFields};
constinit const StructType kPortStatus{"PortStatus", kPortStatusFields};

}  // namespace ordinal::api::schema
