#include "agent/api/kinds/role/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kRoleFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Atomic(List(Struct("rules", kPolicyRule))), "what it permits, in its namespace"),
};

constexpr Field kPolicyRuleFields[] = {
    Tag(2, Atomic(List(String("apiGroups"))), "API groups; \"\" is the core group, * all of them"),
    Tag(5, Atomic(List(String("nonResourceURLs"))), "paths that are no resources; * at the end stands for all below"),
    Tag(4, Atomic(List(String("resourceNames"))), "names of objects; all of them when empty"),
    Tag(3, Atomic(List(String("resources"))), "resources, \"pods\", and sub-resources, \"pods/log\"; * all of them"),
    Tag(1, Listed(Atomic(List(String("verbs")))), "get, list, watch, create, update, patch, delete …; * all of them"),
};

}  // namespace

constinit const StructType kRole{"Role", kRoleFields, "rights in a namespace, for bindings to give"};
constinit const StructType kPolicyRule{"PolicyRule", kPolicyRuleFields, "every verb with every resource or path"};

}  // namespace ordinal::api::schema
