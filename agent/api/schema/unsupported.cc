#include "agent/api/schema/unsupported.h"

#include <functional>

#include "agent/api/faults.h"
#include "agent/api/patch/fields.h"

namespace ordinal::api {
namespace {

/// True: look inside as well.
using Visit = std::function<bool(const Path& path, const Field& field, const Json& value)>;

void Walk(const StructType& type, const Json& value, const Path& path, const Visit& visit);

void WalkField(const Field& field, const Json& value, const Path& path, const Visit& visit) {
  if (!visit(path, field, value) || field.type != FieldType::kStruct) return;
  if (field.shape == Shape::kOne) return Walk(*field.of, value, path, visit);
  if (field.shape == Shape::kList && value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) Walk(*field.of, value[i], path[i], visit);
  } else if (field.shape == Shape::kMap && value.is_object()) {
    for (const auto& [key, item] : value.items()) Walk(*field.of, item, path[key], visit);
  }
}

/// In the order of the schema.
void Walk(const StructType& type, const Json& value, const Path& path, const Visit& visit) {
  if (!value.is_object()) return;
  for (const Field& field : type.fields) {
    const Json& member = Member(value, field.name);
    if (!member.is_null()) WalkField(field, member, path / field.name, visit);
  }
}

/// An empty list or object asks for nothing, where it is not the one value that does.
bool Asks(const Field& field, const Json& value) {
  if (value.is_structured() && value.empty() && field.harmless != "{}") return false;
  return field.harmless.empty() || value != Json::parse(field.harmless);
}

}  // namespace

std::vector<FieldError> UnsupportedFields(const StructType& type, const Json& value, std::string_view path) {
  std::vector<FieldError> errors;
  Faults faults(errors);
  Walk(type, value, Path(path), [&](const Path& at, const Field& field, const Json& member) {
    if (field.unsupported.empty() || !Asks(field, member)) return true;
    faults.Add(at, kNotSupported, "this agent does not support " + std::string(field.unsupported));
    return false;
  });
  return errors;
}

std::vector<std::string> IneffectiveFields(const StructType& type, const Json& value, std::string_view path) {
  std::vector<std::string> warnings;
  Walk(type, value, Path(path), [&](const Path& at, const Field& field, const Json& member) {
    if (field.ineffective.empty() || !Asks(field, member)) return true;
    warnings.push_back(at.text() + ": has no effect: " + std::string(field.ineffective));
    return false;
  });
  return warnings;
}

}  // namespace ordinal::api
