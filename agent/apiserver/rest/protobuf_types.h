// The messages that ReadProtobuf reads, as tables.
#pragma once

#include <span>
#include <string_view>

namespace ordinal::apiserver::rest {

struct PbMessage;

enum class PbType { kString, kBytes, kInt, kBool, kMessage, kTime, kIntOrString, kQuantity };
enum class PbShape {
  kOne,       ///< a zero value is an absent one
  kOptional,  ///< there even when zero: a pointer in the reference
  kList,
  kInline,  ///< the message's fields are the document's own: an embedded struct in the reference
  kMap,     ///< of string to the type
};

struct PbField {
  int number;
  std::string_view name;
  PbType type = PbType::kString;
  PbShape shape = PbShape::kOne;
  const PbMessage* of = nullptr;  ///< of kMessage
};

struct PbMessage {
  std::span<const PbField> fields;
};

struct PbKind {
  std::string_view kind;
  const PbMessage* message;
};

/// Null for a kind that is not read.
const PbMessage* FindPbMessage(std::string_view kind);

}  // namespace ordinal::apiserver::rest
