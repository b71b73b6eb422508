// metadata.managedFields: who owns which fields.
#pragma once

#include <string>
#include <vector>

#include "agent/api/patch/field_set.h"
#include "agent/base/clock.h"

namespace ordinal::api {

/// One entry of metadata.managedFields.
struct Owner {
  std::string manager;      ///< "kubectl-client-side-apply"
  std::string operation;    ///< "Apply" or "Update"
  std::string api_version;  ///< "apps/v1"
  std::string subresource;  ///< "status", "scale" or empty
  std::string time;         ///< of the last change of the entry, RFC 3339
  FieldSet fields;

  bool applied() const { return operation == "Apply"; }
  /// The same owner, whatever it owns and since when. An applier is the same in every version.
  bool Is(const Owner& other) const;
};

using Owners = std::vector<Owner>;

/// Reads metadata.managedFields of a body. Entries of another format and empty ones are left out.
Owners ReadOwners(const Json& body);
/// Writes them in the order of the reference (appliers first, then by time and name), without those that own nothing;
/// removes the member when there are none.
void WriteOwners(Json& body, Owners owners);

/// The entry that `owner` is, added when it is not there.
Owner& FindOrAdd(Owners& owners, const Owner& owner);

/// At most this many entries of operation Update are kept; the oldest of one version become one, "ancient-changes".
inline constexpr size_t kMostUpdaters = 10;
void MergeOldest(Owners& owners);

}  // namespace ordinal::api
