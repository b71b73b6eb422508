// Documents in protobuf, as kubectl's typed commands send them (create configmap, auth can-i, drain) whatever the
// server says of its formats. Only reading: of every kind that is served and of what is asked of them, by the numbers
// of the schemas; answers are always JSON. Pure.
//
// The envelope is "k8s\0" and runtime.Unknown {1: TypeMeta {1: apiVersion, 2: kind}, 2: raw}; raw is the message of the
// type (k8s.io/apimachinery/pkg/runtime/serializer/protobuf).
#pragma once

#include <string_view>

#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::apiserver::rest {

inline constexpr std::string_view kProtobuf = "application/vnd.kubernetes.protobuf";

/// Text that is no valid UTF-8 is made so. kInvalid: reason BadRequest for bytes that are no such message,
/// UnsupportedMediaType for a type that is not read.
Result<api::Json> ReadProtobuf(std::string_view bytes);

}  // namespace ordinal::apiserver::rest
