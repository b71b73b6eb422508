// Object: one Kubernetes object as the store holds it: an immutable JSON document, cheap to copy.
// Typed views (pod.h, stateful_set.h, …) read what the controllers need; the document is the truth and keeps
// every field, known to a view or not.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal::api {

using Json = nlohmann::json;
using StringMap = std::map<std::string, std::string>;

/// Names one object. `kind` is the registry's kind ("Pod"); `ns` is empty for cluster-scoped kinds.
struct ObjectKey {
  std::string kind, ns, name;
  auto operator<=>(const ObjectKey&) const = default;
};

/// "Pod default/kubia-0" or "PersistentVolume pv-a", as logs and errors name it.
std::string ToString(const ObjectKey& key);

class Object {
 public:
  Object() = default;
  explicit Object(Json body);

  bool empty() const { return rep_ == nullptr; }
  const Json& body() const { return rep_->body; }
  const ObjectKey& key() const { return rep_->key; }
  const std::string& kind() const { return rep_->key.kind; }
  const std::string& ns() const { return rep_->key.ns; }
  const std::string& name() const { return rep_->key.name; }
  const std::string& uid() const { return rep_->uid; }
  /// metadata.resourceVersion as the store counts it; 0 when the object was never stored.
  uint64_t revision() const { return rep_->revision; }

  /// The same document with metadata.resourceVersion set. Used by stores.
  Object WithRevision(uint64_t revision) const;

 private:
  struct Rep {
    Json body;
    ObjectKey key;
    std::string uid;
    uint64_t revision = 0;
  };
  std::shared_ptr<const Rep> rep_;
};

struct OwnerReference {
  std::string api_version, kind, name, uid;
  bool controller = false;
  bool block_owner_deletion = false;
  Json ToJson() const;
};

/// ObjectMeta (meta/v1).
struct Meta {
  std::string name, generate_name, ns, uid;
  uint64_t revision = 0;
  int64_t generation = 0;
  std::optional<WallTime> created, deleted;  ///< creationTimestamp, deletionTimestamp
  std::optional<int64_t> deletion_grace_seconds;
  StringMap labels, annotations;
  std::vector<OwnerReference> owners;
  std::vector<std::string> finalizers;

  bool deleting() const { return deleted.has_value(); }
  /// The owner with controller: true, or null.
  const OwnerReference* Controller() const;
};

/// metadata.deletionTimestamp is set.
bool Deleting(const Json& body);

/// Reads body["metadata"]. Missing or mistyped members read as absent: what reaches a view was validated.
Meta ReadMeta(const Json& body);

/// A metadata.ownerReferences entry with controller and blockOwnerDeletion true, naming `owner`.
OwnerReference ControllerReference(const Object& owner);

// Lenient readers for views: the member's value, or the fallback when it is missing or of another type.
const Json& Member(const Json& object, std::string_view name);  ///< null value when missing
std::string ReadString(const Json& object, std::string_view name, std::string_view fallback = {});
int64_t ReadInt(const Json& object, std::string_view name, int64_t fallback = 0);
bool ReadBool(const Json& object, std::string_view name, bool fallback = false);
std::vector<std::string> ReadStrings(const Json& object, std::string_view name);
StringMap ReadStringMap(const Json& object, std::string_view name);
std::optional<WallTime> ReadTime(const Json& object, std::string_view name);

/// Makes `to[name]` what `from[name]` is: the value, or absent.
void Carry(const Json& from, const char* name, Json& to);

}  // namespace ordinal::api
