#include "agent/api/kinds/network_policy/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kNetworkPolicyFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kNetworkPolicySpec), "{}"), "what is allowed"),
};

constexpr Field kNetworkPolicySpecFields[] = {
    Tag(3, List(Struct("egress", kNetworkPolicyEgressRule)), "whom they may connect to"),
    Tag(2, List(Struct("ingress", kNetworkPolicyIngressRule)), "who may connect to them"),
    Tag(1, Struct("podSelector", kLabelSelector), "the pods it is about; all of the namespace when empty"),
    Tag(4, List(OneOf(String("policyTypes"), kPolicyTypes)), "Ingress, Egress or both: what it says something about"),
};

constexpr Field kNetworkPolicyIngressRuleFields[] = {
    Tag(2, List(Struct("from", kNetworkPolicyPeer))),
    Tag(1, List(Struct("ports", kNetworkPolicyPort))),
};

constexpr Field kNetworkPolicyEgressRuleFields[] = {
    Tag(1, List(Struct("ports", kNetworkPolicyPort))),
    Tag(2, List(Struct("to", kNetworkPolicyPeer))),
};

constexpr Field kNetworkPolicyPortFields[] = {
    Tag(3, Optional(Int32("endPort"))),
    Tag(2, Optional(IntOrString("port"))),
    Tag(1, Optional(Default(OneOf(String("protocol"), kProtocols), R"("TCP")")), "TCP (the default), UDP or SCTP"),
};

constexpr Field kNetworkPolicyPeerFields[] = {
    Tag(3, Optional(Struct("ipBlock", kIPBlock))),
    Tag(2, Optional(Struct("namespaceSelector", kLabelSelector))),
    Tag(1, Optional(Struct("podSelector", kLabelSelector))),
};

constexpr Field kIPBlockFields[] = {
    Tag(1, Listed(String("cidr")), "\"192.168.1.0/24\""),
    Tag(2, List(String("except")), "parts of it that are left out"),
};

}  // namespace

constinit const StructType kNetworkPolicy{"NetworkPolicy", kNetworkPolicyFields,
                                          "who may connect to pods, and with whom they may"};
constinit const StructType kNetworkPolicySpec{"NetworkPolicySpec", kNetworkPolicySpecFields};
constinit const StructType kNetworkPolicyIngressRule{"NetworkPolicyIngressRule", kNetworkPolicyIngressRuleFields};
constinit const StructType kNetworkPolicyEgressRule{"NetworkPolicyEgressRule", kNetworkPolicyEgressRuleFields};
constinit const StructType kNetworkPolicyPort{"NetworkPolicyPort", kNetworkPolicyPortFields};
constinit const StructType kNetworkPolicyPeer{"NetworkPolicyPeer", kNetworkPolicyPeerFields};
constinit const StructType kIPBlock{"IPBlock", kIPBlockFields};

}  // namespace ordinal::api::schema
