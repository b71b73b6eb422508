#include "agent/apiserver/rest/call.h"

#include <fmt/format.h>

#include <charconv>

#include "agent/apiserver/access.h"
#include "agent/apiserver/auth/escalation.h"
#include "agent/apiserver/auth/own_node.h"
#include "agent/apiserver/rest/fields.h"
#include "agent/apiserver/rest/signers.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

/// What the body leaves out, the path says: client libraries send objects without kind and apiVersion.
Status CheckKind(const Call& call, Json& body) {
  if (!body.is_object()) {
    return BadRequest(
        fmt::format("the body is no object: it wants apiVersion {} and kind {}", call.route.version, call.kind().kind));
  }
  if (!body.contains("kind")) body["kind"] = call.kind().kind;
  if (!body.contains("apiVersion")) body["apiVersion"] = call.route.version;
  const std::string kind = api::ReadString(body, "kind"), version = api::ReadString(body, "apiVersion");
  if (kind == call.kind().kind && version == call.route.version) return {};
  return BadRequest(fmt::format("{} in version \"{}\" cannot be handled as a {} in version \"{}\"", kind, version,
                                call.kind().kind, call.route.version));
}

Status Place(const Call& call, Json& body) {
  Json& metadata = body["metadata"];
  if (metadata.is_null()) metadata = Json::object();
  if (!metadata.is_object()) return BadRequest("metadata: must be an object");
  if (call.kind().namespaced) {
    const std::string ns = api::ReadString(metadata, "namespace");
    if (!ns.empty() && ns != call.route.ns) {
      return BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }
    metadata["namespace"] = call.route.ns;
  }
  const std::string name = api::ReadString(metadata, "name");
  if (!call.route.name.empty() && name.empty()) metadata["name"] = call.route.name;
  if (call.route.name.empty() || name.empty() || name == call.route.name) return {};
  return BadRequest(
      fmt::format("the name of the object ({}) does not match the name on the URL ({})", name, call.route.name));
}

/// An object that comes to be: where a PATCH or a PUT makes it, its writer has to have the right to create, as that of
/// a POST was asked for already; and whoever makes it, a node's agent makes only what is its own, whose name stands in
/// the body.
Status CheckCreation(Call& call, const Json& body) {
  if (call.with.access == nullptr) return {};
  auth::Attributes asked = AttributesOf(*call.request);
  asked.verb = "create";
  asked.name = api::ReadString(api::Member(body, "metadata"), "name");
  const http::User& user = call.request->user;
  const bool unasked = call.request->method != "POST";
  const bool may = unasked ? call.with.access->Allows(user, asked) : !auth::IsOfOtherNode(user, asked);
  if (may) return {};
  const std::string reason = unasked ? call.with.access->Reason(user, asked) : std::string();
  return MakeError(ErrorCode::kPermissionDenied, auth::ForbiddenMessage(user, asked, reason), "Forbidden");
}

/// The writer of what gives rights to others has to have them.
Status CheckGrants(Call& call, const Json& body, const api::Object& old) {
  const std::string ns = api::ReadString(api::Member(body, "metadata"), "namespace");
  const std::string name = api::ReadString(api::Member(body, "metadata"), "name");
  static const auth::Authorizer kNobody;
  const auth::Authorizer& access = call.with.access == nullptr ? kNobody : *call.with.access;
  const Status checked = auth::CheckGiving(
      access, {call.request->user, call.kind(), ns, call.route.name, body, old.empty() ? nullptr : &old.body()});
  if (checked.ok()) return {};
  if (checked.error().code == ErrorCode::kNotFound) {  // another object than the one that is written
    call.refusal =
        Refusal{404, "NotFound", checked.error().message, auth::DetailsOf(*call.kind().grants(body).of_role)};
    return checked;
  }
  return MakeError(ErrorCode::kPermissionDenied,
                   fmt::format("{} \"{}\" is forbidden: {}", ResourceName(call.kind()), name, checked.error().message),
                   "Forbidden");
}

}  // namespace

Result<store::ListOptions> SelectionOf(const Call& call) {
  store::ListOptions options;
  options.ns = call.route.ns;
  auto labels = api::Selector::Parse(call.request->Query("labelSelector"));
  if (!labels.ok()) return BadRequest("unable to parse the label selector: " + labels.error().message);
  options.labels = std::move(*labels);
  TRY(options.fields, store::FieldSelector::Parse(call.request->Query("fieldSelector"), call.kind(),
                                                  api::FieldLabelsOf(call.kind(), call.route.version)));
  if (!call.route.name.empty()) options.fields.RequireName(call.route.name);
  return options;
}

Result<objects::WriteOptions> WriteOptionsOf(Call& call) {
  objects::WriteOptions options;
  options.findings = &call.findings;
  const std::string_view dry_run = call.request->Query("dryRun");
  if (!dry_run.empty() && dry_run != "All") return BadRequest("dryRun: must be All");
  options.dry_run = call.dry_run();
  const std::string_view validation = call.request->Query("fieldValidation");
  if (!validation.empty() && validation != "Strict" && validation != "Ignore" && validation != "Warn") {
    return BadRequest("fieldValidation: must be Ignore, Warn or Strict");
  }
  options.unknown_fields = api::UnknownFields::kDrop;
  TRY(api::FieldWriter manager, FieldManagerOf(call));
  options.track = [&kind = call.kind(), manager = std::move(manager), now = call.with.clock.Now()](
                      Json body, const Json& old_body) {
    return api::TrackUpdate(kind, old_body, std::move(body), manager, now);
  };
  options.author = [&call] { return AuthorOf(call.request->user); };
  options.permit = [&call](const Json& body, const api::Object& old) -> Status {
    if (old.empty()) TRYV(CheckCreation(call, body));
    TRYV(CheckSigner(call, body, old));
    return call.kind().grants == nullptr ? Status() : CheckGrants(call, body, old);
  };
  return options;
}

Result<api::FieldWriter> FieldManagerOf(const Call& call) {
  const http::Request& request = *call.request;
  TRY(std::string name, api::ManagerName(request.Query("fieldManager"), request.Header("user-agent")));
  return api::FieldWriter{std::move(name), call.route.version, call.route.subresource};
}

Result<Json> ObjectOf(Call& call) {
  TRY(Json body, BodyOf(call));
  TRYV(CheckKind(call, body));
  TRYV(Place(call, body));
  std::string name = api::ReadString(body["metadata"], "name");
  if (name.empty()) name = api::ReadString(body["metadata"], "generateName");
  if (!name.empty()) call.name = name;
  TRYV(CheckFields(call, body, api::SchemaOf(call.kind(), call.route.version)));
  return body;
}

Result<std::optional<uint64_t>> NumberOf(const http::Request& request, std::string_view parameter) {
  const std::string_view text = request.Query(parameter);
  if (text.empty()) return std::optional<uint64_t>();
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return BadRequest(fmt::format("{}: \"{}\" is not a whole number", parameter, text));
  }
  return std::optional<uint64_t>(number);
}

}  // namespace ordinal::apiserver::rest
