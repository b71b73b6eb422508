#include "agent/api/openapi/gnostic.h"

#include <cstdint>

namespace ordinal::api::openapi::gnostic {
namespace {

/// A message in the making. Wire format: https://protobuf.dev/programming-guides/encoding.
class Message {
 public:
  Message& Text(uint32_t field, std::string_view text) {
    Varint(field << 3 | 2);
    Varint(text.size());
    bytes_ += text;
    return *this;
  }
  Message& Bool(uint32_t field, bool value) {
    if (!value) return *this;  // the default is not written
    Varint(field << 3);
    bytes_ += '\1';
    return *this;
  }
  Message& Sub(uint32_t field, const Message& message) { return Text(field, message.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void Varint(uint64_t value) {
    for (; value > 127; value >>= 7) bytes_ += static_cast<char>((value & 127) | 128);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

/// Text of the member `name`, when there is one.
void Member(Message& to, uint32_t field, const Json& from, const char* name) {
  if (const auto found = from.find(name); found != from.end() && found->is_string()) {
    to.Text(field, found->get_ref<const std::string&>());
  }
}

void Members(Message& to, uint32_t field, const Json& from, const char* name) {
  if (const auto found = from.find(name); found != from.end()) {
    for (const Json& each : *found) to.Text(field, each.get_ref<const std::string&>());
  }
}

/// openapi.v2.Any: its field `yaml`. JSON is YAML.
Message Any(const Json& value) { return Message().Text(2, value.dump() + "\n"); }

/// vendor_extension: every member that begins with "x-".
void Extensions(Message& to, uint32_t field, const Json& from) {
  for (const auto& [name, value] : from.items()) {
    if (!name.starts_with("x-")) continue;
    to.Sub(field, Message().Text(1, name).Sub(2, Any(value)));
  }
}

Message Schema(const Json& schema) {
  Message message;
  Member(message, 1, schema, "$ref");
  Member(message, 2, schema, "format");
  Member(message, 4, schema, "description");
  if (schema.contains("default")) message.Sub(5, Any(schema["default"]));
  Members(message, 19, schema, "required");
  if (const auto words = schema.find("enum"); words != schema.end()) {
    for (const Json& word : *words) message.Sub(20, Any(word));
  }
  if (schema.contains("additionalProperties")) {
    message.Sub(21, Message().Sub(1, Schema(schema["additionalProperties"])));
  }
  if (schema.contains("type")) message.Sub(22, Message().Text(1, schema["type"].get_ref<const std::string&>()));
  if (schema.contains("items")) message.Sub(23, Message().Sub(1, Schema(schema["items"])));
  if (schema.contains("properties")) {
    Message properties;
    for (const auto& [name, property] : schema["properties"].items()) {
      properties.Sub(1, Message().Text(1, name).Sub(2, Schema(property)));
    }
    message.Sub(25, properties);
  }
  Extensions(message, 31, schema);
  return message;
}

/// ParametersItem of a parameter in the body, the query or the path.
Message Parameter(const Json& parameter) {
  const std::string in = parameter["in"];
  Message written;
  if (in == "body") {
    Member(written, 1, parameter, "description");
    Member(written, 2, parameter, "name");
    Member(written, 3, parameter, "in");
    written.Bool(4, parameter.value("required", false));
    written.Sub(5, Schema(parameter["schema"]));
    return Message().Sub(1, Message().Sub(1, written));
  }
  // QueryParameterSubSchema has allow_empty_value at 5, which PathParameterSubSchema lacks.
  const bool query = in == "query";
  written.Bool(1, parameter.value("required", false));
  Member(written, 2, parameter, "in");
  Member(written, 3, parameter, "description");
  Member(written, 4, parameter, "name");
  Member(written, query ? 6 : 5, parameter, "type");
  written.Bool(query ? 20 : 19, parameter.value("uniqueItems", false));
  return Message().Sub(1, Message().Sub(2, Message().Sub(query ? 3 : 4, written)));
}

Message Responses(const Json& responses) {
  Message message;
  for (const auto& [code, answer] : responses.items()) {
    Message response;
    Member(response, 1, answer, "description");
    if (answer.contains("schema")) response.Sub(2, Message().Sub(1, Schema(answer["schema"])));
    message.Sub(1, Message().Text(1, code).Sub(2, Message().Sub(1, response)));
  }
  return message;
}

Message Operation(const Json& operation) {
  Message message;
  Members(message, 1, operation, "tags");
  Member(message, 5, operation, "operationId");
  Members(message, 7, operation, "consumes");
  for (const Json& each : operation.value("parameters", Json::array())) message.Sub(8, Parameter(each));
  message.Sub(9, Responses(operation["responses"]));
  Extensions(message, 13, operation);
  return message;
}

}  // namespace

std::string NamedPath(const std::string& path, const Json& item) {
  constexpr std::pair<const char*, uint32_t> kMethods[] = {
      {"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  Message message;
  for (const auto& [method, field] : kMethods) {
    if (item.contains(method)) message.Sub(field, Operation(item[method]));
  }
  for (const Json& each : item.value("parameters", Json::array())) message.Sub(9, Parameter(each));
  return Message().Sub(2, Message().Text(1, path).Sub(2, message)).bytes();
}

std::string NamedDefinition(const std::string& name, const Json& schema) {
  return Message().Sub(1, Message().Text(1, name).Sub(2, Schema(schema))).bytes();
}

std::string Document(std::string_view title, std::string_view version, std::string_view paths,
                     std::string_view definitions) {
  const Message info = Message().Text(1, title).Text(2, version);
  return Message().Text(1, "2.0").Sub(2, info).Text(8, paths).Text(9, definitions).bytes();
}

}  // namespace ordinal::api::openapi::gnostic
