#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/kinds/validating_webhook_configuration/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kValidatingWebhookConfigurationFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, List(Struct("webhooks", kValidatingWebhook), "name"), "who is asked, and of what"),
};

constexpr Field kValidatingWebhookFields[] = {
    Tag(8, Listed(List(String("admissionReviewVersions")))),
    Tag(2, Listed(Struct("clientConfig", kWebhookClientConfig))),
    Tag(4, Optional(Default(OneOf(String("failurePolicy"), kFailurePolicies), R"("Fail")"))),
    Tag(11, List(Struct("matchConditions", kAdmissionMatchCondition), "name")),
    Tag(9, Optional(Default(OneOf(String("matchPolicy"), kMatchPolicies), R"("Equivalent")"))),
    Tag(1, Listed(String("name"))),
    Tag(5, Optional(Default(Struct("namespaceSelector", kLabelSelector), "{}"))),
    Tag(10, Optional(Default(Struct("objectSelector", kLabelSelector), "{}"))),
    Tag(3, List(Struct("rules", kRuleWithOperations))),
    Tag(6, Optional(Listed(OneOf(String("sideEffects"), kSideEffects)))),
    Tag(7, Optional(Default(Int32("timeoutSeconds"), "10"))),
};

constexpr Field kWebhookClientConfigFields[] = {
    Tag(2, Bytes("caBundle")),
    Tag(1, Optional(Struct("service", kWebhookServiceReference))),
    Tag(3, Optional(String("url"))),
};

constexpr Field kWebhookServiceReferenceFields[] = {
    Tag(2, Listed(String("name"))),
    Tag(1, Listed(String("namespace"))),
    Tag(3, Optional(String("path"))),
    Tag(4, Optional(Default(Int32("port"), "443"))),
};

constexpr Field kRuleWithOperationsFields[] = {
    In(2, 1, List(String("apiGroups"))),
    In(2, 2, List(String("apiVersions"))),
    Tag(1, List(OneOf(String("operations"), kRuleOperations))),
    In(2, 3, List(String("resources"))),
    In(2, 4, Optional(Default(OneOf(String("scope"), kRuleScopes), R"("*")"))),
};

constexpr Field kAdmissionMatchConditionFields[] = {
    Tag(2, Listed(String("expression"))),
    Tag(1, Listed(String("name"))),
};

}  // namespace

constinit const StructType kValidatingWebhookConfiguration{"ValidatingWebhookConfiguration",
                                                           kValidatingWebhookConfigurationFields,
                                                           "whom the API asks before it takes an object"};
constinit const StructType kValidatingWebhook{"ValidatingWebhook", kValidatingWebhookFields};
constinit const StructType kWebhookClientConfig{"WebhookClientConfig", kWebhookClientConfigFields};
constinit const StructType kWebhookServiceReference{"ServiceReference", kWebhookServiceReferenceFields};
constinit const StructType kRuleWithOperations{"RuleWithOperations", kRuleWithOperationsFields};
constinit const StructType kAdmissionMatchCondition{"MatchCondition", kAdmissionMatchConditionFields};

}  // namespace ordinal::api::schema
