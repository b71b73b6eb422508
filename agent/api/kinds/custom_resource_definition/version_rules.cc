// The rules of one version of a definition: its schema, its sub-resources, its columns, what may be selected.
#include <algorithm>
#include <set>

#include "agent/api/custom/json_path.h"
#include "agent/api/custom/structural.h"
#include "agent/api/kinds/custom_resource_definition/rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

using custom::JsonPath;

constexpr size_t kMostSelectable = 8;

/// The reference judges names that go through lists, too, as no simple path.
void CheckSimplePath(const Json& source, const char* member, std::initializer_list<std::string_view> below,
                     const char* rule, bool required, const Path& path, Faults& faults) {
  const std::string text = ReadString(source, member);
  if (text.empty()) {
    if (required) faults.Required(path / member, "Required value");
    return;
  }
  const auto read = JsonPath::Read(text);
  if (!read.ok()) return faults.Invalid(path / member, text, read.error().message);
  if (read->names().empty()) {
    return faults.Invalid(path / member, text, "should be a simple json path without array notation");
  }
  for (const std::string_view start : below) {
    if (read->names().front() == start && read->names().size() > 1) return;
  }
  faults.Invalid(path / member, text, rule);
}

void CheckScale(const Json& scale, const Path& path, Faults& faults) {
  if (!scale.is_object()) return;
  CheckSimplePath(scale, "specReplicasPath", {"spec"}, "should be a json path under .spec", true, path, faults);
  CheckSimplePath(scale, "statusReplicasPath", {"status"}, "should be a json path under .status", true, path, faults);
  CheckSimplePath(scale, "labelSelectorPath", {"spec", "status"}, "should be a json path under either .status or .spec",
                  false, path, faults);
}

bool IsOneOf(const std::string& word, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

void CheckColumn(const Json& column, const Path& path, Faults& faults) {
  const std::string type = ReadString(column, "type"), format = ReadString(column, "format"),
                    json_path = ReadString(column, "jsonPath");
  if (ReadString(column, "name").empty()) faults.Required(path / "name", "Required value");
  if (type.empty()) {
    faults.Required(path / "type", "Required value: must be one of boolean,date,integer,number,string");
  } else if (!IsOneOf(type, {"boolean", "date", "integer", "number", "string"})) {
    faults.Invalid(path / "type", type, "must be one of boolean,date,integer,number,string");
  }
  if (!format.empty() &&
      !IsOneOf(format, {"byte", "date", "date-time", "double", "float", "int32", "int64", "password"})) {
    faults.Invalid(path / "format", format, "must be one of byte,date,date-time,double,float,int32,int64,password");
  }
  // The reference looks no further: a path that is not understood has empty cells.
  if (json_path.empty()) return faults.Required(path / "JSONPath", "Required value");
  if (json_path.front() != '.') {
    faults.Invalid(path / "JSONPath", json_path, "must be a simple json path starting with .");
  }
}

/// The schema of the field that a path of names leads to; null: there is none.
const Json& SchemaAt(const Json& schema, const std::vector<std::string>& names) {
  const Json* at = &schema;
  for (const std::string& name : names) at = &Member(Member(*at, "properties"), name);
  return *at;
}

void CheckSelectable(const Json& version, const Path& path, Faults& faults) {
  const Json& fields = Items(version, "selectableFields");
  if (fields.size() > kMostSelectable) faults.TooMany(path, fields.size(), kMostSelectable);
  std::set<std::string> seen;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Path at = path[i] / "jsonPath";
    const std::string text = ReadString(fields[i], "jsonPath");
    if (text.empty()) {
      faults.Required(at, "Required value");
      continue;
    }
    if (!seen.insert(text).second) faults.Add(path[i], kDuplicate, "Duplicate value: " + Faults::Quote(text));
    const auto read = JsonPath::Read(text);
    if (!read.ok() || read->names().empty()) {
      faults.Invalid(at, text, "is an invalid path: must be a simple path of names");
      continue;
    }
    const Json& schema = SchemaAt(Member(Member(version, "schema"), "openAPIV3Schema"), read->names());
    const std::string type = ReadString(schema, "type");
    if (schema.is_null()) {
      faults.Invalid(at, text, "is an invalid path: does not refer to a field of the schema");
    } else if (!IsOneOf(type, {"boolean", "integer", "string"})) {
      faults.Invalid(at, text, "must point to a field of type string, boolean or integer");
    }
  }
}

/// Whether the versions do not all say the same of it.
bool DiffersByVersion(const Json& spec, std::string_view member) {
  const Json& all = Items(spec, "versions");
  return std::any_of(all.begin(), all.end(),
                     [&](const Json& each) { return Member(each, member) != Member(all.front(), member); });
}

/// Where the reference says that something of a version is: of all versions together, where it is the same in all.
Path PathInVersions(const Json& spec, size_t index, std::string_view member, const char* hoisted) {
  return DiffersByVersion(spec, member) ? Path("spec.versions")[index] / std::string(member) : Path("spec") / hoisted;
}

}  // namespace

void ValidateDefinitionVersion(const Json& spec, size_t index, Faults& faults) {
  const Json& version = Items(spec, "versions")[index];
  const auto same_as_first = [&](std::string_view member) { return index > 0 && !DiffersByVersion(spec, member); };
  const Json& schema = Member(Member(version, "schema"), "openAPIV3Schema");
  if (!schema.is_object()) {
    faults.Required(Path("spec.versions")[index] / "schema" / "openAPIV3Schema",
                    "Required value: schemas are required");
  } else if (!same_as_first("schema")) {  // what is said of all versions is said once
    std::vector<FieldError> errors;
    custom::CheckStructural(schema, PathInVersions(spec, index, "schema", "validation") / "openAPIV3Schema", errors);
    faults.Append(errors);
  }
  if (!same_as_first("subresources")) {
    CheckScale(Member(Member(version, "subresources"), "scale"),
               PathInVersions(spec, index, "subresources", "subresources") / "scale", faults);
  }
  if (!same_as_first("additionalPrinterColumns")) {
    const Path path = PathInVersions(spec, index, "additionalPrinterColumns", "additionalPrinterColumns");
    const Json& columns = Items(version, "additionalPrinterColumns");
    for (size_t i = 0; i < columns.size(); ++i) CheckColumn(columns[i], path[i], faults);
  }
  if (!same_as_first("selectableFields")) {
    CheckSelectable(version, PathInVersions(spec, index, "selectableFields", "selectableFields"), faults);
  }
  if (ReadString(version, "deprecationWarning").size() > 256) {
    faults.Invalid(Path("spec.versions")[index] / "deprecationWarning", ReadString(version, "deprecationWarning"),
                   "must be <= 256 characters long");
  }
  if (!ReadBool(version, "deprecated") && version.contains("deprecationWarning")) {
    faults.Invalid(Path("spec.versions")[index] / "deprecationWarning", ReadString(version, "deprecationWarning"),
                   "can only be set for deprecated versions");
  }
}

}  // namespace ordinal::api
