#include "agent/apiserver/rest/protobuf.h"

#include <algorithm>
#include <limits>

#include "agent/api/base64.h"
#include "agent/apiserver/rest/protobuf_types.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

// Messages within each other; the deepest type read has four.
constexpr int kMostDepth = 16;

Error Bad() { return BadRequest("the body is no protobuf message of Kubernetes"); }

Error NotRead(std::string_view what) {
  return MakeError(ErrorCode::kInvalid, std::string(what) + " is not read in protobuf; send application/json",
                   "UnsupportedMediaType");
}

/// The fields of one message, in the order they come (protobuf.dev/programming-guides/encoding).
class Wire {
 public:
  explicit Wire(std::string_view bytes) : rest_(bytes) {}

  struct Value {
    int number = 0;
    bool varint = false;
    uint64_t number_value = 0;  ///< of a varint
    std::string_view bytes;     ///< of everything with a length
  };

  bool AtEnd() const { return rest_.empty(); }

  Result<Value> Next() {
    TRY(const uint64_t tag, Varint());
    Value value;
    if (tag >> 3 == 0 || tag >> 3 > static_cast<uint64_t>(std::numeric_limits<int>::max())) return Bad();
    value.number = static_cast<int>(tag >> 3);
    if ((tag & 7) == 0) {
      value.varint = true;
      TRY(value.number_value, Varint());
      return value;
    }
    TRY(const uint64_t length, Length(tag & 7));
    if (length > rest_.size()) return Bad();
    value.bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return value;
  }

 private:
  /// Of what follows a tag of this wire type. Fixed-size numbers are passed over: no message read here has them.
  Result<uint64_t> Length(uint64_t wire_type) {
    if (wire_type == 1) return uint64_t{8};
    if (wire_type == 5) return uint64_t{4};
    if (wire_type != 2) return Bad();
    return Varint();
  }

  Result<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Bad();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return Bad();
  }

  std::string_view rest_;
};

Result<Json> ReadMessage(const PbMessage& message, std::string_view bytes, int depth);

/// The first field of this number in a message; an absent one is zero.
Result<Wire::Value> Part(std::string_view bytes, int number) {
  Wire wire(bytes);
  while (!wire.AtEnd()) {
    TRY(const Wire::Value value, wire.Next());
    if (value.number == number) return value;
  }
  return Wire::Value{};
}

Result<Json> ReadTime(std::string_view bytes) {
  TRY(const Wire::Value seconds, Part(bytes, 1));
  const auto since = static_cast<int64_t>(seconds.number_value);
  // Beyond what a clock in nanoseconds counts; no object is that old or that young.
  if (since == 0 || since < -9'000'000'000 || since > 9'000'000'000) return Json(nullptr);
  return Json(FormatTime(WallTime(std::chrono::seconds(since))));
}

Result<Json> ReadIntOrString(std::string_view bytes) {
  TRY(const Wire::Value type, Part(bytes, 1));
  TRY(const Wire::Value number, Part(bytes, 2));
  TRY(const Wire::Value text, Part(bytes, 3));
  if (type.number_value == 1) return Json(std::string(text.bytes));
  return Json(static_cast<int32_t>(number.number_value));
}

Result<Json> ReadQuantity(std::string_view bytes) {
  TRY(const Wire::Value text, Part(bytes, 1));
  return Json(std::string(text.bytes));
}

Result<Json> ReadOne(const PbField& field, const Wire::Value& value, int depth) {
  const bool number = field.type == PbType::kInt || field.type == PbType::kBool;
  if (number != value.varint) return Bad();
  switch (field.type) {
    case PbType::kString: return Json(std::string(value.bytes));
    case PbType::kBytes: return Json(api::EncodeBase64(value.bytes));
    case PbType::kInt: return Json(static_cast<int64_t>(value.number_value));
    case PbType::kBool: return Json(value.number_value != 0);
    case PbType::kMessage: return ReadMessage(*field.of, value.bytes, depth + 1);
    case PbType::kTime: return ReadTime(value.bytes);
    case PbType::kIntOrString: return ReadIntOrString(value.bytes);
    case PbType::kQuantity: return ReadQuantity(value.bytes);
  }
  return Bad();
}

bool IsZero(const Json& value) {
  return value.is_null() || value == "" || value == 0 || value == false || (value.is_object() && value.empty());
}

Status AddEntry(const PbField& field, const Wire::Value& entry, int depth, Json& map) {
  TRY(const Wire::Value key, Part(entry.bytes, 1));
  TRY(Wire::Value value, Part(entry.bytes, 2));
  TRY(map[std::string(key.bytes)], ReadOne(field, value, depth));
  return {};
}

Result<Json> ReadMessage(const PbMessage& message, std::string_view bytes, int depth) {
  if (depth > kMostDepth) return Bad();
  Json body = Json::object();
  Wire wire(bytes);
  while (!wire.AtEnd()) {
    TRY(const Wire::Value value, wire.Next());
    const auto field = std::find_if(message.fields.begin(), message.fields.end(),
                                    [&](const PbField& known) { return known.number == value.number; });
    // A number that the type does not have is passed over, as by every reader of protobuf.
    if (field == message.fields.end()) continue;
    const std::string name(field->name);
    if (field->shape == PbShape::kMap) {
      TRYV(AddEntry(*field, value, depth, body[name]));
      continue;
    }
    TRY(Json read, ReadOne(*field, value, depth));
    if (field->shape == PbShape::kInline) {
      body.update(read);
    } else if (field->shape == PbShape::kList) {
      body[name].push_back(std::move(read));
    } else if (field->shape == PbShape::kOptional || !IsZero(read)) {
      body[name] = std::move(read);
    }
  }
  return body;
}

}  // namespace

Result<Json> ReadProtobuf(std::string_view bytes) {
  constexpr std::string_view kMagic("k8s\0", 4);
  if (!bytes.starts_with(kMagic)) return Bad();
  bytes.remove_prefix(kMagic.size());
  TRY(const Wire::Value type, Part(bytes, 1));
  TRY(const Wire::Value raw, Part(bytes, 2));
  TRY(const Wire::Value version, Part(type.bytes, 1));
  TRY(const Wire::Value kind, Part(type.bytes, 2));
  const PbMessage* message = FindPbMessage(kind.bytes);
  if (message == nullptr) return NotRead("kind \"" + std::string(kind.bytes) + "\"");
  TRY(Json body, ReadMessage(*message, raw.bytes, 0));
  body["apiVersion"] = std::string(version.bytes);
  body["kind"] = std::string(kind.bytes);
  return body;
}

}  // namespace ordinal::apiserver::rest
