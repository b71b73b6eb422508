#include "agent/api/kinds/mutating_webhook_configuration/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/kinds/validating_webhook_configuration/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kMutatingWebhookConfigurationFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, List(Struct("webhooks", kMutatingWebhook), "name"), "who is asked, and of what"),
};

constexpr Field kMutatingWebhookFields[] = {
    Tag(8, Listed(List(String("admissionReviewVersions")))),
    Tag(2, Listed(Struct("clientConfig", kWebhookClientConfig))),
    Tag(4, Optional(Default(OneOf(String("failurePolicy"), kFailurePolicies), R"("Fail")"))),
    Tag(12, List(Struct("matchConditions", kAdmissionMatchCondition), "name")),
    Tag(9, Optional(Default(OneOf(String("matchPolicy"), kMatchPolicies), R"("Equivalent")"))),
    Tag(1, Listed(String("name"))),
    Tag(5, Optional(Default(Struct("namespaceSelector", kLabelSelector), "{}"))),
    Tag(11, Optional(Default(Struct("objectSelector", kLabelSelector), "{}"))),
    Tag(10, Optional(Default(OneOf(String("reinvocationPolicy"), kReinvocationPolicies), R"("Never")"))),
    Tag(3, List(Struct("rules", kRuleWithOperations))),
    Tag(6, Optional(Listed(OneOf(String("sideEffects"), kSideEffects)))),
    Tag(7, Optional(Default(Int32("timeoutSeconds"), "10"))),
};

}  // namespace

constinit const StructType kMutatingWebhookConfiguration{"MutatingWebhookConfiguration",
                                                         kMutatingWebhookConfigurationFields,
                                                         "who may change an object before the API takes it"};
constinit const StructType kMutatingWebhook{"MutatingWebhook", kMutatingWebhookFields};

}  // namespace ordinal::api::schema
