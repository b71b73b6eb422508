#include "agent/api/openapi/definitions.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "agent/api/custom/openapi.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/storage_class/fields.h"
#include "agent/api/openapi/merge.h"
#include "agent/api/openapi/more_types.h"
#include "agent/api/openapi/plain_types.h"

namespace ordinal::api::openapi {
namespace {

// No group serves it: the package of what all groups share.
constexpr GroupVersion kMeta{"meta", "v1"};
constexpr GroupVersion kCore{"", "v1"};

constexpr const StructType* kMetaTypes[] = {
    &schema::kObjectMeta,
    &schema::kOwnerReference,
    &schema::kManagedFieldsEntry,
    &schema::kLabelSelector,
    &schema::kLabelSelectorRequirement,
    &schema::kCondition,
    &kListMeta,
    &kStatus,
    &kStatusDetails,
    &kStatusCause,
    &kDeleteOptions,
    &kPreconditions,
};

// Types of core/v1 that only kinds of other groups use.
constexpr const StructType* kCoreTypes[] = {
    &schema::kPodTemplateSpec,
    &schema::kTopologySelectorTerm,
    &schema::kTopologySelectorLabelRequirement,
};

std::string Package(GroupVersion group_version) {
  const auto [group, version] = group_version;
  if (group_version == kMeta) return std::string(kMetaPackage);
  if (group.empty()) return "io.k8s.api.core." + std::string(version) + ".";
  const std::string first(group.substr(0, group.find('.')));
  if (group == "apiextensions.k8s.io") {
    return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions." + std::string(version) + ".";
  }
  if (first == "metrics") return "io.k8s.metrics.pkg.apis.metrics." + std::string(version) + ".";
  return "io.k8s.api." + first + "." + std::string(version) + ".";
}

/// What `kubectl explain` says of members that every object has.
std::string_view OfEveryObject(std::string_view member) {
  if (member == "apiVersion") return "the group and version this object is written in";
  if (member == "kind") return "the kind of the object";
  if (member == "metadata") return "name, namespace, labels and what else all objects have";
  return {};
}

/// The same of custom kinds, in the words of the reference (meta/v1 TypeMeta): people and tests look for them.
std::string_view OfEveryCustomObject(std::string_view member) {
  if (member == "apiVersion") {
    return "APIVersion defines the versioned schema of this representation of an object. Servers should convert "
           "recognized schemas to the latest internal value, and may reject unrecognized values. More info: "
           "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
  }
  if (member == "kind") {
    return "Kind is a string value representing the REST resource this object represents. Servers may infer this from "
           "the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: "
           "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
  }
  return OfEveryObject(member);
}

bool IsRequired(const TypeName& in, const Field& field) {
  // Versions before apps/v1 took the selector from the labels of the template.
  const bool old = in.group_version.version.find("beta") != std::string_view::npos;
  if (old && field.name == "selector") return false;
  return field.required || field.listed;
}

Json KindOf(GroupVersion group_version, const std::string& kind) {
  return Json::array({{{"group", group_version.group}, {"version", group_version.version}, {"kind", kind}}});
}

/// As the reference ends a description, beside the list itself: older readers show no more than that.
void DescribeWords(std::span<const std::string_view> words, Json& definition) {
  std::string text = definition.value("description", std::string());
  text += text.empty() ? "Possible enum values:" : "\n\nPossible enum values:";
  for (const std::string_view word : words) text += "\n - `\"" + std::string(word) + "\"`";
  definition["description"] = std::move(text);
}

/// A reference may have no neighbours in OpenAPI 3.0 but may be the only one of several conditions.
Json Wrapped(Json reference, Dialect dialect) {
  if (dialect == Dialect::kV2 || !reference.contains("$ref")) return reference;
  return {{"allOf", Json::array({std::move(reference)})}};
}

void AddWhatAllHave(Json& properties, Dialect dialect) {
  properties["metadata"] = Wrapped(Reference(std::string(kMetaPackage) + "ObjectMeta", dialect), dialect);
  for (const char* member : {"apiVersion", "kind"}) properties[member] = {{"type", "string"}};
  for (const char* member : {"apiVersion", "kind", "metadata"}) {
    properties[member]["description"] = OfEveryCustomObject(member);
  }
}

Json ListDefinition(const TypeName& name, std::string_view kind, Dialect dialect) {
  TypeName item = name;
  item.list = false;
  const auto text = name.type->defined == nullptr ? OfEveryObject : OfEveryCustomObject;
  Json properties = {
      {"apiVersion", {{"type", "string"}, {"description", text("apiVersion")}}},
      {"kind", {{"type", "string"}, {"description", text("kind")}}},
      {"metadata", Reference(std::string(kMetaPackage) + "ListMeta", dialect)},
      {"items", {{"type", "array"}, {"items", Reference(item.Full(), dialect)}}},
  };
  return {{"type", "object"},
          {"description", "several objects of kind " + std::string(kind)},
          {"required", {"items"}},
          {"properties", std::move(properties)},
          {"x-kubernetes-group-version-kind", KindOf(name.group_version, std::string(kind) + "List")}};
}

}  // namespace

std::string TypeName::Full() const {
  const std::string package =
      type->defined == nullptr ? Package(group_version) : custom::PackageOf(group_version.group, group_version.version);
  return package + std::string(type->name) + (list ? "List" : "");
}

Types::Types(KindList kinds) : registered_(kinds) {
  for (const StructType* type : kMetaTypes) Own(type, kMeta);
  for (const StructType* type : kCoreTypes) Own(type, kCore);
  for (const GroupVersion each : ServedVersions(kinds)) {
    for (const Resource& resource : ServedResources(each, kinds)) {
      if (resource.schema == nullptr) continue;
      Own(resource.schema, resource.stored_version);
      if (resource.kind_version != resource.stored_version) {
        stored_versions_.emplace_back(resource.kind_version, resource.stored_version);
      }
    }
  }
  for (const GroupVersion each : ServedVersions(kinds)) {
    for (const Resource& resource : ServedResources(each, kinds)) {
      if (resource.schema != nullptr) kinds_.emplace_back(Of(resource), resource.kind);
    }
  }
  kinds_.emplace_back(TypeName{&kDeleteOptions, kMeta}, "DeleteOptions");
  kinds_.emplace_back(TypeName{&kStatus, kMeta}, "Status");
  std::sort(kinds_.begin(), kinds_.end());
}

/// A type belongs to the first that uses it; core comes first, so what pods share is core's.
void Types::Own(const StructType* type, GroupVersion owner) {
  const auto place = std::lower_bound(owners_.begin(), owners_.end(), type,
                                      [](const auto& each, const StructType* wanted) { return each.first < wanted; });
  if (place != owners_.end() && place->first == type) return;
  owners_.insert(place, {type, owner});
  if (type->defined != nullptr) return;  // one definition, with all that is in it
  for (const Field& field : type->fields) {
    if (field.of != nullptr) Own(field.of, owner);
  }
}

TypeName Types::Named(const StructType* type, GroupVersion seen_from) const {
  const auto owner = std::lower_bound(owners_.begin(), owners_.end(), type,
                                      [](const auto& each, const StructType* wanted) { return each.first < wanted; });
  if (owner == owners_.end() || owner->first != type) return {type, seen_from};
  const std::pair renamed{seen_from, owner->second};
  if (std::find(stored_versions_.begin(), stored_versions_.end(), renamed) != stored_versions_.end()) {
    return {type, seen_from};
  }
  return {type, owner->second};
}

TypeName Types::Of(const Resource& resource) const { return Named(resource.schema, resource.kind_version); }

std::vector<TypeName> Types::Reachable(const std::vector<TypeName>& names) const {
  std::set<TypeName> seen;
  std::vector<TypeName> waiting = names;
  waiting.insert(waiting.end(), {{&kDeleteOptions, kMeta}, {&kListMeta, kMeta}, {&kStatus, kMeta}});
  while (!waiting.empty()) {
    const TypeName name = waiting.back();
    waiting.pop_back();
    if (!seen.insert(name).second) continue;
    if (name.list) {
      waiting.push_back({name.type, name.group_version});
      continue;
    }
    for (const Field& field : name.type->fields) {
      const bool within = name.type->defined != nullptr && field.of != nullptr && field.of->defined != nullptr;
      if (within) continue;
      if (field.of != nullptr) waiting.push_back(Named(field.of, name.group_version));
    }
  }
  std::vector<TypeName> sorted(seen.begin(), seen.end());
  // A definition may bring a name that the types of this program have (of core.api.k8s.io), or that a list has.
  const auto rank = [](const TypeName& each) {
    return std::tuple(each.Full(), each.type->defined != nullptr, each.list);
  };
  std::sort(sorted.begin(), sorted.end(), [&](const TypeName& a, const TypeName& b) { return rank(a) < rank(b); });
  const auto again = std::unique(sorted.begin(), sorted.end(),
                                 [](const TypeName& a, const TypeName& b) { return a.Full() == b.Full(); });
  sorted.erase(again, sorted.end());
  return sorted;
}

Json Types::Define(const TypeName& name, Dialect dialect) const {
  TypeName body = name;
  body.list = false;
  const auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const auto& each) { return each.first == body; });
  if (name.list) return ListDefinition(name, kind == kinds_.end() ? name.type->name : kind->second, dialect);
  if (name.type->defined != nullptr) {
    Json definition = custom::DefinitionOf(*name.type->defined, dialect == Dialect::kV3);
    if (definition.contains("properties")) AddWhatAllHave(definition["properties"], dialect);
    definition["x-kubernetes-group-version-kind"] = KindOf(name.group_version, std::string(name.type->name));
    return definition;
  }
  Json definition = {{"type", "object"}};
  if (!name.type->text.empty()) definition["description"] = name.type->text;
  Json required = Json::array();
  for (const Field& field : name.type->fields) {
    definition["properties"][std::string(field.name)] = Property(name, field, dialect);
    if (IsRequired(name, field)) required.push_back(field.name);
  }
  if (!required.empty()) definition["required"] = std::move(required);
  MarkAtomic(*name.type, definition);
  if (kind != kinds_.end()) {
    const GroupVersion shown = name.group_version == kMeta ? kCore : name.group_version;
    definition["x-kubernetes-group-version-kind"] = KindOf(shown, std::string(kind->second));
  }
  return definition;
}

Json Types::Property(const TypeName& in, const Field& field, Dialect dialect) const {
  Json definition;
  if (field.shape == Shape::kList) {
    definition = {{"type", "array"}, {"items", Item(in, field, dialect)}};
  } else if (field.shape == Shape::kMap) {
    definition = {{"type", "object"}, {"additionalProperties", Item(in, field, dialect)}};
  } else {
    definition = Wrapped(Item(in, field, dialect), dialect);
    const bool beside_reference = dialect == Dialect::kV2 && definition.contains("$ref");
    if (!field.fallback.empty() && !beside_reference) {
      definition["default"] = field.type == FieldType::kStruct ? Json::object() : Json::parse(field.fallback);
    }
  }
  const std::string_view text = field.text.empty() ? OfEveryObject(field.name) : field.text;
  if (!text.empty()) definition["description"] = text;
  if (field.shape == Shape::kOne && !field.words.empty()) DescribeWords(field.words, definition);
  MarkMerge(field, definition);
  return definition;
}

Json Types::Item(const TypeName& in, const Field& field, Dialect dialect) const {
  const auto refer = [&](std::string_view name) { return Reference(std::string(name), dialect); };
  switch (field.type) {
    case FieldType::kInt32: return {{"type", "integer"}, {"format", "int32"}};
    case FieldType::kInt64: return {{"type", "integer"}, {"format", "int64"}};
    case FieldType::kBool: return {{"type", "boolean"}};
    case FieldType::kNumber: return {{"type", "number"}, {"format", "double"}};
    case FieldType::kBytes: return {{"type", "string"}, {"format", "byte"}};
    case FieldType::kTime: return refer(kTimeName);
    case FieldType::kMicroTime: return refer(kMicroTimeName);
    case FieldType::kQuantity: return refer(kQuantityName);
    case FieldType::kIntOrString: return refer(kIntOrStringName);
    case FieldType::kStruct: return refer(Named(field.of, in.group_version).Full());
    case FieldType::kAny: return refer(field.name == "fieldsV1" ? kFieldsV1Name : kRawExtensionName);
    case FieldType::kString: break;
  }
  if (field.words.empty()) return {{"type", "string"}};
  return {{"type", "string"}, {"enum", field.words}};
}

}  // namespace ordinal::api::openapi
