// What is served where: groups, versions and their resources, derived from the kind registry. Discovery documents
// (agent/apiserver/discovery) and OpenAPI paths (paths.h) are both written from these lists.
#pragma once

#include <compare>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api::openapi {

/// Views into the registry's tables: they live as long as the program, or as the description of a custom kind (kind.h).
struct GroupVersion {
  std::string_view group;  ///< "" for core
  std::string_view version;
  auto operator<=>(const GroupVersion&) const = default;
};

/// "v1" or "apps/v1".
std::string ToString(GroupVersion group_version);
/// "/api/v1" or "/apis/apps/v1".
std::string BasePath(GroupVersion group_version);

struct Group {
  std::string_view name;
  std::vector<std::string_view> versions;  ///< the preferred one first
};

/// One line of an APIResourceList (meta/v1): a resource, or one of its subresources.
struct Resource {
  std::string_view plural;
  std::string_view subresource;  ///< "scale"; empty for the resource itself
  std::string_view singular;     ///< empty for subresources
  std::string_view kind;         ///< of its bodies: "Scale"
  GroupVersion kind_version;     ///< of its bodies; another than that of the list for scale, eviction, token
  /// Where the types of its schema are named after: apps/v1 for apps/v1beta1, which has the same fields.
  GroupVersion stored_version;
  bool namespaced = true;
  std::span<const std::string_view> verbs;
  std::span<const std::string_view> short_names = {};
  std::span<const std::string_view> categories = {};
  const StructType* schema = nullptr;  ///< of `kind`; null where a connection, not an object, is passed
};

/// Kinds at one time. Who asks several of these questions for one answer asks all of one list: the next may be another.
using KindList = std::span<const KindInfo* const>;

/// Every group, core first, in the order clients shall prefer them.
std::vector<Group> ServedGroups(KindList kinds = AllKinds());
/// Sorted by plural and subresource. Empty for a group version that has none of its own, or is not served.
std::vector<Resource> ServedResources(GroupVersion group_version, KindList kinds = AllKinds());
/// Every version of every group, in the order of ServedGroups().
std::vector<GroupVersion> ServedVersions(KindList kinds = AllKinds());

}  // namespace ordinal::api::openapi
