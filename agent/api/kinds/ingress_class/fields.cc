#include "agent/api/kinds/ingress_class/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kIngressClassFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kIngressClassSpec), "{}")),
};

constexpr Field kIngressClassSpecFields[] = {
    Tag(1, String("controller"), "whose ingresses these are, \"acme.io/ingress-controller\"; it cannot be changed"),
    Tag(2, Optional(Struct("parameters", kIngressClassParametersReference)),
        "an object with settings for the controller"),
};

constexpr Field kIngressClassParametersReferenceFields[] = {
    Tag(1, Optional(String("apiGroup"))),
    Tag(2, Listed(String("kind"))),
    Tag(3, Listed(String("name"))),
    Tag(5, Optional(String("namespace"))),
    Tag(4, Optional(Default(String("scope"), R"("Cluster")")), "Cluster (the default) or Namespace"),
};

}  // namespace

constinit const StructType kIngressClass{"IngressClass", kIngressClassFields,
                                         "a class of ingresses, and the controller that serves them"};
constinit const StructType kIngressClassSpec{"IngressClassSpec", kIngressClassSpecFields};
constinit const StructType kIngressClassParametersReference{"IngressClassParametersReference",
                                                            kIngressClassParametersReferenceFields};

}  // namespace ordinal::api::schema
