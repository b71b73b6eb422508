// What becomes of a secret of the type kubernetes.io/service-account-token: it gets a token of its account, bound to
// it, and goes with the account (k8s.io/kubernetes pkg/controller/serviceaccount/tokens_controller.go). Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/api/object.h"
#include "agent/objects/bound_object.h"

namespace ordinal::controllers::account_tokens {

inline constexpr char kAccountName[] = "kubernetes.io/service-account.name";  ///< annotations
inline constexpr char kAccountUid[] = "kubernetes.io/service-account.uid";
inline constexpr char kTokenEnds[] = "ordinal.dev/token-ends";  ///< when the token that is in it does

/// The reference's tokens never end; ours live a year, and a new one comes when half of it is over.
inline constexpr std::chrono::hours kLife{24 * 365};

/// Of one file the secret may come before its account.
inline constexpr std::chrono::minutes kPatience{1};

/// The name of the account that the secret is of; empty: it is no such secret, or of none.
std::string AccountOf(const api::Object& secret);

struct Plan {
  enum class Type { kNothing, kFill, kRemove };
  Type type = Type::kNothing;
  bool new_token = false;         ///< with kFill: also when the secret has one
  std::optional<WallTime> again;  ///< when it is to be looked at
};

/// `account_uid`: of the account that the secret names; empty: there is none.
Plan MakePlan(const api::Object& secret, const std::string& account_uid, WallTime now);

/// Puts in what is missing; a token that is there stays where `token` is empty. True when that changes something.
struct Content {
  std::string account_uid, token, ends, authority;
};
bool Fill(const Content& content, api::Json& secret);

}  // namespace ordinal::controllers::account_tokens
