// Types of CustomResourceDefinition.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kCustomResourceDefinition, kCustomResourceDefinitionSpec, kCustomResourceDefinitionStatus,
    kCustomResourceDefinitionNames, kCustomResourceDefinitionVersion, kCustomResourceDefinitionCondition,
    kCustomResourceConversion, kWebhookConversion, kConversionClientConfig, kConversionServiceReference,
    kCustomResourceValidation, kCustomResourceSubresources, kCustomResourceSubresourceStatus,
    kCustomResourceSubresourceScale, kCustomResourceColumnDefinition, kSelectableField;

// schema_fields.cc
extern const StructType kJSONSchemaProps, kExternalDocumentation, kValidationRule;

}  // namespace ordinal::api::schema
