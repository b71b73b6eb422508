// What documents of many kinds have, in protobuf: metadata, references, selectors.
#include "agent/apiserver/rest/protobuf_pod.h"

namespace ordinal::apiserver::rest {
namespace {

using enum PbType;
using enum PbShape;

constexpr PbField kOwnerReferenceFields[] = {
    {1, "kind"},
    {3, "name"},
    {4, "uid"},
    {5, "apiVersion"},
    {6, "controller", kBool, kOptional},
    {7, "blockOwnerDeletion", kBool, kOptional},
};
constexpr PbMessage kOwnerReference{kOwnerReferenceFields};

constexpr PbField kObjectMetaFields[] = {
    {1, "name"},
    {2, "generateName"},
    {3, "namespace"},
    {4, "selfLink"},
    {5, "uid"},
    {6, "resourceVersion"},
    {7, "generation", kInt},
    {8, "creationTimestamp", kTime},
    {9, "deletionTimestamp", kTime},
    {10, "deletionGracePeriodSeconds", kInt, kOptional},
    {11, "labels", kString, kMap},
    {12, "annotations", kString, kMap},
    {13, "ownerReferences", kMessage, kList, &kOwnerReference},
    {14, "finalizers", kString, kList},
};

constexpr PbField kObjectReferenceFields[] = {
    {1, "kind"}, {2, "namespace"}, {3, "name"}, {4, "uid"}, {5, "apiVersion"}, {6, "resourceVersion"}, {7, "fieldPath"},
};

constexpr PbField kLocalObjectReferenceFields[] = {{1, "name"}};

constexpr PbField kRequirementFields[] = {{1, "key"}, {2, "operator"}, {3, "values", kString, kList}};
constexpr PbMessage kRequirement{kRequirementFields};
constexpr PbField kLabelSelectorFields[] = {
    {1, "matchLabels", kString, kMap},
    {2, "matchExpressions", kMessage, kList, &kRequirement},
};

}  // namespace

constinit const PbMessage kPbObjectMeta{kObjectMetaFields};
constinit const PbMessage kPbObjectReference{kObjectReferenceFields};
constinit const PbMessage kPbLocalObjectReference{kLocalObjectReferenceFields};
constinit const PbMessage kPbLabelSelector{kLabelSelectorFields};

}  // namespace ordinal::apiserver::rest
