// matchLabelKeys and mismatchLabelKeys of a pod's affinity and topology spread: they become conditions on the pod's own
// values, as the reference stores them (k8s.io/kubernetes pkg/registry/core/pod/strategy.go). Pure.
#pragma once

#include "agent/api/object.h"

namespace ordinal::objects {

/// Adds them to the label selectors of the spec of a new pod; keys that the pod has no label of are passed over.
void MergeLabelKeys(api::Json& body);

/// The same for a pod that is written again without them, with the labels that it had then: what differs from the
/// stored pod by them alone stays as it is there.
void KeepLabelKeys(const api::Json& old_body, api::Json& body);

}  // namespace ordinal::objects
