#include "agent/api/custom/structural.h"

#include "agent/api/custom/check.h"
#include "agent/api/custom/pattern.h"
#include "agent/api/custom/prune.h"
#include "agent/api/read.h"

namespace ordinal::api::custom {
namespace {

constexpr std::string_view kJunctors[] = {"allOf", "anyOf", "oneOf"};
// What describes a value, and so may stand outside of junctors only.
constexpr std::string_view kGenerics[] = {"additionalProperties",
                                          "default",
                                          "description",
                                          "nullable",
                                          "title",
                                          "type",
                                          "x-kubernetes-embedded-resource",
                                          "x-kubernetes-int-or-string",
                                          "x-kubernetes-list-map-keys",
                                          "x-kubernetes-list-type",
                                          "x-kubernetes-map-type",
                                          "x-kubernetes-preserve-unknown-fields",
                                          "x-kubernetes-validations"};
constexpr std::string_view kNotServed[] = {"$ref", "additionalItems",  "definitions", "dependencies",
                                           "id",   "patternProperties"};

enum class Level { kRoot, kItem, kField };

std::string Forbidden(std::string_view why) { return "Forbidden: " + std::string(why); }

bool IsIntOrString(const Json& any_of) {
  static const Json kIntOrString = Json::parse(R"([{"type": "integer"}, {"type": "string"}])");
  return any_of == kIntOrString;
}

class StructuralCheck {
 public:
  explicit StructuralCheck(std::vector<FieldError>& errors) : faults_(errors) {}

  void Walk(const Json& schema, Level level, const Path& path) {
    if (!schema.is_object()) return faults_.Add(path, kTypeInvalid, "Invalid value: must be a schema");
    Keywords(schema, path);
    Type(schema, level, path);
    Extensions(schema, path);
    OfEveryObject(schema, level, path);
    CheckListRules(schema, path, faults_);
    Junctors(schema, schema, path, path);
    Below(schema, level, path);
  }

 private:
  /// What this version of schemas does not have, in any place.
  void Keywords(const Json& schema, const Path& path) {
    for (const std::string_view keyword : kNotServed) {
      if (!schema.contains(keyword)) continue;
      faults_.Forbidden(path / keyword, Forbidden(std::string(keyword) + " is not supported"));
    }
    if (schema.value("uniqueItems", false)) {
      faults_.Forbidden(path / "uniqueItems",
                        Forbidden("uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
    }
    const std::string type = ReadString(schema, "type");
    if (type == "null") {
      faults_.Forbidden(path / "type", Forbidden("type cannot be set to null, use nullable as an alternative"));
    } else if (!type.empty() && type != "array" && type != "boolean" && type != "integer" && type != "number" &&
               type != "object" && type != "string") {
      faults_.Add(path / "type", kNotSupported,
                  "Unsupported value: " + Faults::Quote(type) +
                      R"(: supported values: "array", "boolean", "integer", "number", "object", "string")");
    }
    if (const std::string pattern = ReadString(schema, "pattern"); !pattern.empty()) {
      const auto read = Pattern::Read(pattern);
      if (!read.ok()) {
        faults_.Invalid(path / "pattern", pattern,
                        "must be a valid regular expression, but isn't: " + read.error().message);
      }
    }
  }

  void Type(const Json& schema, Level level, const Path& path) {
    const std::string type = ReadString(schema, "type");
    const bool embedded = ReadBool(schema, "x-kubernetes-embedded-resource");
    constexpr char kEmbedded[] = "must be object if x-kubernetes-embedded-resource is true";
    if (embedded && type.empty()) {
      faults_.Required(path / "type", std::string("Required value: ") + kEmbedded);
    } else if (embedded && type != "object") {
      faults_.Invalid(path / "type", type, kEmbedded);
    } else if (type.empty() && !ReadBool(schema, "x-kubernetes-int-or-string") &&
               !ReadBool(schema, "x-kubernetes-preserve-unknown-fields")) {
      faults_.Required(path / "type", level == Level::kRoot ? "Required value: must not be empty at the root"
                                      : level == Level::kItem
                                          ? "Required value: must not be empty for specified array items"
                                          : "Required value: must not be empty for specified object fields");
    } else if (level == Level::kRoot && !type.empty() && type != "object") {
      faults_.Invalid(path / "type", type, "must be object at the root");
    }
    if (type == "array" && !schema.contains("items")) {
      faults_.Required(path / "items", "Required value: must be specified");
    }
  }

  void Extensions(const Json& schema, const Path& path) {
    const Json& preserve = Member(schema, "x-kubernetes-preserve-unknown-fields");
    const bool int_or_string = ReadBool(schema, "x-kubernetes-int-or-string");
    const bool embedded = ReadBool(schema, "x-kubernetes-embedded-resource");
    const auto invalid = [&](const char* extension, const char* value, const char* rule) {
      faults_.Add(path / extension, kInvalid, std::string("Invalid value: ") + value + ": " + rule);
    };
    if (preserve == false) {
      invalid("x-kubernetes-preserve-unknown-fields", "false", "must be true or undefined");
    }
    if (int_or_string && preserve == true) {
      invalid("x-kubernetes-preserve-unknown-fields", "true", "must be false if x-kubernetes-int-or-string is true");
    }
    if (int_or_string && embedded) {
      invalid("x-kubernetes-embedded-resource", "true", "must be false if x-kubernetes-int-or-string is true");
    }
    if (embedded && preserve != true && Member(schema, "properties").empty()) {
      faults_.Required(path / "properties",
                       "Required value: must not be empty if x-kubernetes-embedded-resource is true without "
                       "x-kubernetes-preserve-unknown-fields");
    }
    if (embedded && schema.contains("additionalProperties")) {
      faults_.Forbidden(path / "additionalProperties",
                        Forbidden("must not be used if x-kubernetes-embedded-resource is set"));
    }
  }

  /// apiVersion, kind and metadata of a whole object.
  void OfEveryObject(const Json& schema, Level level, const Path& path) {
    if (level != Level::kRoot && !ReadBool(schema, "x-kubernetes-embedded-resource")) return;
    const Json& properties = Member(schema, "properties");
    const Path at = path / "properties";
    for (const char* name : {"apiVersion", "kind"}) {
      const std::string type = ReadString(Member(properties, name), "type");
      if (properties.contains(name) && type != "string") faults_.Invalid(at[name] / "type", type, "must be string");
    }
    if (!properties.contains("metadata")) return;
    const Json& metadata = properties["metadata"];
    const std::string type = ReadString(metadata, "type");
    if (type != "object") faults_.Invalid(at["metadata"] / "type", type, "must be object");
    if (level != Level::kRoot || !metadata.is_object()) return;
    bool more = false;
    for (const auto& [keyword, value] : metadata.items()) {
      more = more || (keyword != "type" && keyword != "properties" && keyword != "description");
    }
    const Json& restricted = Member(metadata, "properties");
    for (const auto& [name, value] : restricted.items()) more = more || (name != "name" && name != "generateName");
    if (more) {
      faults_.Forbidden(
          at["metadata"],
          Forbidden(
              "must not specify anything other than name and generateName, but metadata is implicitly specified"));
    }
  }

  /// The schemas of what is in a value.
  void Below(const Json& schema, Level level, const Path& path) {
    const Json& properties = Member(schema, "properties");
    for (const auto& [name, property] : properties.items()) {
      const bool whole = level == Level::kRoot || ReadBool(schema, "x-kubernetes-embedded-resource");
      if (whole && name == "metadata") continue;
      Walk(property, Level::kField, (path / "properties")[name]);
      CheckDefault(property, (path / "properties")[name]);
    }
    const Json& items = Member(schema, "items");
    if (items.is_array()) {
      faults_.Forbidden(path / "items", Forbidden("items must be a schema object and not an array"));
    } else if (!items.is_null()) {
      Walk(items, Level::kItem, path / "items");
    }
    const Json& additional = Member(schema, "additionalProperties");
    if (additional.is_null()) return;
    const Path at = path / "additionalProperties";
    if (level == Level::kRoot) faults_.Forbidden(at, Forbidden("must not be used at the root"));
    if (additional == false) return faults_.Forbidden(at, Forbidden("additionalProperties cannot be set to false"));
    if (!properties.empty() && additional.is_object()) {
      faults_.Forbidden(at, Forbidden("additionalProperties and properties are mutual exclusive"));
    }
    if (additional.is_object()) Walk(additional, Level::kField, at);
  }

  /// A default is known to its schema and obeys it.
  void CheckDefault(const Json& schema, const Path& path) {
    const Json& value = Member(schema, "default");
    if (value.is_null()) return;
    const SchemaRef read = ReadSchema(schema);
    Json pruned = value;
    const auto unknown = PruneValue(*read, pruned);
    const Path at = path / "default";
    for (const std::string& field : unknown) {
      faults_.Add(at, kInvalid, "Invalid value: " + Shown(value) + ": must not have unknown fields: " + field);
    }
    FillDefaults(*read, pruned);
    std::vector<FieldError> errors;
    CheckValue(*read, pruned, at.text(), errors);
    // A wrong type in it is no wrong type of the definition, which can be read.
    for (FieldError& error : errors) error.cause = error.cause == kTypeInvalid ? kInvalid : error.cause;
    faults_.Append(errors);
  }

  /// Junctors of `schema`, which may itself be in one: `structural` is the schema that describes the same value.
  void Junctors(const Json& schema, const Json& structural, const Path& path, const Path& structural_path) {
    for (const std::string_view junctor : kJunctors) {
      const Json& list = Member(schema, junctor);
      const bool exempt = ReadBool(structural, "x-kubernetes-int-or-string");
      if (!list.is_array() || (exempt && junctor == "anyOf" && IsIntOrString(list))) continue;
      for (size_t i = 0; i < list.size(); ++i) Nested(list[i], structural, (path / junctor)[i], structural_path);
    }
    if (schema.contains("not")) Nested(schema["not"], structural, path / "not", structural_path);
  }

  void Nested(const Json& schema, const Json& structural, const Path& path, const Path& structural_path) {
    if (!schema.is_object()) return;
    Keywords(schema, path);
    for (const std::string_view generic : kGenerics) {
      const Json& value = Member(schema, generic);
      if (value.is_null() || value == false || value == "") continue;
      const bool flag = value.is_boolean() && generic != "additionalProperties";
      const bool undefined = generic == "additionalProperties" || generic == "default" ||
                             generic == "x-kubernetes-list-type" || generic == "x-kubernetes-map-type";
      faults_.Forbidden(path / generic, Forbidden(flag        ? "must be false to be structural"
                                                  : undefined ? "must be undefined to be structural"
                                                              : "must be empty to be structural"));
    }
    const Json& properties = Member(schema, "properties");
    for (const auto& [name, property] : properties.items()) {
      const Path at = (path / "properties")[name];
      if (name == "metadata") {
        faults_.Forbidden(at, Forbidden("must not be specified in a nested context"));
        continue;
      }
      const Path described = (structural_path / "properties")[name];
      const Json& own = Member(Member(structural, "properties"), name);
      if (own.is_null()) {
        faults_.Required(described, "Required value: because it is defined in " + at.text());
      } else {
        Nested(property, own, at, described);
      }
    }
    if (schema.contains("items")) {
      const Json& own = Member(structural, "items");
      if (own.is_null()) {
        faults_.Required(structural_path / "items",
                         "Required value: because it is defined in " + (path / "items").text());
      } else {
        Nested(schema["items"], own, path / "items", structural_path / "items");
      }
    }
    Junctors(schema, structural, path, structural_path);
  }

  Faults faults_;
};

void CollectRules(const Json& schema, const Path& path, size_t most, std::vector<std::string>& found) {
  if (!schema.is_object()) return;
  for (const Json& rule : Items(schema, "x-kubernetes-validations")) {
    if (found.size() < most) found.push_back(path.text() + ": " + ReadString(rule, "rule"));
  }
  for (const auto& [name, property] : Member(schema, "properties").items()) {
    CollectRules(property, (path / "properties")[name], most, found);
  }
  CollectRules(Member(schema, "items"), path / "items", most, found);
  CollectRules(Member(schema, "additionalProperties"), path / "additionalProperties", most, found);
}

}  // namespace

void CheckStructural(const Json& schema, const Path& path, std::vector<FieldError>& errors) {
  StructuralCheck(errors).Walk(schema, Level::kRoot, path);
  if (schema.contains("default")) {
    Faults(errors).Forbidden(path / "default", Forbidden("must not be set at the root"));
  }
}

std::vector<std::string> UnevaluatedRules(const Json& schema, const Path& path, size_t most) {
  std::vector<std::string> found;
  CollectRules(schema, path, most, found);
  return found;
}

}  // namespace ordinal::api::custom
