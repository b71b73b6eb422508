// ObjectMeta and label selectors (meta/v1), and references to other objects.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kObjectMetaFields[] = {
    Map(String("annotations")),
    Time("creationTimestamp"),
    Int64("deletionGracePeriodSeconds"),
    Time("deletionTimestamp"),
    List(String("finalizers"), "="),
    String("generateName"),
    Int64("generation"),
    Map(String("labels")),
    List(Struct("managedFields", kManagedFieldsEntry)),
    String("name"),
    String("namespace"),
    List(Struct("ownerReferences", kOwnerReference), "uid"),
    String("resourceVersion"),
    String("selfLink"),
    String("uid"),
};

constexpr Field kOwnerReferenceFields[] = {
    Required(String("apiVersion")), Bool("blockOwnerDeletion"), Bool("controller"),
    Required(String("kind")),       Required(String("name")),   Required(String("uid")),
};

constexpr Field kManagedFieldsEntryFields[] = {
    String("apiVersion"), String("fieldsType"),  Any("fieldsV1"), String("manager"),
    String("operation"),  String("subresource"), Time("time"),
};

constexpr Field kLabelSelectorFields[] = {
    List(Struct("matchExpressions", kLabelSelectorRequirement)),
    Map(String("matchLabels")),
};

constexpr Field kLabelSelectorRequirementFields[] = {
    Required(String("key")),
    Required(String("operator")),
    List(String("values")),
};

constexpr Field kConditionFields[] = {
    Time("lastTransitionTime"), String("message"), Int64("observedGeneration"),
    String("reason"),           String("status"),  String("type"),
};

constexpr Field kObjectReferenceFields[] = {
    String("apiVersion"), String("fieldPath"),       String("kind"), String("name"),
    String("namespace"),  String("resourceVersion"), String("uid"),
};

constexpr Field kLocalObjectReferenceFields[] = {
    String("name"),
};

constexpr Field kSecretReferenceFields[] = {
    String("name"),
    String("namespace"),
};

constexpr Field kTypedLocalObjectReferenceFields[] = {
    String("apiGroup"),
    Required(String("kind")),
    Required(String("name")),
};

constexpr Field kTypedObjectReferenceFields[] = {
    String("apiGroup"),
    String("kind"),
    Required(String("name")),
    String("namespace"),
};

}  // namespace

constinit const StructType kObjectMeta{"ObjectMeta", kObjectMetaFields};
constinit const StructType kOwnerReference{"OwnerReference", kOwnerReferenceFields, kAtomic};
constinit const StructType kManagedFieldsEntry{"ManagedFieldsEntry", kManagedFieldsEntryFields};
constinit const StructType kLabelSelector{"LabelSelector", kLabelSelectorFields, kAtomic};
constinit const StructType kLabelSelectorRequirement{"LabelSelectorRequirement", kLabelSelectorRequirementFields};
constinit const StructType kCondition{"Condition", kConditionFields};
constinit const StructType kObjectReference{"ObjectReference", kObjectReferenceFields, kAtomic};
constinit const StructType kLocalObjectReference{"LocalObjectReference", kLocalObjectReferenceFields, kAtomic};
constinit const StructType kSecretReference{"SecretReference", kSecretReferenceFields, kAtomic};
constinit const StructType kTypedLocalObjectReference{"TypedLocalObjectReference", kTypedLocalObjectReferenceFields,
                                                      kAtomic};
constinit const StructType kTypedObjectReference{"TypedObjectReference", kTypedObjectReferenceFields};

}  // namespace ordinal::api::schema
