// What a service account's token is bound to: a pod or a secret, without which it counts for nothing.
#pragma once

#include <string_view>

#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::objects {

// Reasons of errors of Objects::RequestToken that are about that object and not about the account.
inline constexpr std::string_view kBoundObjectMissing = "BoundObjectMissing";  ///< kNotFound
inline constexpr std::string_view kBoundObjectOther = "BoundObjectOther";      ///< kConflict: its uid is another

/// The type of secrets that hold a token, and that one may be bound to.
inline constexpr char kTokenSecret[] = "kubernetes.io/service-account-token";

/// Whether a Secret is of that type. Parses only those that have the word somewhere.
inline bool HoldsToken(const api::Object& secret) {
  return secret.MayContain(kTokenSecret) && api::ReadString(secret.body(), "type") == kTokenSecret;
}

inline bool OfBoundObject(const Error& error) {
  return error.reason == kBoundObjectMissing || error.reason == kBoundObjectOther;
}

}  // namespace ordinal::objects
