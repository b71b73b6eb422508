#include "agent/api/protobuf/message.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "agent/api/base64.h"
#include "agent/api/protobuf/times.h"
#include "agent/api/text/json.h"

namespace ordinal::api::protobuf {
namespace {

// Messages within each other; those of pods are ten deep, schemas of definitions as deep as people write them.
constexpr int kMostDepth = 100;

Error Bad() { return MakeError(ErrorCode::kInvalid, "no protobuf message of Kubernetes"); }

Result<Json> ReadStruct(const StructType& type, std::string_view bytes, int depth);

Result<Json> ReadTime(std::string_view bytes, bool micro) {
  TRY(const Wire::Value seconds, Part(bytes, 1));
  TRY(const Wire::Value nanos, Part(bytes, 2));
  const Moment moment{static_cast<int64_t>(seconds.number_value), static_cast<int32_t>(nanos.number_value)};
  const auto text = moment.seconds == 0 ? std::nullopt : TextOf(moment, micro);
  return text ? Json(*text) : Json(nullptr);
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

/// A document that is kept as its text (runtime.RawExtension, metav1.FieldsV1).
Result<Json> ReadAny(std::string_view bytes) {
  TRY(const Wire::Value text, Part(bytes, 1));
  if (text.bytes.empty()) return Json(nullptr);
  return ParseJson(text.bytes);
}

Result<Json> ReadNumber(const Wire::Value& value) {
  if (value.bytes.size() != sizeof(double)) return Bad();
  double number = 0;
  std::memcpy(&number, value.bytes.data(), sizeof number);  // both are little-endian IEEE 754
  return Json(number);
}

bool IsVarint(FieldType type) {
  return type == FieldType::kInt32 || type == FieldType::kInt64 || type == FieldType::kBool;
}

Result<Json> ReadOne(const Field& field, const Wire::Value& value, int depth) {
  if (IsVarint(field.type) != value.varint) return Bad();
  switch (field.type) {
    case FieldType::kString: return Json(std::string(value.bytes));
    case FieldType::kBytes: return Json(EncodeBase64(value.bytes));
    case FieldType::kInt32:
    case FieldType::kInt64: return Json(static_cast<int64_t>(value.number_value));
    case FieldType::kBool: return Json(value.number_value != 0);
    case FieldType::kNumber: return ReadNumber(value);
    case FieldType::kStruct: return ReadStruct(*field.of, value.bytes, depth + 1);
    case FieldType::kTime: return ReadTime(value.bytes, false);
    case FieldType::kMicroTime: return ReadTime(value.bytes, true);
    case FieldType::kIntOrString: return ReadIntOrString(value.bytes);
    case FieldType::kQuantity: return ReadQuantity(value.bytes);
    case FieldType::kAny: return ReadAny(value.bytes);
  }
  return Bad();
}

bool IsZero(const Json& value) {
  return value.is_null() || value == "" || value == 0 || value == false || (value.is_object() && value.empty());
}

/// What stands in a map of anything is a list of words (ExtraValue): each has number 1.
Result<Json> ReadWords(std::string_view bytes) {
  Json words = Json::array();
  for (Wire wire(bytes); !wire.AtEnd();) {
    TRY(const Wire::Value value, wire.Next());
    if (value.varint) return Bad();
    if (value.number == 1) words.push_back(std::string(value.bytes));
  }
  return words;
}

Status AddEntry(const Field& field, const Wire::Value& entry, int depth, Json& map) {
  TRY(const Wire::Value key, Part(entry.bytes, 1));
  TRY(Wire::Value value, Part(entry.bytes, 2));
  Json& entry_of_key = map[std::string(key.bytes)];
  if (field.type == FieldType::kAny) {
    TRY(entry_of_key, ReadWords(value.bytes));
  } else {
    TRY(entry_of_key, ReadOne(field, value, depth));
  }
  return {};
}

Status AddField(const Field& field, const Wire::Value& value, int depth, Json& body) {
  const std::string name(field.name);
  if (field.shape == Shape::kMap) return AddEntry(field, value, depth, body[name]);
  TRY(Json read, ReadOne(field, value, depth));
  if (field.shape == Shape::kList) {
    body[name].push_back(std::move(read));
  } else if ((field.optional && !(field.type == FieldType::kAny && read.is_null())) || !IsZero(read)) {
    body[name] = std::move(read);
  }
  return {};
}

/// The embedded message of that number, on the way to the field.
int Embedded(const Field& field, int within, int number) {
  for (int place = field.within; place > within; place /= kInner) {
    if (place / kInner == within && place % kInner == number) return place;
  }
  return 0;
}

/// JSONSchemaPropsOrBool: its first number stands for the value where no schema does, which comes after it.
void AddFlag(const StructType& type, int within, bool flag, Json& body) {
  for (const Field& field : type.fields) {
    const std::string name(field.name);
    if (field.within == within && field.or_flag && !body.contains(name)) body[name] = flag;
  }
}

/// The fields of the message itself (`within` 0), or of one that is embedded in it.
Status ReadFields(const StructType& type, std::string_view bytes, int within, int depth, Json& body) {
  if (depth > kMostDepth) return Bad();
  Wire wire(bytes);
  while (!wire.AtEnd()) {
    TRY(const Wire::Value value, wire.Next());
    const auto found = std::find_if(type.fields.begin(), type.fields.end(), [&](const Field& field) {
      return field.within == within ? field.tag == value.number : Embedded(field, within, value.number) != 0;
    });
    if (found == type.fields.end()) {
      if (within != 0 && value.number == 1 && value.varint) AddFlag(type, within, value.number_value != 0, body);
      continue;
    }
    if (found->within == within) {
      TRYV(AddField(*found, value, depth, body));
    } else {
      if (value.varint) return Bad();
      TRYV(ReadFields(type, value.bytes, Embedded(*found, within, value.number), depth + 1, body));
    }
  }
  return {};
}

Result<Json> ReadStruct(const StructType& type, std::string_view bytes, int depth) {
  Json body = Json::object();
  TRYV(ReadFields(type, bytes, 0, depth, body));
  return body;
}

}  // namespace

Result<Wire::Value> Wire::Next() {
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

/// Of what follows a tag of this wire type.
Result<uint64_t> Wire::Length(uint64_t wire_type) {
  if (wire_type == 1) return uint64_t{8};
  if (wire_type == 5) return uint64_t{4};
  if (wire_type != 2) return Bad();
  return Varint();
}

Result<uint64_t> Wire::Varint() {
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

Result<Wire::Value> Part(std::string_view bytes, int number) {
  Wire wire(bytes);
  while (!wire.AtEnd()) {
    TRY(const Wire::Value value, wire.Next());
    if (value.number == number) return value;
  }
  return Wire::Value{};
}

Result<Json> ReadMessage(const StructType& type, std::string_view bytes) { return ReadStruct(type, bytes, 0); }

}  // namespace ordinal::api::protobuf
