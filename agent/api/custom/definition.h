// CustomKind: what a CustomResourceDefinition says of its kind, read once into what the registry knows of built-in
// kinds (KindInfo). Immutable and shared: whoever is at work with it for long holds a reference (HoldOf), and goes on
// with the description that he began with when the definition is changed or gone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/custom/json_path.h"
#include "agent/api/custom/schema.h"
#include "agent/api/custom/tables.h"
#include "agent/api/kind.h"

namespace ordinal::api::custom {

/// A printer column, with the path of its cells; none: it is not understood, and the cells are empty.
struct PrinterColumn {
  Column column;
  std::optional<JsonPath> path;
};

struct Scale {
  JsonPath spec_replicas, status_replicas;
  std::optional<JsonPath> selector;
};

struct Version {
  std::string name;         ///< "v1"
  std::string api_version;  ///< "example.com/v1"
  bool served = true;
  bool storage = false;
  std::string deprecation;  ///< the warning of requests to it; empty: none
  Json source;              ///< openAPIV3Schema
  SchemaRef schema;
  bool has_defaults = false;  ///< the schema has: what is stored may lack some that it gained since
  const StructType* type = nullptr;
  std::optional<Scale> scale;
  std::vector<std::string_view> subresources;  ///< "scale", "status"
  std::vector<std::string_view> field_labels;  ///< selectableFields
  std::vector<PrinterColumn> columns;          ///< beside the name; empty: the age
};

class CustomKind : public std::enable_shared_from_this<CustomKind> {
 public:
  /// Of a definition that was validated, served under `names` (status.acceptedNames). Null where the definition has no
  /// storage version.
  static std::shared_ptr<const CustomKind> Make(const Json& definition, const Json& names);
  CustomKind(const CustomKind&) = delete;
  CustomKind& operator=(const CustomKind&) = delete;

  const KindInfo& info() const { return info_; }
  const std::vector<std::unique_ptr<Version>>& versions() const { return versions_; }
  const Version& storage() const { return *storage_; }
  /// By "example.com/v1", served or not; null when the definition has none of that name.
  const Version* Find(std::string_view api_version) const;
  /// The same, or the storage version.
  const Version& Or(std::string_view api_version) const;
  /// Another one for every description that is made while the program runs.
  uint64_t serial() const { return serial_; }
  const std::string& list_kind() const { return list_kind_; }
  /// The definition is being deleted: nothing new is made.
  bool ending() const { return ending_; }

 private:
  CustomKind() = default;
  void ReadNames(const Json& names);
  void ReadVersion(const Json& version);
  void ReadColumns(const Json& source, Version& version);
  void Describe(const Json& spec);
  void AddDeprecations();

  uint64_t serial_ = 0;
  Tables tables_;
  std::string group_, list_kind_;
  std::vector<std::unique_ptr<Version>> versions_;
  const Version* storage_ = nullptr;
  std::vector<std::string_view> short_names_, categories_, other_versions_;
  KindInfo info_;
  bool ending_ = false;
};

/// Keeps the description of a custom kind; null for a built-in one, which needs none.
std::shared_ptr<const void> HoldOf(const KindInfo& kind);

}  // namespace ordinal::api::custom
