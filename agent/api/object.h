// Object: one Kubernetes object as the store holds it: an immutable JSON document, cheap to copy. Documents of the
// store that nobody looks at rest as text, an eighth of the size (resting.h). Typed views (pod.h, stateful_set.h, …)
// read what the controllers need; the document is the truth and keeps every field, known to a view or not.
#pragma once

#include <atomic>
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

/// Names one object. `kind` is the registry's (KeyOf: "Pod", "Widget.example.com"); `ns` is empty for cluster-scoped
/// kinds.
struct ObjectKey {
  std::string kind, ns, name;
  auto operator<=>(const ObjectKey&) const = default;
};

/// ObjectKey::kind of a document that says `api_version` and `kind`: the kind alone in groups that are built in, and in
/// those without a dot, which no definition may have; else with its group.
std::string StoreKind(std::string_view api_version, std::string_view kind);

/// "Pod default/kubia-0" or "PersistentVolume pv-a", as logs and errors name it.
std::string ToString(const ObjectKey& key);

class Object {
 public:
  Object() = default;
  explicit Object(Json body);

  bool empty() const { return rep_ == nullptr; }
  /// Good as long as this Object or a copy of it is there; of one that a typed view or a store holds, until the end of
  /// the function, or the next co_await. Read from its text again, some 30 µs, if it was at rest. Any thread.
  const Json& body() const { return rep_->Body(); }
  const ObjectKey& key() const { return rep_->key; }
  const std::string& kind() const { return rep_->key.kind; }
  const std::string& ns() const { return rep_->key.ns; }
  const std::string& name() const { return rep_->key.name; }
  const std::string& uid() const { return rep_->uid; }
  /// metadata.resourceVersion as the store counts it; 0 when the object was never stored.
  uint64_t revision() const { return rep_->revision; }

  /// The member "kind" of the document: of custom kinds without their group.
  std::string document_kind() const;
  /// metadata.labels.
  const StringMap& labels() const;

  /// The same document with metadata.resourceVersion set. Used by stores.
  Object WithRevision(uint64_t revision) const&;
  /// Without a copy, where nobody else has it.
  Object WithRevision(uint64_t revision) &&;

  using Text = std::shared_ptr<const std::string>;
  /// What body().dump() gives, as Go writes it (text/go_text.h), of a stored document; null otherwise.
  const Text& text() const { return rep_->text; }
  /// False: no string in the document is or has in it `value`. Costs no parsing.
  bool MayContain(std::string_view value) const;
  /// The store has written the document out: from now on it may rest. Once, before anybody else has the object.
  void Written(Text text);

  /// Whoever keeps the object for long and looks at its body only as body() says (a store's index, a cache) says so
  /// when it begins to and when it ends. Control thread.
  void Keep() const { ++rep_->keepers; }
  void Release() const { --rep_->keepers; }

 private:
  friend class Resting;

  struct Rep : std::enable_shared_from_this<Rep> {
    ~Rep() { delete parsed.load(); }
    const Json& Body() const {
      const Json* body = parsed.load(std::memory_order_acquire);
      if (body == nullptr) body = Parse();
      if (!used.load(std::memory_order_relaxed)) used.store(true, std::memory_order_relaxed);
      return *body;
    }
    const Json* Parse() const;

    ObjectKey key;
    std::string uid;
    uint64_t revision = 0;
    std::shared_ptr<const StringMap> labels;  // null: none
    Text text;
    mutable std::atomic<const Json*> parsed{nullptr};
    mutable std::atomic<bool> used{false};  // since the last look of Resting
    mutable long keepers = 0;
  };
  std::shared_ptr<Rep> rep_;
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
