// Authorizer: may this user do that? Pure; any thread. The sentences are the reference's, which clients show as they
// are.
#pragma once

#include <string>

#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// What somebody asks to do. With a `path` it is no resource ("/version"), and only `verb` ("get") counts beside it.
struct Attributes {
  std::string verb;  ///< get list watch create update patch delete deletecollection; for a path the method: get, post
  std::string group;
  std::string resource;  ///< "pods"
  std::string subresource;
  std::string ns, name;
  std::string path;
};

bool Allowed(const http::User& user, const Attributes& attributes);

/// `pods "a" is forbidden: User "x" cannot get resource "pods/log" in API group "" in the namespace "default"`
std::string ForbiddenMessage(const http::User& user, const Attributes& attributes);

/// The answer (403, golden errors/90).
http::Response Forbidden(const http::User& user, const Attributes& attributes);

}  // namespace ordinal::apiserver::auth
