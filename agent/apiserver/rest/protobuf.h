// Documents in protobuf, as typed clients send them and want them back: every kind that is served and what is asked of
// them, by the numbers of the schemas. How lists and watches are written: show_protobuf.h. Pure.
//
// The envelope is "k8s\0" and runtime.Unknown {1: TypeMeta {1: apiVersion, 2: kind}, 2: raw}; raw is the message of the
// type (k8s.io/apimachinery/pkg/runtime/serializer/protobuf).
#pragma once

#include <string_view>

#include "agent/api/kind.h"
#include "agent/api/object.h"
#include "agent/base/result.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::rest {

inline constexpr std::string_view kProtobuf = "application/vnd.kubernetes.protobuf";

/// Text that is no valid UTF-8 is made so. kInvalid: reason BadRequest for bytes that are no such message,
/// UnsupportedMediaType for a type that is not read.
Result<api::Json> ReadProtobuf(std::string_view bytes);

/// Whether the kind's fields have numbers.
bool HasProtobuf(const api::KindInfo& kind);

/// Writes an answer of JSON in protobuf, where it is a document of a type that has it; else it stays as it is.
void AnswerInProtobuf(http::Response& response);
/// The same, for a client that wants it most.
void AnswerAsAccepted(const http::Request& request, http::Response& response);

}  // namespace ordinal::apiserver::rest
