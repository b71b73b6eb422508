#include "agent/api/kinds/ingress/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kIngressFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kIngressSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kIngressStatus), R"({"loadBalancer":{}})"), "what a controller made of it"),
};

constexpr Field kIngressSpecFields[] = {
    Tag(1, Optional(Struct("defaultBackend", kIngressBackend)), "where goes what no rule matches"),
    Tag(4, Optional(String("ingressClassName")), "the IngressClass whose controller serves it"),
    Tag(3, List(Struct("rules", kIngressRule)), "hosts and paths, and where they lead"),
    Tag(2, List(Struct("tls", kIngressTLS)), "certificates for hosts"),
};

constexpr Field kIngressBackendFields[] = {
    Tag(3, Optional(Struct("resource", kTypedLocalObjectReference)), "another object of the namespace"),
    Tag(4, Optional(Struct("service", kIngressServiceBackend)), "a service of the namespace, and its port"),
};

constexpr Field kIngressServiceBackendFields[] = {
    Tag(1, Listed(String("name"))),
    Tag(2, Struct("port", kServiceBackendPort)),
};

constexpr Field kServiceBackendPortFields[] = {
    Tag(1, String("name")),
    Tag(2, Int32("number")),
};

constexpr Field kIngressTLSFields[] = {
    Tag(1, List(String("hosts")), "the hosts it is for"),
    Tag(2, String("secretName"), "the secret with the certificate"),
};

constexpr Field kIngressRuleFields[] = {
    Tag(1, String("host"), "the host, or one wildcard label before it; every host when absent"),
    In(2, 1, Optional(Struct("http", kHTTPIngressRuleValue))),
};

constexpr Field kHTTPIngressRuleValueFields[] = {
    Tag(1, Listed(List(Struct("paths", kHTTPIngressPath)))),
};

constexpr Field kHTTPIngressPathFields[] = {
    Tag(2, Listed(Struct("backend", kIngressBackend)), "where it leads"),
    Tag(1, String("path"), "the path, from / on"),
    Tag(3, Optional(Listed(OneOf(String("pathType"), kPathTypes))), "Exact, Prefix or ImplementationSpecific"),
};

constexpr Field kIngressStatusFields[] = {
    Tag(1, Struct("loadBalancer", kIngressLoadBalancerStatus)),
};

constexpr Field kIngressLoadBalancerStatusFields[] = {
    Tag(1, List(Struct("ingress", kIngressLoadBalancerIngress))),
};

constexpr Field kIngressLoadBalancerIngressFields[] = {
    Tag(2, String("hostname")),
    Tag(1, String("ip")),
    Tag(4, List(Struct("ports", kIngressPortStatus))),
};

constexpr Field kIngressPortStatusFields[] = {
    Tag(3, Optional(String("error"))),
    Tag(1, Listed(Int32("port"))),
    Tag(2, Listed(OneOf(String("protocol"), kProtocols))),
};

}  // namespace

constinit const StructType kIngress{"Ingress", kIngressFields, "which hosts and paths lead to which services"};
constinit const StructType kIngressSpec{"IngressSpec", kIngressSpecFields};
constinit const StructType kIngressBackend{"IngressBackend", kIngressBackendFields};
constinit const StructType kIngressServiceBackend{"IngressServiceBackend", kIngressServiceBackendFields};
constinit const StructType kServiceBackendPort{"ServiceBackendPort", kServiceBackendPortFields};
constinit const StructType kIngressTLS{"IngressTLS", kIngressTLSFields};
constinit const StructType kIngressRule{"IngressRule", kIngressRuleFields};
constinit const StructType kHTTPIngressRuleValue{"HTTPIngressRuleValue", kHTTPIngressRuleValueFields};
constinit const StructType kHTTPIngressPath{"HTTPIngressPath", kHTTPIngressPathFields};
constinit const StructType kIngressStatus{"IngressStatus", kIngressStatusFields};
constinit const StructType kIngressLoadBalancerStatus{"IngressLoadBalancerStatus", kIngressLoadBalancerStatusFields};
constinit const StructType kIngressLoadBalancerIngress{"IngressLoadBalancerIngress", kIngressLoadBalancerIngressFields};
constinit const StructType kIngressPortStatus{"IngressPortStatus", kIngressPortStatusFields};

}  // namespace ordinal::api::schema
