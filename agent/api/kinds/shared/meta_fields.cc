// Metadata, references, selectors, conditions: what documents of many kinds have.
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kObjectMetaFields[] = {
    Tag(12, Map(String("annotations")), "texts for people and programs; nothing is selected by them"),
    Tag(8, Time("creationTimestamp"), "when it was made"),
    Tag(10, Optional(Int64("deletionGracePeriodSeconds")), "seconds until it is gone"),
    Tag(9, Optional(Time("deletionTimestamp")), "when it will be gone; set when it is being deleted"),
    Tag(14, List(String("finalizers"), "="), "what must be done before it goes"),
    Tag(2, String("generateName"), "the beginning of a name that is made up when there is none"),
    Tag(7, Int64("generation"), "counts the changes of what is wanted"),
    Tag(11, Map(String("labels")), "keys and values that selectors look for"),
    Tag(17, List(Struct("managedFields", kManagedFieldsEntry)), "who set which field"),
    Tag(1, String("name"), "the name, unique among its kind in the namespace"),
    Tag(3, String("namespace"), "the namespace"),
    Tag(13, List(Struct("ownerReferences", kOwnerReference), "uid"),
        "what it belongs to; it goes when all of them are gone"),
    Tag(6, String("resourceVersion"), "changes with every write; compare it for equality only"),
    Tag(4, String("selfLink"), "no longer set"),
    Tag(5, String("uid"), "unique in time and space"),
};

constexpr Field kOwnerReferenceFields[] = {
    Tag(5, Required(String("apiVersion")), "the owner's version"),
    Tag(7, Optional(Bool("blockOwnerDeletion")),
        "the owner stays until this object is gone when it is deleted in the foreground"),
    Tag(6, Optional(Bool("controller")), "the owner looks after this object"),
    Tag(1, Required(String("kind")), "the owner's kind"),
    Tag(3, Required(String("name")), "the owner's name"),
    Tag(4, Required(String("uid")), "the owner's uid"),
};

constexpr Field kManagedFieldsEntryFields[] = {
    Tag(3, String("apiVersion")),
    Tag(6, String("fieldsType")),
    Tag(7, Optional(Any("fieldsV1")), "the fields"),
    Tag(1, String("manager"), "who"),
    Tag(2, String("operation"), "Apply or Update"),
    Tag(8, String("subresource"), "through which subresource"),
    Tag(4, Optional(Time("time")), "when"),
};

constexpr Field kLabelSelectorFields[] = {
    Tag(2, List(Struct("matchExpressions", kLabelSelectorRequirement)), "requirements with operators"),
    Tag(1, Map(String("matchLabels")), "labels that must have exactly these values"),
};

constexpr Field kLabelSelectorRequirementFields[] = {
    Tag(1, Required(String("key")), "the label"),
    Tag(2, Required(String("operator")), "In, NotIn, Exists or DoesNotExist"),
    Tag(3, List(String("values")), "the values, for In and NotIn"),
};

constexpr Field kConditionFields[] = {
    Tag(4, Time("lastTransitionTime")), Tag(6, String("message")), Tag(3, Int64("observedGeneration")),
    Tag(5, String("reason")),           Tag(2, String("status")),  Tag(1, String("type")),
};

constexpr Field kObjectReferenceFields[] = {
    Tag(5, String("apiVersion")), Tag(7, String("fieldPath")),       Tag(1, String("kind")), Tag(3, String("name")),
    Tag(2, String("namespace")),  Tag(6, String("resourceVersion")), Tag(4, String("uid")),
};

constexpr Field kLocalObjectReferenceFields[] = {
    Tag(1, String("name"), "the object's name, in the same namespace"),
};

constexpr Field kSecretReferenceFields[] = {
    Tag(1, String("name")),
    Tag(2, String("namespace")),
};

constexpr Field kTypedLocalObjectReferenceFields[] = {
    Tag(1, Optional(String("apiGroup"))),
    Tag(2, Required(String("kind"))),
    Tag(3, Required(String("name"))),
};

constexpr Field kTypedObjectReferenceFields[] = {
    Tag(1, Optional(String("apiGroup"))),
    Tag(2, String("kind")),
    Tag(3, Required(String("name"))),
    Tag(4, Optional(String("namespace"))),
};

}  // namespace

constinit const StructType kObjectMeta{"ObjectMeta", kObjectMetaFields, "what all objects have"};
constinit const StructType kOwnerReference{"OwnerReference", kOwnerReferenceFields, {}, kAtomic};
constinit const StructType kManagedFieldsEntry{"ManagedFieldsEntry", kManagedFieldsEntryFields,
                                               "the fields one manager has set"};
constinit const StructType kLabelSelector{"LabelSelector", kLabelSelectorFields,
                                          "chooses objects by their labels; every requirement must hold", kAtomic};
constinit const StructType kLabelSelectorRequirement{"LabelSelectorRequirement", kLabelSelectorRequirementFields};
constinit const StructType kCondition{"Condition", kConditionFields};
constinit const StructType kObjectReference{"ObjectReference", kObjectReferenceFields, {}, kAtomic};
constinit const StructType kLocalObjectReference{"LocalObjectReference", kLocalObjectReferenceFields, {}, kAtomic};
constinit const StructType kSecretReference{"SecretReference", kSecretReferenceFields, {}, kAtomic};
constinit const StructType kTypedLocalObjectReference{
    "TypedLocalObjectReference", kTypedLocalObjectReferenceFields, {}, kAtomic};
constinit const StructType kTypedObjectReference{"TypedObjectReference", kTypedObjectReferenceFields};

}  // namespace ordinal::api::schema
