#include "agent/apiserver/auth/reviews.h"

#include "agent/apiserver/auth/authorizer.h"
#include "agent/apiserver/auth/roles.h"

namespace ordinal::apiserver::auth {
namespace {

using api::Json;

std::string Text(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& Part(const Json& object, const char* field) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(field);
  return found != object.end() && found->is_object() ? *found : kNone;
}

Json Words(const std::vector<std::string_view>& words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(std::string(word));
  return list;
}

/// The body with what the reference writes there in any case.
Json Reviewed(Json body, Json status) {
  if (!body.contains("metadata") || !body["metadata"].is_object()) body["metadata"] = Json::object();
  if (!body["metadata"].contains("creationTimestamp")) body["metadata"]["creationTimestamp"] = nullptr;
  if (!body.contains("spec")) body["spec"] = Json::object();
  body["status"] = std::move(status);
  return body;
}

Result<Attributes> Asked(const Json& spec) {
  const Json& resource = Part(spec, "resourceAttributes");
  const Json& other = Part(spec, "nonResourceAttributes");
  if (resource.is_null() == other.is_null()) {
    return MakeError(ErrorCode::kInvalid,
                     "spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or "
                     "resourceAttributes must be given");
  }
  if (!other.is_null()) {
    Attributes attributes;
    attributes.verb = Text(other, "verb");
    attributes.path = Text(other, "path");
    if (attributes.path.empty()) attributes.path = "/";
    return attributes;
  }
  return Attributes{Text(resource, "verb"),
                    Text(resource, "group"),
                    Text(resource, "resource"),
                    Text(resource, "subresource"),
                    Text(resource, "namespace"),
                    Text(resource, "name"),
                    ""};
}

/// authentication.k8s.io/v1 UserInfo.
Json UserInfo(const http::User& user) {
  Json info = {{"username", user.name}, {"groups", user.groups}};
  if (!user.uid.empty()) info["uid"] = user.uid;
  for (const auto& [key, value] : user.extra) info["extra"][key].push_back(value);
  return info;
}

Result<Json> Review(const http::User& user, Json body) {
  TRY(const Attributes asked, Asked(Part(body, "spec")));
  return Reviewed(std::move(body), {{"allowed", Allowed(user, asked)}});
}

}  // namespace

Result<Json> ReviewAccess(const http::User& user, Json body) { return Review(user, std::move(body)); }

Result<Json> ReviewRules(const http::User& user, Json body) {
  if (!body.is_object()) return MakeError(ErrorCode::kInvalid, "the body is no object");
  Json resources = Json::array(), paths = Json::array();
  for (const Rule& rule : RulesOf(user)) {
    if (!rule.paths.empty()) {
      paths.push_back({{"verbs", Words(rule.verbs)}, {"nonResourceURLs", Words(rule.paths)}});
      continue;
    }
    Json listed = {
        {"verbs", Words(rule.verbs)}, {"apiGroups", Words(rule.groups)}, {"resources", Words(rule.resources)}};
    if (rule.own_node) listed["resourceNames"] = Json::array({user.name.substr(kNodePrefix.size())});
    resources.push_back(std::move(listed));
  }
  return Reviewed(std::move(body), {{"resourceRules", resources}, {"nonResourceRules", paths}, {"incomplete", false}});
}

Result<Json> ReviewSelf(const http::User& user, Json body) {
  if (!body.is_object()) return MakeError(ErrorCode::kInvalid, "the body is no object");
  Json reviewed = Reviewed(std::move(body), {{"userInfo", UserInfo(user)}});
  reviewed.erase("spec");
  return reviewed;
}

Result<Json> ReviewSubject(Json body) {
  const Json& spec = Part(body, "spec");
  http::User user;
  user.name = Text(spec, "user");
  if (spec.is_object() && spec.contains("groups") && spec["groups"].is_array()) {
    for (const Json& group : spec["groups"]) {
      if (group.is_string()) user.groups.push_back(group.get<std::string>());
    }
  }
  if (user.name.empty() && user.groups.empty()) {
    return MakeError(ErrorCode::kInvalid, "spec.user: Invalid value: at least one of user or group must be specified");
  }
  return Review(user, std::move(body));
}

Result<Json> ReviewToken(const Authenticator& authenticator, Json body) {
  const Json& spec = Part(body, "spec");
  const std::string token = Text(spec, "token");
  if (token.empty())
    return MakeError(ErrorCode::kInvalid, "spec.token: Required value: token is required", "BadRequest");
  std::vector<std::string> audiences;
  if (spec.contains("audiences") && spec["audiences"].is_array()) {
    for (const Json& each : spec["audiences"]) {
      if (each.is_string()) audiences.push_back(each.get<std::string>());
    }
  }
  const auto reviewed = authenticator.Review(token, audiences);
  if (!reviewed.ok() && reviewed.error().code == ErrorCode::kUnavailable) return reviewed.error();
  Json status =
      reviewed.ok()
          ? Json{{"authenticated", true}, {"user", UserInfo(reviewed->user)}, {"audiences", reviewed->audiences}}
          : Json{{"user", Json::object()}, {"error", reviewed.error().message}};
  return Reviewed(std::move(body), std::move(status));
}

}  // namespace ordinal::apiserver::auth
