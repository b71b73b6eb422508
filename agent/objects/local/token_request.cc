#include "agent/objects/local/token_request.h"

#include <fmt/format.h>

#include "agent/api/read.h"
#include "agent/objects/bound_object.h"
#include "agent/objects/local/documents.h"
#include "agent/tokens/keys.h"

namespace ordinal::objects {
namespace {

using api::Json;

constexpr int64_t kDefaultSeconds = 3600;
constexpr int64_t kLeastSeconds = 600;
constexpr int64_t kMostSeconds = int64_t{1} << 32;
constexpr size_t kMostAudiences = 64;
constexpr char kPath[] = "spec.expirationSeconds";

Error BadRequest(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "BadRequest"); }

Error BadSeconds(int64_t seconds, std::string_view complaint) {
  const std::vector<api::FieldError> faults = {
      {kPath, std::string(api::kInvalid), fmt::format("Invalid value: {}: {}", seconds, complaint)}};
  return InvalidError("TokenRequest.authentication.k8s.io \"\" is invalid", faults);
}

Result<int64_t> SecondsOf(const Json& spec) {
  const Json& value = api::Member(spec, "expirationSeconds");
  if (value.is_null()) return kDefaultSeconds;
  if (!value.is_number_integer()) return BadRequest(std::string(kPath) + ": must be a whole number");
  const auto seconds = value.get<int64_t>();
  if (seconds < kLeastSeconds) return BadSeconds(seconds, "may not specify a duration less than 10 minutes");
  if (seconds > kMostSeconds) return BadSeconds(seconds, "may not specify a duration larger than 2^32 seconds");
  return seconds;
}

Result<std::vector<std::string>> AudiencesOf(const Json& spec) {
  const Json& value = api::Member(spec, "audiences");
  if (value.is_null()) return std::vector<std::string>();
  if (!value.is_array() || value.size() > kMostAudiences) {
    return BadRequest(fmt::format("spec.audiences: must be a list of at most {} words", kMostAudiences));
  }
  std::vector<std::string> audiences;
  for (const Json& each : value) {
    if (!each.is_string() || each.get_ref<const std::string&>().empty()) {
      return BadRequest("spec.audiences: must be a list of words that are not empty");
    }
    audiences.push_back(each.get<std::string>());
  }
  return audiences;
}

Task<Result<store::Object>> FindBound(store::ObjectReader& objects, store::ObjectKey key) {
  auto found = co_await objects.Get(std::move(key));
  if (!found.ok() && found.error().code == ErrorCode::kNotFound) {
    co_return MakeError(ErrorCode::kNotFound, found.error().message, std::string(kBoundObjectMissing));
  }
  co_return found;
}

/// The reference may say which one is meant.
Status CheckUid(const Json& reference, const store::Object& found) {
  const std::string uid = api::ReadString(reference, "uid");
  if (uid.empty() || uid == found.uid()) return {};
  return MakeError(ErrorCode::kConflict,
                   fmt::format("the UID in the bound object reference ({}) does not match the UID in record. The "
                               "object might have been deleted and then recreated",
                               uid),
                   std::string(kBoundObjectOther));
}

/// What `claims` say of the pod that the token is bound to, and of its node.
Task<Status> BindToPod(store::ObjectReader& objects, Json reference, tokens::Claims& claims) {
  store::ObjectKey key{"Pod", claims.ns, api::ReadString(reference, "name")};
  CO_TRY(const store::Object pod, co_await FindBound(objects, key));
  const Json& spec = api::Member(pod.body(), "spec");
  if (api::ReadString(spec, "serviceAccountName") != claims.account.name) {
    co_return BadRequest(
        fmt::format("cannot bind token for serviceaccount \"{}\" to pod running with different serviceaccount name.",
                    claims.account.name));
  }
  CO_TRYV(CheckUid(reference, pod));
  claims.pod = {key.name, pod.uid()};
  const std::string node_name = api::ReadString(spec, "nodeName");
  if (node_name.empty()) co_return Status();
  store::ObjectKey node_key{"Node", "", node_name};
  const auto node = co_await objects.Get(std::move(node_key));
  if (node.ok()) claims.node = {node_name, node->uid()};
  co_return Status();
}

Task<Status> BindToSecret(store::ObjectReader& objects, Json reference, tokens::Claims& claims) {
  store::ObjectKey key{"Secret", claims.ns, api::ReadString(reference, "name")};
  CO_TRY(const store::Object secret, co_await FindBound(objects, key));
  if (!HoldsToken(secret)) {
    co_return MakeError(
        ErrorCode::kNotSupported,
        fmt::format("spec.boundObjectRef: tokens are bound to secrets of the type {} alone", kTokenSecret),
        "NotImplemented");
  }
  CO_TRYV(CheckUid(reference, secret));
  claims.secret = {key.name, secret.uid()};
  co_return Status();
}

Task<Status> BindTo(store::ObjectReader& objects, Json reference, tokens::Claims& claims) {
  const std::string kind = api::ReadString(reference, "kind"), version = api::ReadString(reference, "apiVersion");
  const bool core = version.empty() || version == "v1";
  if (kind == "Node") {
    co_return MakeError(ErrorCode::kNotSupported,
                        "spec.boundObjectRef: tokens are bound to pods and secrets, not to a Node", "NotImplemented");
  }
  if (core && kind == "Pod") co_return co_await BindToPod(objects, std::move(reference), claims);
  if (core && kind == "Secret") co_return co_await BindToSecret(objects, std::move(reference), claims);
  co_return BadRequest(fmt::format("cannot bind token to object of type {}, Kind={}", version, kind));
}

}  // namespace

Task<Result<Json>> RequestToken(store::ObjectReader& objects, const tokens::Issuer& issuer, store::ObjectKey account,
                                Json request) {
  const Json spec = api::Member(request, "spec");
  CO_TRY(const int64_t seconds, SecondsOf(spec));
  tokens::Claims claims;
  CO_TRY(claims.audiences, AudiencesOf(spec));
  CO_TRY(const store::Object found, co_await objects.Get(account));
  claims.ns = account.ns;
  claims.account = {account.name, found.uid()};
  const Json reference = api::Member(spec, "boundObjectRef");
  if (reference.is_object()) CO_TRYV(co_await BindTo(objects, reference, claims));
  CO_TRY(const tokens::Token token, issuer.Issue(claims, seconds));
  request["apiVersion"] = "authentication.k8s.io/v1";
  request["kind"] = "TokenRequest";
  Json& metadata = request["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  metadata["name"] = account.name;
  metadata["namespace"] = account.ns;
  metadata["creationTimestamp"] = FormatTime(token.issued);
  Json& answered = request["spec"];
  answered = spec.is_object() ? spec : Json::object();
  answered["expirationSeconds"] = std::chrono::floor<std::chrono::seconds>(token.expires - token.issued).count();
  if (claims.audiences.empty()) answered["audiences"] = Json::array({issuer.name()});
  request["status"] = {{"token", token.text}, {"expirationTimestamp", FormatTime(token.expires)}};
  co_return request;
}

}  // namespace ordinal::objects
