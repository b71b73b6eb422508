#include "agent/apiserver/rest/subresources.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/apiserver/auth/users.h"
#include "agent/apiserver/rest/eviction.h"
#include "agent/apiserver/rest/posted.h"
#include "agent/apiserver/rest/read.h"
#include "agent/apiserver/rest/scale.h"
#include "agent/apiserver/rest/show.h"
#include "agent/apiserver/rest/write.h"
#include "agent/objects/bound_object.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

Task<Result<http::Response>> Bind(Call& call) {
  CO_TRY(const Json body, PostedOf(call, "Binding"));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  const Json& target = api::Member(body, "target");
  std::string node = api::ReadString(target, "name");
  const std::string kind = api::ReadString(target, "kind", "Node");
  if (node.empty() || (!kind.empty() && kind != "Node")) co_return BadRequest("target: must name a Node");
  api::ObjectKey key = call.key();
  std::string uid;  // of whatever pod has the name
  CO_TRYV(co_await call.with.stored.Bind(std::move(key), std::move(uid), std::move(node), std::move(options)));
  co_return Done(call, 201);
}

/// The reference's admission plugin NodeRestriction: a node gets tokens for its own pods alone.
Task<Status> CheckNodeAsks(Call& call, const Json& request) {
  const http::User& user = call.request->user;
  if (auth::IsMaster(user) || !auth::IsNode(user)) co_return Status();
  const Json& bound = api::Member(api::Member(request, "spec"), "boundObjectRef");
  const std::string uid = api::ReadString(bound, "uid"), pod_kind = "Pod";
  const auto refuse = [&user](const char* why) {
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("node \"{}\" can only request tokens {}", user.name, why), "Forbidden");
  };
  if (api::ReadString(bound, "kind") != pod_kind || uid.empty()) co_return refuse("bound to a pod by its uid");
  api::ObjectKey key{pod_kind, call.route.ns, api::ReadString(bound, "name")};
  const auto pod = co_await call.with.stored.Get(std::move(key));
  const std::string node = pod.ok() ? api::ReadString(api::Member(pod->body(), "spec"), "nodeName") : "";
  if (!pod.ok() || pod->uid() != uid || node != auth::NodeOf(user)) co_return refuse("of pods that are on it");
  co_return Status();
}

/// A refusal that is about what the token was to be bound to.
Refusal RefusalOfBound(const Error& error, const Json& bound) {
  const std::string kind = api::ReadString(bound, "kind"), name = api::ReadString(bound, "name");
  if (error.code == ErrorCode::kNotFound) return NotFound(*api::FindKind(kind), name);
  return {409, "Conflict", fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", kind, name, error.message),
          Json{{"kind", kind}, {"name", name}}};
}

/// A token of a service account: `kubectl create token`.
Task<Result<http::Response>> IssueToken(Call& call) {
  CO_TRY(Json body, PostedOf(call, "TokenRequest"));
  CO_TRYV(co_await CheckNodeAsks(call, body));
  api::ObjectKey account = call.key();
  const Json bound = api::Member(api::Member(body, "spec"), "boundObjectRef");
  auto answered = co_await call.with.stored.RequestToken(std::move(account), std::move(body));
  if (!answered.ok()) {
    if (objects::OfBoundObject(answered.error())) call.refusal = RefusalOfBound(answered.error(), bound);
    co_return std::move(answered).error();
  }
  Accept plain;
  plain.yaml = call.accept.yaml;
  co_return Answer(plain, 201, answered->dump());
}

/// PUT of a namespace with other spec.finalizers: how what empties a namespace says that it is done.
Task<Result<http::Response>> Finalize(Call& call) {
  CO_TRY(Json body, ObjectOf(call));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  Json finalizers = api::Member(api::Member(body, "spec"), "finalizers");
  if (!finalizers.is_array()) finalizers = Json::array();
  objects::Objects::Edit edit = [finalizers = std::move(finalizers)](const api::Object& current) -> Result<Json> {
    Json next = current.body();
    next["spec"]["finalizers"] = finalizers;
    return next;
  };
  api::ObjectKey key = call.key();
  CO_TRY(objects::Written written,
         co_await call.with.stored.Change(std::move(key), std::move(edit), std::move(options)));
  co_return AnswerWritten(call, 200, std::move(written));
}

http::Response NotYet(const Call& call) {
  Refusal refusal{501, "NotImplemented",
                  fmt::format("{}/{} is not served by this agent (docs/limits.md)", ResourceName(call.kind()),
                              call.route.subresource),
                  Json::object()};
  return Refuse(refusal);
}

bool Served(const Call& call) {
  const auto known = api::SubresourcesOf(call.kind(), call.route.version);
  return std::find(known.begin(), known.end(), call.route.subresource) != known.end();
}

bool Has(std::initializer_list<std::string_view> verbs, std::string_view verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

}  // namespace

Task<Result<http::Response>> OnSubresource(Call& call, std::string_view verb) {
  if (call.route.collection() || !Served(call)) co_return Refuse(NoSuchResource());
  const std::string& subresource = call.route.subresource;
  if (subresource == "status" || subresource == "scale" || subresource == "ephemeralcontainers" ||
      subresource == "resize" || subresource == "approval") {
    const bool scale = subresource == "scale";
    if (!Has({"get", "update", "patch"}, verb)) co_return Refuse(MethodNotAllowed());
    if (verb == "get") {
      auto reading = scale ? GetScale(call) : Get(call);
      co_return co_await std::move(reading);
    }
    if (scale) co_return co_await WriteScale(call, verb);
    auto writing = verb == "update" ? Update(call) : Patch(call);
    co_return co_await std::move(writing);
  }
  if (subresource == "finalize") {
    if (verb != "update") co_return Refuse(MethodNotAllowed());
    co_return co_await Finalize(call);
  }
  if (subresource == "binding" || subresource == "eviction" || subresource == "token") {
    if (verb != "create") co_return Refuse(MethodNotAllowed());
    auto doing = subresource == "token" ? IssueToken(call) : subresource == "binding" ? Bind(call) : Evict(call);
    co_return co_await std::move(doing);
  }
  co_return NotYet(call);
}

}  // namespace ordinal::apiserver::rest
