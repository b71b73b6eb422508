#include "agent/api/kinds/custom_resource_definition/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kCustomResourceDefinitionFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Listed(Struct("spec", kCustomResourceDefinitionSpec)), "the kind: its names, its scope and its versions"),
    Tag(3, Struct("status", kCustomResourceDefinitionStatus), "whether it is served, and under which names"),
};

constexpr Field kCustomResourceDefinitionSpecFields[] = {
    Tag(9, Optional(Struct("conversion", kCustomResourceConversion)), "how objects come from one version to another"),
    Tag(1, Listed(String("group")), "the API group, a domain"),
    Tag(3, Listed(Struct("names", kCustomResourceDefinitionNames)), "how the kind is called"),
    Tag(10, Bool("preserveUnknownFields"), "must be false; schemas say it themselves"),
    Tag(4, Listed(String("scope")), "Namespaced or Cluster"),
    Tag(7, Listed(Atomic(List(Struct("versions", kCustomResourceDefinitionVersion)))), "the versions; one is stored"),
};

constexpr Field kNamesFields[] = {
    Tag(6, Atomic(List(String("categories"))), "groups of kinds that it belongs to, such as all"),
    Tag(4, Listed(String("kind")), "the kind of its objects, CamelCase and singular"),
    Tag(5, String("listKind"), "the kind of its lists; by default with List at its end"),
    Tag(1, Listed(String("plural")), "its name in paths, in lower case"),
    Tag(3, Atomic(List(String("shortNames"))), "short names for kubectl"),
    Tag(2, String("singular"), "by default the kind in lower case"),
};

constexpr Field kVersionFields[] = {
    Tag(6, Atomic(List(Struct("additionalPrinterColumns", kCustomResourceColumnDefinition))),
        "columns of tables beside the name; without any, the age"),
    Tag(7, Bool("deprecated"), "requests to it are answered with a warning"),
    Tag(8, Optional(String("deprecationWarning")), "the words of that warning"),
    Tag(1, Listed(String("name")), "such as v1 or v2beta1"),
    Tag(4, Optional(Struct("schema", kCustomResourceValidation)), "what objects of the version look like"),
    Tag(9, Atomic(List(Struct("selectableFields", kSelectableField))), "fields that field selectors may name"),
    Tag(2, Listed(Bool("served")), "whether clients may use it"),
    Tag(3, Listed(Bool("storage")), "whether objects are stored in it; true for one version"),
    Tag(5, Optional(Struct("subresources", kCustomResourceSubresources)), "status and scale"),
};

constexpr Field kConversionFields[] = {
    Tag(1, Listed(String("strategy")), "None: only apiVersion differs"),
    Tag(2, Optional(Struct("webhook", kWebhookConversion))),
};

constexpr Field kWebhookConversionFields[] = {
    Tag(2, Optional(Struct("clientConfig", kConversionClientConfig))),
    Tag(3, Listed(Atomic(List(String("conversionReviewVersions"))))),
};

constexpr Field kConversionClientConfigFields[] = {
    Tag(2, Bytes("caBundle")),
    Tag(1, Optional(Struct("service", kConversionServiceReference))),
    Tag(3, Optional(String("url"))),
};

constexpr Field kConversionServiceFields[] = {
    Tag(2, Listed(String("name"))),
    Tag(1, Listed(String("namespace"))),
    Tag(3, Optional(String("path"))),
    Tag(4, Optional(Int32("port"))),
};

constexpr Field kValidationFields[] = {
    Tag(1, Optional(Struct("openAPIV3Schema", kJSONSchemaProps)), "by this objects are pruned, completed and checked"),
};

constexpr Field kSubresourcesFields[] = {
    Tag(2, Optional(Struct("scale", kCustomResourceSubresourceScale)), "where the replicas are, for kubectl scale"),
    Tag(1, Optional(Struct("status", kCustomResourceSubresourceStatus)), "status is written apart from the rest"),
};

constexpr Field kScaleFields[] = {
    Tag(3, Optional(String("labelSelectorPath"))),
    Tag(1, Listed(String("specReplicasPath"))),
    Tag(2, Listed(String("statusReplicasPath"))),
};

constexpr Field kColumnDefinitionFields[] = {
    Tag(4, String("description")),
    Tag(3, String("format")),
    Tag(6, Listed(String("jsonPath")), "where the cell's value is"),
    Tag(1, Listed(String("name")), "the head of the column"),
    Tag(5, Int32("priority"), "above 0: with -o wide only"),
    Tag(2, Listed(String("type")), "string, integer, number, boolean or date"),
};

constexpr Field kSelectableFieldFields[] = {
    Tag(1, Listed(String("jsonPath")), "a path of names, .spec.color"),
};

constexpr Field kDefinitionStatusFields[] = {
    Tag(2, Struct("acceptedNames", kCustomResourceDefinitionNames), "the names it is served under"),
    Tag(1, Keyed(List(Struct("conditions", kCustomResourceDefinitionCondition)), "type"), "NamesAccepted, Established"),
    Tag(3, Atomic(List(String("storedVersions"))), "versions that objects may be stored in"),
};

constexpr Field kDefinitionConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")),        Tag(6, Int64("observedGeneration")),
    Tag(4, String("reason")),           Tag(2, Listed(String("status"))), Tag(1, Listed(String("type"))),
};

}  // namespace

constinit const StructType kCustomResourceDefinition{"CustomResourceDefinition", kCustomResourceDefinitionFields,
                                                     "a kind that people add"};
constinit const StructType kCustomResourceDefinitionSpec{"CustomResourceDefinitionSpec",
                                                         kCustomResourceDefinitionSpecFields};
constinit const StructType kCustomResourceDefinitionStatus{"CustomResourceDefinitionStatus", kDefinitionStatusFields};
constinit const StructType kCustomResourceDefinitionNames{"CustomResourceDefinitionNames", kNamesFields};
constinit const StructType kCustomResourceDefinitionVersion{"CustomResourceDefinitionVersion", kVersionFields};
constinit const StructType kCustomResourceDefinitionCondition{"CustomResourceDefinitionCondition",
                                                              kDefinitionConditionFields};
constinit const StructType kCustomResourceConversion{"CustomResourceConversion", kConversionFields};
constinit const StructType kWebhookConversion{"WebhookConversion", kWebhookConversionFields};
constinit const StructType kConversionClientConfig{"WebhookClientConfig", kConversionClientConfigFields};
constinit const StructType kConversionServiceReference{"ServiceReference", kConversionServiceFields};
constinit const StructType kCustomResourceValidation{"CustomResourceValidation", kValidationFields};
constinit const StructType kCustomResourceSubresources{"CustomResourceSubresources", kSubresourcesFields};
constinit const StructType kCustomResourceSubresourceStatus{"CustomResourceSubresourceStatus", {}};
constinit const StructType kCustomResourceSubresourceScale{"CustomResourceSubresourceScale", kScaleFields};
constinit const StructType kCustomResourceColumnDefinition{"CustomResourceColumnDefinition", kColumnDefinitionFields};
constinit const StructType kSelectableField{"SelectableField", kSelectableFieldFields};

}  // namespace ordinal::api::schema
