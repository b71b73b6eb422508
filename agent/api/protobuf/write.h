// Documents → messages of protobuf, by the numbers of the schema (Field::tag): what message.h reads, the other way. The
// document is taken as its JSON text, and none is made of it: a list of a thousand pods that rest as text is written in
// little more time than their texts take to be copied. Pure; any thread.
//
// Fields come in the order of their numbers, maps in the order of their keys, as in the reference. It writes strings
// and numbers that are zero where it has no pointer; here what the document has not is not written, which a reader
// cannot tell apart.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/schema.h"

namespace ordinal::api::protobuf {

/// Appends the message of `type` that `json`, a document's text, describes. Members that the message has not, and
/// values of another type than the schema's, are left out.
void AppendMessage(const StructType& type, std::string_view json, std::string& out);

/// Appends the same as field `number` of the message that `out` is.
void AppendField(int number, const StructType& type, std::string_view json, std::string& out);

/// Puts `out`, from `begin` on, into the envelope of protobuf documents: "k8s\0" and runtime.Unknown {1: TypeMeta {1:
/// apiVersion, 2: kind}, 2: raw, 3: contentEncoding, 4: contentType}
/// (k8s.io/apimachinery/pkg/runtime/serializer/protobuf).
void Envelop(std::string_view api_version, std::string_view kind, size_t begin, std::string& out);

/// Appends field `number` that holds these bytes.
void AppendBytes(int number, std::string_view bytes, std::string& out);

}  // namespace ordinal::api::protobuf
