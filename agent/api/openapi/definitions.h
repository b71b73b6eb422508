// Type definitions of OpenAPI documents, written from the schema tables: names, references, descriptions, merge keys.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/api/openapi/resources.h"

namespace ordinal::api::openapi {

/// OpenAPI 2.0 ("#/definitions/…") or 3.0 ("#/components/schemas/…").
enum class Dialect { kV2, kV3 };

/// A type under one of its names: StatefulSetSpec is io.k8s.api.apps.v1.StatefulSetSpec, and
/// io.k8s.api.apps.v1beta1.StatefulSetSpec in the documents of that version.
struct TypeName {
  const StructType* type = nullptr;
  GroupVersion group_version;
  bool list = false;  ///< "StatefulSetList", whose items are `type`

  auto operator<=>(const TypeName&) const = default;
  /// "io.k8s.api.apps.v1.StatefulSet", as the reference names it.
  std::string Full() const;
};

/// Knows to which group version every type of `kinds` belongs. Cheap enough to be built per document, of which all is
/// written from this one list: a type of another list has no owner here.
class Types {
 public:
  explicit Types(KindList kinds);

  KindList kinds() const { return registered_; }

  /// The name of the body of `resource`; its schema must not be null.
  TypeName Of(const Resource& resource) const;
  /// What `names` refer to, themselves included, and what every document needs (Status, DeleteOptions, ListMeta). Each
  /// full name once, sorted.
  std::vector<TypeName> Reachable(const std::vector<TypeName>& names) const;
  /// The definition: {"type": "object", "properties": …}.
  Json Define(const TypeName& name, Dialect dialect) const;

 private:
  TypeName Named(const StructType* type, GroupVersion seen_from) const;
  void Own(const StructType* type, GroupVersion owner);
  Json Property(const TypeName& in, const Field& field, Dialect dialect) const;
  Json Item(const TypeName& in, const Field& field, Dialect dialect) const;

  KindList registered_;
  std::vector<std::pair<const StructType*, GroupVersion>> owners_;      // sorted by type
  std::vector<std::pair<GroupVersion, GroupVersion>> stored_versions_;  // old version → the stored one
  std::vector<std::pair<TypeName, std::string_view>> kinds_;            // bodies → kind, sorted
};

/// {"$ref": "#/definitions/<name>"} or {"$ref": "#/components/schemas/<name>"}.
Json Reference(const std::string& full_name, Dialect dialect);

/// Definitions that are no structures: times, quantities, patches. Name → definition.
std::map<std::string, Json> PlainDefinitions(Dialect dialect);

}  // namespace ordinal::api::openapi
