// The schema of one version of a custom kind (JSONSchemaProps of apiextensions.k8s.io/v1), read once and then walked:
// by pruning, defaults, checks, and the tables of server-side apply. Immutable; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/custom/pattern.h"
#include "agent/api/object.h"

namespace ordinal::api::custom {

struct Schema;
using SchemaRef = std::shared_ptr<const Schema>;  ///< null: there is none

/// How a list is compared and merged (x-kubernetes-list-type).
enum class ListType { kAtomic, kSet, kMap };

struct Schema {
  // What a value is.
  std::string type;  ///< "object", "array", "string", "integer", "number", "boolean"; empty: any
  bool nullable = false;
  bool int_or_string = false;     ///< x-kubernetes-int-or-string
  bool preserve_unknown = false;  ///< x-kubernetes-preserve-unknown-fields
  bool embedded = false;          ///< x-kubernetes-embedded-resource
  std::map<std::string, SchemaRef, std::less<>> properties;
  SchemaRef additional;         ///< additionalProperties
  bool additional_any = false;  ///< additionalProperties: true
  SchemaRef items;
  Json fallback = Json::value_t::discarded;  ///< default; discarded: none
  ListType list_type = ListType::kAtomic;
  std::vector<std::string> list_keys;  ///< x-kubernetes-list-map-keys
  bool atomic_map = false;             ///< x-kubernetes-map-type: atomic

  // What it may be.
  std::string format;
  std::vector<std::string> required;
  std::vector<Json> values;  ///< enum; empty: any
  std::optional<double> minimum, maximum, multiple_of;
  bool above_minimum = false, below_maximum = false;  ///< exclusiveMinimum, exclusiveMaximum
  std::optional<int64_t> min_length, max_length, min_items, max_items, min_properties, max_properties;
  std::shared_ptr<const Pattern> pattern;
  std::vector<SchemaRef> all_of, any_of, one_of;
  SchemaRef negated;  ///< not

  bool has_fallback() const { return !fallback.is_discarded(); }
  /// The schema of a member of an object: its own, or that of all members; null: none says anything of it.
  const Schema* Of(std::string_view member) const;
};

/// Whether values may get a default, at any depth.
bool HasFallbacks(const Schema& schema);

/// Reads a schema that CheckStructural() found nothing wrong with; what has no meaning is left out.
SchemaRef ReadSchema(const Json& source);

}  // namespace ordinal::api::custom
