// Messages of protobuf → documents, by the numbers of the schema (Field::tag). Only reading. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/api/object.h"
#include "agent/api/schema.h"
#include "agent/base/result.h"

namespace ordinal::api::protobuf {

/// Field::within of a message in an embedded one: 202 is 2 within 2.
inline constexpr int kInner = 100;

/// The fields of one message, in the order they come (protobuf.dev/programming-guides/encoding).
class Wire {
 public:
  explicit Wire(std::string_view bytes) : rest_(bytes) {}

  struct Value {
    int number = 0;
    bool varint = false;
    uint64_t number_value = 0;  ///< of a varint
    std::string_view bytes;     ///< of everything with a length, and of fixed-size numbers
  };

  bool AtEnd() const { return rest_.empty(); }
  Result<Value> Next();

 private:
  Result<uint64_t> Length(uint64_t wire_type);
  Result<uint64_t> Varint();

  std::string_view rest_;
};

/// The first field of this number in a message; an absent one is zero.
Result<Wire::Value> Part(std::string_view bytes, int number);

/// The document of `type` that the message holds. What the schema does not have is passed over, as by every reader of
/// protobuf. kInvalid for bytes that are no such message, or messages nested too deep.
Result<Json> ReadMessage(const StructType& type, std::string_view bytes);

}  // namespace ordinal::api::protobuf
