// Rules of ObjectMeta and of labels wherever they stand.
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// All annotations of one object together (apimachinery TotalAnnotationSizeLimitB).
inline constexpr size_t kMostAnnotationBytes = 256 * 1024;

/// metadata of an object of `kind`: name, namespace, labels, annotations, owners, finalizers.
void ValidateMeta(const KindInfo& kind, const Json& body, Faults& faults);
/// What may never change: name, namespace, uid, creationTimestamp.
void ValidateMetaUpdate(const Json& body, const Json& old_body, Faults& faults);

/// A map of labels at `path`.
void ValidateLabels(const Json& labels, const Path& path, Faults& faults);
void ValidateAnnotations(const Json& annotations, const Path& path, Faults& faults);
/// A metav1.LabelSelector at `path`.
void ValidateSelector(const Json& selector, const Path& path, Faults& faults);

}  // namespace ordinal::api
