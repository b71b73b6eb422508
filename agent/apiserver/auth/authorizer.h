// Authorizer: may this user do that? By roles and bindings (rbac.authorization.k8s.io), as the reference's authorisers
// together decide it (plugin/pkg/auth/authorizer/rbac, node). The sentences are the reference's, which clients show as
// they are.
//
//   control thread: roles, bindings ──> PolicyIndex ──> Policy ──swap──> any thread: Allows(), RulesFor()
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/apiserver/auth/attributes.h"
#include "agent/apiserver/auth/policy_index.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// Of one who was given more words than are gone through for one question, the first of them.
struct RulesOfUser {
  std::vector<api::PolicyRule> rules;
  bool cut = false;  ///< there are more
};

class Authorizer {
 public:
  /// Everybody may see health and version, until other roles are told.
  Authorizer();

  /// Whoever is in "system:masters" may do everything. A node's agent touches no other node's Node, Lease and CSINode,
  /// whatever its roles say (own_node.h). Any thread; does not block.
  bool Allows(const http::User& user, const Attributes& attributes) const;
  /// Why it does, for who asks a review; or, where it does not, which roles it looked for that are not there. Often
  /// empty.
  std::string Reason(const http::User& user, const Attributes& attributes) const;
  /// All that the user may do in namespace `ns` (empty: for all alone) by its roles. Any thread.
  RulesOfUser RulesFor(const http::User& user, const std::string& ns) const;
  /// Whether it may change anything anywhere: only then the larger bounds of a request are its own. Any thread.
  bool Writes(const http::User& user) const;

  /// Has `change` change the roles; what it made of them counts from its end on. Control thread.
  void Change(const std::function<void(PolicyIndex&)>& change);
  /// The rules of a role that a binding in `ns` names; null when there is none. Control thread.
  std::shared_ptr<const RoleRules> FindRole(const std::string& ns, const api::RoleRef& role) const {
    return index_.FindRole(ns, role);
  }

  /// All roles there are were told.
  void Complete() { complete_ = true; }
  /// Whether they were. Before that, at the start of the agent, a "no" may be wrong; ask this first and rights then.
  /// Any thread; does not block.
  bool complete() const { return complete_; }

 private:
  std::shared_ptr<const Policy> Now() const;

  PolicyIndex index_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;
  std::atomic<bool> complete_ = false;
};

/// `pods "a" is forbidden: User "x" cannot get resource "pods/log" in API group "" in the namespace "default"`, and
/// `reason` where there is one.
std::string ForbiddenMessage(const http::User& user, const Attributes& attributes, const std::string& reason);

/// The answer (403, golden errors/90).
http::Response Forbidden(const http::User& user, const Attributes& attributes, const std::string& reason);

}  // namespace ordinal::apiserver::auth
