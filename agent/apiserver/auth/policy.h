// Policy: who has which roles: an index from users and groups to rules, by namespace. Immutable; any thread. The next
// one shares with it all that did not change, so that a change costs what it touches (policy_index.h makes them).
//
//   user ──> its name, its groups ──> (name, "") and (name, namespace) ──> rules of roles, until one permits
//
// A service account is a user here: "system:serviceaccount:<namespace>:<name>".
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/api/access.h"
#include "agent/apiserver/auth/role_rules.h"
#include "agent/apiserver/auth/users.h"

namespace ordinal::apiserver::auth {

/// A binding, of either kind.
struct Binding {
  std::string ns;  ///< empty: it gives everywhere
  std::string name;
  api::RoleRef role;
  std::vector<api::AccessSubject> subjects;
};

/// A role that somebody was given.
struct Given {
  /// Whether its rules could permit that: most need not be looked at.
  bool Concerns(const Asked& asked) const { return (marks & asked.mark) != 0; }

  std::shared_ptr<const RoleRules> rules;  ///< null: there is no such role
  uint64_t marks;                          ///< of these; 0: none
  std::shared_ptr<const Binding> by;
};

/// The user that a subject of kind ServiceAccount is; `ns` is the binding's, for a subject that names none.
std::string AccountUser(const api::AccessSubject& subject, const std::string& ns);

class Policy {
 public:
  /// Calls `visit` with each role that the user was given everywhere, and then in namespace `ns` (empty: in none),
  /// until it returns true; whether it did. A group of nodes is only a node's.
  template <class Visit>
  bool Any(const http::User& user, std::string_view ns, Visit visit) const {
    if (AnyIn(user, {}, visit)) return true;
    return !ns.empty() && AnyIn(user, ns, visit);
  }
  /// Whether it was given a role that writes, anywhere.
  bool Writes(const http::User& user) const;

 private:
  friend class PolicyIndex;

  struct View {
    bool group;
    std::string_view ns, name;
    bool operator==(const View&) const = default;
  };
  struct Key {
    bool group;
    std::string ns, name;
    operator View() const { return {group, ns, name}; }  // NOLINT: reads as one
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const View& view) const {
      const std::hash<std::string_view> hash;
      return hash(view.name) * 31 + hash(view.ns) * 7 + (view.group ? 1 : 0);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const View& a, const View& b) const { return a == b; }
  };
  struct Entry {
    std::vector<Given> given;
    size_t writing = 0;  ///< of the entry for kSomewhere: how many of them write
  };
  using Shard = std::unordered_map<Key, Entry, Hash, Equal>;
  static constexpr size_t kShards = 256;
  static constexpr std::string_view kSomewhere = "*";  ///< no namespace's name

  static size_t ShardOf(const View& view) { return (Hash()(view) * 0x9E3779B97F4A7C15ULL) >> 56; }
  const Entry* Find(const View& view) const {
    const auto& shard = shards_[ShardOf(view)];
    if (!shard) return nullptr;
    const auto found = shard->find(view);
    return found == shard->end() ? nullptr : &found->second;
  }

  template <class Visit>
  bool AnyOf(const View& view, Visit& visit) const {
    const Entry* entry = Find(view);
    if (entry == nullptr) return false;
    for (const Given& each : entry->given) {
      if (visit(each)) return true;
    }
    return false;
  }
  template <class Visit>
  bool AnyIn(const http::User& user, std::string_view ns, Visit& visit) const {
    if (AnyOf({false, ns, user.name}, visit)) return true;
    for (const std::string& group : user.groups) {
      if (group == kNodeGroup && !IsNode(user)) continue;
      if (AnyOf({true, ns, group}, visit)) return true;
    }
    return false;
  }

  std::array<std::shared_ptr<const Shard>, kShards> shards_;
};

}  // namespace ordinal::apiserver::auth
