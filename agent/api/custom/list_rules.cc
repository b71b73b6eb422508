// How lists and maps of a schema merge: what of it makes sense.
#include <algorithm>
#include <set>

#include "agent/api/custom/structural.h"
#include "agent/api/read.h"

namespace ordinal::api::custom {
namespace {

/// An extension that wants the schema to be of a type.
void CheckTypeFor(const Json& schema, std::string_view wanted, std::string_view extension, const Path& path,
                  Faults& faults) {
  const std::string type = ReadString(schema, "type");
  if (type == wanted) return;
  const std::string rule = "must be " + std::string(wanted) + " if " + std::string(extension) + " is specified";
  if (type.empty()) return faults.Required(path / "type", "Required value: " + rule);
  faults.Invalid(path / "type", type, rule);
}

void CheckWord(const std::string& value, std::initializer_list<std::string_view> known, const Path& path,
               Faults& faults) {
  std::string all;
  for (const std::string_view word : known) {
    if (word == value) return;
    all += (all.empty() ? "" : ", ") + Faults::Quote(word);
  }
  faults.Add(path, kNotSupported, "Unsupported value: " + Faults::Quote(value) + ": supported values: " + all);
}

void CheckSetItems(const Json& items, const Path& path, Faults& faults) {
  constexpr char kRule[] = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const std::string type = ReadString(items, "type");
  if (ReadBool(items, "nullable")) {
    faults.Forbidden(path / "nullable", "Forbidden: cannot be nullable when x-kubernetes-list-type is set");
  }
  const std::string list = ReadString(items, "x-kubernetes-list-type"),
                    map = ReadString(items, "x-kubernetes-map-type");
  if (type == "array" && !list.empty() && list != "atomic") {
    faults.Invalid(path / "x-kubernetes-list-type", list, kRule);
  }
  if (type == "object" && map != "atomic") {
    if (map.empty()) return faults.Required(path / "x-kubernetes-map-type", std::string("Required value: ") + kRule);
    faults.Invalid(path / "x-kubernetes-map-type", map, kRule);
  }
}

void CheckMapKey(const Json& items, const std::string& key, const Path& path, Faults& faults) {
  const Json& property = Member(Member(items, "properties"), key);
  const Path at = (path / "items" / "properties")[key];
  const std::string type = ReadString(property, "type");
  if (type == "array" || type == "object") {
    faults.Invalid(at / "type", type, "must be a scalar type if parent array's x-kubernetes-list-type is map");
  }
  if (ReadBool(property, "nullable")) {
    faults.Forbidden(at / "nullable",
                     "Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
  }
  const auto required = ReadStrings(items, "required");
  const bool there = property.contains("default") || std::find(required.begin(), required.end(), key) != required.end();
  if (!there) {
    faults.Required(at / "default",
                    "Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a "
                    "required property");
  }
}

void CheckMapItems(const Json& schema, const std::vector<std::string>& keys, const Path& path, Faults& faults) {
  if (keys.empty()) {
    faults.Required(path / "x-kubernetes-list-map-keys",
                    "Required value: must not be empty if x-kubernetes-list-type is map");
  }
  const Json& items = Member(schema, "items");
  if (!items.is_object()) {
    return faults.Required(path / "items", "Required value: must have a schema if x-kubernetes-list-type is map");
  }
  if (ReadString(items, "type") != "object") {
    faults.Invalid(path / "items" / "type", ReadString(items, "type"),
                   "must be object if parent array's x-kubernetes-list-type is map");
  }
  std::set<std::string> seen;
  for (const std::string& key : keys) {
    const Path at = path / "x-kubernetes-list-map-keys";
    if (!seen.insert(key).second) faults.Invalid(at, key, "must not contain duplicate entries");
    if (!Member(items, "properties").contains(key)) {
      faults.Invalid(at, key, "entries must all be names of item properties");
    } else {
      CheckMapKey(items, key, path, faults);
    }
  }
}

}  // namespace

void CheckListRules(const Json& schema, const Path& path, Faults& faults) {
  if (const std::string map = ReadString(schema, "x-kubernetes-map-type"); !map.empty()) {
    CheckTypeFor(schema, "object", "x-kubernetes-map-type", path, faults);
    CheckWord(map, {"atomic", "granular"}, path / "x-kubernetes-map-type", faults);
  }
  const std::string list = ReadString(schema, "x-kubernetes-list-type");
  const auto keys = ReadStrings(schema, "x-kubernetes-list-map-keys");
  if (!keys.empty() && list != "map") {
    constexpr char kRule[] = "must be map if x-kubernetes-list-map-keys is non-empty";
    if (list.empty()) {
      faults.Required(path / "x-kubernetes-list-type", std::string("Required value: ") + kRule);
    } else {
      faults.Invalid(path / "x-kubernetes-list-type", list, kRule);
    }
  }
  if (list.empty()) return;
  CheckTypeFor(schema, "array", "x-kubernetes-list-type", path, faults);
  CheckWord(list, {"atomic", "map", "set"}, path / "x-kubernetes-list-type", faults);
  if (list == "set" && Member(schema, "items").is_object()) CheckSetItems(schema["items"], path / "items", faults);
  if (list == "map") CheckMapItems(schema, keys, path, faults);
}

}  // namespace ordinal::api::custom
