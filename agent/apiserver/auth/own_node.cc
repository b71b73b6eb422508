#include "agent/apiserver/auth/own_node.h"

#include <algorithm>
#include <initializer_list>

#include "agent/apiserver/auth/users.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr std::string_view kLeases = "kube-node-lease";

bool OneOf(std::initializer_list<std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool IsOfOtherNode(const http::User& user, const Attributes& attributes) {
  if (!IsNode(user) || IsMaster(user) || !attributes.path.empty()) return false;
  const bool node = attributes.group.empty() && attributes.resource == "nodes";
  const bool lease = attributes.group == "coordination.k8s.io" && attributes.resource == "leases";
  const bool csi_node = attributes.group == "storage.k8s.io" && attributes.resource == "csinodes";
  if (!node && !lease && !csi_node) return false;
  const bool object = attributes.subresource.empty();
  if (!object && attributes.subresource != "status") return false;
  if (attributes.verb == "deletecollection") return true;
  const bool made = attributes.verb == "create";
  const bool kept = made || OneOf({"update", "patch", "delete"}, attributes.verb) ||
                    (attributes.verb == "get" && (lease || (node && !object)));
  if (!kept) return false;
  if (lease && attributes.ns != kLeases) return true;
  return attributes.name != NodeOf(user) && !(made && attributes.name.empty());
}

}  // namespace ordinal::apiserver::auth
