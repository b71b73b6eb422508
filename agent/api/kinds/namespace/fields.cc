#include "agent/api/kinds/namespace/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kNamespaceFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Struct("spec", kNamespaceSpec), "what must be done before it goes"),
    Tag(3, Default(Struct("status", kNamespaceStatus), R"({"phase":"Active"})"), "Active or Terminating"),
};

constexpr Field kNamespaceSpecFields[] = {
    Tag(1, List(String("finalizers"))),
};

constexpr Field kNamespaceStatusFields[] = {
    Tag(2, List(Struct("conditions", kNamespaceCondition), "type")),
    Tag(1, OneOf(String("phase"), kNamespacePhases)),
};

constexpr Field kNamespaceConditionFields[] = {
    Tag(4, Time("lastTransitionTime")), Tag(6, String("message")), Tag(5, String("reason")),
    Tag(2, String("status")),           Tag(1, String("type")),
};

}  // namespace

constinit const StructType kNamespace{"Namespace", kNamespaceFields,
                                      "a room for names: objects of two namespaces may be called the same"};
constinit const StructType kNamespaceSpec{"NamespaceSpec", kNamespaceSpecFields};
constinit const StructType kNamespaceStatus{"NamespaceStatus", kNamespaceStatusFields};
constinit const StructType kNamespaceCondition{"NamespaceCondition", kNamespaceConditionFields};

}  // namespace ordinal::api::schema
