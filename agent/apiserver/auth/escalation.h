// No escalation: whoever writes a role has to have the rights in it, and whoever binds one the rights of that role
// (k8s.io/kubernetes pkg/registry/rbac). Control thread.
#pragma once

#include "agent/api/kind.h"
#include "agent/apiserver/auth/authorizer.h"

namespace ordinal::apiserver::auth {

/// A document that gives rights, and who writes it.
struct Giving {
  const http::User& user;
  const api::KindInfo& kind;       ///< it has `grants`
  const std::string& ns;           ///< of the document; empty for all
  const std::string& asked_name;   ///< of the request's path; empty when the document is new
  const api::Json& body;           ///< as it is to be stored
  const api::Json* old = nullptr;  ///< as it is stored; null: not yet
};

/// kPermissionDenied, with the reference's reason, for rights that the user has not, unless it may "escalate" the role,
/// or "bind" it. kNotFound where the role to be bound is not there, with `<resource> "<name>" not found`. Members of
/// "system:masters" give what they like; so does who changes nothing but owners and finalizers.
Status CheckGiving(const Authorizer& access, const Giving& giving);

/// metav1.StatusDetails of a role, for the answer that it is not there.
api::Json DetailsOf(const api::RoleRef& role);

}  // namespace ordinal::apiserver::auth
