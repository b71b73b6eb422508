// Names of users and groups that mean something here, as the reference has them (apiserver/pkg/authentication/user).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

inline constexpr std::string_view kAdminName = "kubernetes-admin";
inline constexpr std::string_view kAdminGroup = "system:masters";
inline constexpr std::string_view kViewGroup = "ordinal:view";
inline constexpr std::string_view kNodeGroup = "system:nodes";
inline constexpr std::string_view kNodePrefix = "system:node:";
inline constexpr std::string_view kAuthenticated = "system:authenticated";
inline constexpr std::string_view kUnauthenticated = "system:unauthenticated";
inline constexpr std::string_view kAnonymousName = "system:anonymous";
inline constexpr std::string_view kAccountPrefix = "system:serviceaccount:";
inline constexpr std::string_view kAccountsGroup = "system:serviceaccounts";

inline bool InGroup(const http::User& user, std::string_view group) {
  return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

/// May do everything, whatever roles say.
inline bool IsMaster(const http::User& user) { return InGroup(user, kAdminGroup); }

/// Is the agent of a node: in the group of nodes, with a node's name.
inline bool IsNode(const http::User& user) {
  return user.name.size() > kNodePrefix.size() && user.name.starts_with(kNodePrefix) && InGroup(user, kNodeGroup);
}

/// The name of the node whose agent that is.
inline std::string_view NodeOf(const http::User& user) {
  return std::string_view(user.name).substr(kNodePrefix.size());
}

}  // namespace ordinal::apiserver::auth
