// Questions about rights and names, `kubectl auth can-i`, `auth can-i --list`, `auth whoami`, and about a token.
#pragma once

#include "agent/api/object.h"
#include "agent/apiserver/auth/authenticator.h"
#include "agent/apiserver/auth/authorizer.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// authorization.k8s.io/v1 SelfSubjectAccessReview with its status. kInvalid when the body asks for nothing, or for a
/// resource and a path at once.
Result<api::Json> ReviewAccess(const Authorizer& access, const http::User& user, api::Json body);

/// authorization.k8s.io/v1 SelfSubjectRulesReview: everything the user may do in a namespace, by its roles. kInvalid
/// without a namespace.
Result<api::Json> ReviewRules(const Authorizer& access, const http::User& user, api::Json body);

/// authentication.k8s.io/v1 SelfSubjectReview: who the user is.
Result<api::Json> ReviewSelf(const http::User& user, api::Json body);

/// authorization.k8s.io/v1 SubjectAccessReview: the same as ReviewAccess about the user of its spec.
Result<api::Json> ReviewSubject(const Authorizer& access, api::Json body);
/// LocalSubjectAccessReview, asked in namespace `ns`: about a resource of that namespace alone.
Result<api::Json> ReviewSubjectIn(const Authorizer& access, const std::string& ns, api::Json body);

/// authentication.k8s.io/v1 TokenReview: whose token that is. One that does not count is no error of the review;
/// kUnavailable while that cannot be said yet.
Result<api::Json> ReviewToken(const Authenticator& authenticator, api::Json body);

}  // namespace ordinal::apiserver::auth
