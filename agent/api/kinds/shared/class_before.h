// The storage class of a volume or claim, as it was written before there was a field.
#pragma once

namespace ordinal::api {

/// It wins over the field, as in the reference.
inline constexpr const char* kClassBefore = "volume.beta.kubernetes.io/storage-class";

}  // namespace ordinal::api
