// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kValidatingWebhookConfiguration, kValidatingWebhook, kWebhookClientConfig,
    kWebhookServiceReference, kRuleWithOperations, kAdmissionMatchCondition;

}  // namespace ordinal::api::schema
