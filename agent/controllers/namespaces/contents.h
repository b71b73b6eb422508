// What is left in a namespace that is being deleted, and how the namespace says so: five conditions, in the words by
// which people search (pkg/controller/namespace/deletion, status_condition_utils.go). Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::controllers::namespaces {

inline constexpr size_t kNamedFailures = 10;

/// What one look found, which deletes what it finds.
struct Contents {
  std::map<std::string, int> found;       ///< objects by resource, "pods." or "deployments.apps"
  std::map<std::string, int> lingering;   ///< of these those that did not go at once
  std::map<std::string, int> finalizers;  ///< how many objects each finalizer holds
  std::vector<std::string> failures;      ///< of deletions: the first kNamedFailures of them
  size_t failed = 0;                      ///< all of them

  void Found(const api::KindInfo& kind) { ++found[ResourceOf(kind)]; }
  /// It did not go at once.
  void Stays(const api::KindInfo& kind, const api::Json& body);
  void Failed(std::string why);
  bool empty() const { return found.empty() && failed == 0; }
  bool operator==(const Contents&) const = default;

 private:
  static std::string ResourceOf(const api::KindInfo& kind);
};

/// Puts the five conditions into the list.
void SayContents(const Contents& contents, WallTime now, api::Json& conditions);

}  // namespace ordinal::controllers::namespaces
