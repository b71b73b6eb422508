#include "agent/apiserver/auth/reviews.h"

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

/// The body with what the reference writes there in any case.
Json Reviewed(Json body, Json status) {
  if (!body.contains("metadata") || !body["metadata"].is_object()) body["metadata"] = Json::object();
  if (!body["metadata"].contains("creationTimestamp")) body["metadata"]["creationTimestamp"] = nullptr;
  if (!body.contains("spec")) body["spec"] = Json::object();
  body["status"] = std::move(status);
  return body;
}

Result<Attributes> AskedIn(const Json& spec) {
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

Result<Json> Review(const Authorizer& access, const http::User& user, Json body) {
  TRY(const Attributes asked, AskedIn(Part(body, "spec")));
  Json status = {{"allowed", access.Allows(user, asked)}};
  const std::string reason = access.Reason(user, asked);
  if (!reason.empty()) status["reason"] = reason;
  return Reviewed(std::move(body), std::move(status));
}

/// The user that a spec names.
Result<http::User> SubjectOf(const Json& spec) {
  http::User user;
  user.name = Text(spec, "user");
  user.uid = Text(spec, "uid");
  user.groups = api::ReadStrings(spec, "groups");
  if (user.name.empty() && user.groups.empty()) {
    return MakeError(ErrorCode::kInvalid, "spec.user: Invalid value: at least one of user or group must be specified");
  }
  return user;
}

}  // namespace

Result<Json> ReviewAccess(const Authorizer& access, const http::User& user, Json body) {
  return Review(access, user, std::move(body));
}

Result<Json> ReviewRules(const Authorizer& access, const http::User& user, Json body) {
  if (!body.is_object()) return MakeError(ErrorCode::kInvalid, "the body is no object");
  const std::string ns = Text(Part(body, "spec"), "namespace");
  if (ns.empty()) return MakeError(ErrorCode::kInvalid, "no namespace on request", "BadRequest");
  Json resources = Json::array(), paths = Json::array();
  const RulesOfUser held = access.RulesFor(user, ns);
  for (const api::PolicyRule& rule : held.rules) {
    (rule.resources.empty() ? paths : resources).push_back(rule.ToJson());
  }
  return Reviewed(std::move(body),
                  {{"resourceRules", resources}, {"nonResourceRules", paths}, {"incomplete", held.cut}});
}

Result<Json> ReviewSelf(const http::User& user, Json body) {
  if (!body.is_object()) return MakeError(ErrorCode::kInvalid, "the body is no object");
  Json reviewed = Reviewed(std::move(body), {{"userInfo", UserInfo(user)}});
  reviewed.erase("spec");
  return reviewed;
}

Result<Json> ReviewSubject(const Authorizer& access, Json body) {
  TRY(const http::User user, SubjectOf(Part(body, "spec")));
  return Review(access, user, std::move(body));
}

Result<Json> ReviewSubjectIn(const Authorizer& access, const std::string& ns, Json body) {
  const Json& resource = Part(Part(body, "spec"), "resourceAttributes");
  if (resource.is_null()) {
    return MakeError(ErrorCode::kInvalid, "spec.resourceAttributes: Invalid value: must be specified");
  }
  const std::string placed = Text(Part(body, "metadata"), "namespace");
  if (Text(resource, "namespace") != ns || (!placed.empty() && placed != ns)) {
    return MakeError(ErrorCode::kInvalid,
                     "spec.resourceAttributes.namespace: Invalid value: must match the namespace of the request");
  }
  TRY(Json reviewed, ReviewSubject(access, std::move(body)));
  reviewed["metadata"]["namespace"] = ns;
  return reviewed;
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
