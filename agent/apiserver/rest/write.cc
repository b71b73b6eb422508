#include "agent/apiserver/rest/write.h"

#include <fmt/format.h>

#include "agent/api/custom/definition.h"
#include "agent/api/patch/choices.h"
#include "agent/api/patch/patch.h"
#include "agent/apiserver/rest/apply.h"
#include "agent/apiserver/rest/fields.h"
#include "agent/apiserver/rest/read_ahead.h"
#include "agent/apiserver/rest/show.h"
#include "agent/apiserver/rest/warnings.h"
#include "agent/objects/ending_namespace.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

/// A patch is made of the version that the path names.
Json AsAsked(const Call& call, const Json& stored) {
  const bool same = call.kind().custom == nullptr && call.route.version == api::ApiVersion(call.kind());
  if (same) return stored;
  return api::Present(call.kind(), stored, call.route.version);
}

Status CheckSameObject(const Call& call, const Json& next) {
  const Json& metadata = api::Member(next, "metadata");
  const bool same = api::ReadString(metadata, "name") == call.route.name &&
                    api::ReadString(metadata, "namespace") == call.route.ns &&
                    api::ReadString(next, "kind") == call.kind().kind;
  if (same) return {};
  return BadRequest(
      fmt::format("a patch may not change kind, name or namespace of {} \"{}\"", call.kind().plural, call.route.name));
}

}  // namespace

objects::WriteOptions::Part PartOf(const Call& call) {
  using Part = objects::WriteOptions::Part;
  const std::string& subresource = call.route.subresource;
  if (subresource == "ephemeralcontainers") return Part::kEphemeralContainers;
  if (subresource == "resize") return Part::kResize;
  if (subresource == "approval") return Part::kApproval;
  return subresource == "status" ? Part::kStatus : Part::kSpec;
}

http::Response AnswerWritten(Call& call, int status, objects::Written written) {
  call.warnings.insert(call.warnings.end(), call.patch_warnings.begin(), call.patch_warnings.end());
  const auto news = NewWarnings(call.kind(), call.before, written.object, std::move(written.warnings));
  call.warnings.insert(call.warnings.end(), news.begin(), news.end());
  return Shown(call.accept, status, ShowObject(ViewOf(call), written.object));
}

Task<Status> CheckNamespace(Call& call) {
  if (!call.kind().namespaced) co_return Status();
  const api::KindInfo* kind = api::FindKind("Namespace");
  api::ObjectKey key{"Namespace", "", call.route.ns};
  const auto found = co_await call.with.stored.Get(std::move(key));
  if (found.ok()) {
    if (!api::Deleting(found->body())) co_return Status();
    co_return objects::EndingNamespaceError(call.kind(), call.name, call.route.ns);
  }
  if (found.error().code == ErrorCode::kNotFound) call.refusal = NotFound(*kind, call.route.ns);
  co_return found.error();
}

/// The reference takes nothing new of a kind whose definition goes.
Status CheckDefinition(Call& call) {
  if (call.kind().custom == nullptr || !call.kind().custom->ending()) return {};
  call.refusal = Refusal{405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating"};
  return MakeError(ErrorCode::kFailedPrecondition, call.refusal->message, "MethodNotAllowed");
}

Task<Result<http::Response>> Create(Call& call) {
  CO_TRYV(CheckDefinition(call));
  CO_TRY(Json body, ObjectOf(call));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  CO_TRYV(co_await CheckNamespace(call));
  CO_TRY(objects::Written written, co_await call.with.stored.Create(std::move(body), std::move(options)));
  co_return AnswerWritten(call, 201, std::move(written));
}

namespace {

/// What a PUT makes where nothing is. A uid means an object that was there; the revision it had counts no more.
Task<Result<http::Response>> CreateByUpdate(Call& call, Json body) {
  Json& metadata = body["metadata"];
  if (const std::string uid = api::ReadString(metadata, "uid"); !uid.empty()) {
    co_return MakeError(ErrorCode::kConflict,
                        fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: ", uid),
                        "Conflict");
  }
  metadata.erase("resourceVersion");
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  CO_TRYV(co_await CheckNamespace(call));
  call.before = {};
  CO_TRY(objects::Written written, co_await call.with.stored.Create(std::move(body), std::move(options)));
  co_return AnswerWritten(call, 201, std::move(written));
}

}  // namespace

Task<Result<http::Response>> Update(Call& call) {
  CO_TRY(const Json body, ObjectOf(call));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  options.part = PartOf(call);
  const api::StructType& schema = api::SchemaOf(call.kind(), call.route.version);
  objects::Objects::Edit edit = [&call, &schema, &body](const api::Object& current) -> Result<Json> {
    call.before = current;
    return api::WithoutOldChoices(schema, AsAsked(call, current.body()), body, api::Written::kWhole);
  };
  const bool makes = call.kind().made_by_update && call.route.subresource.empty();
  // An object that comes between the look and its making is changed after all.
  for (bool again = makes;; again = false) {
    auto written = co_await call.with.stored.Change(call.key(), edit, options);
    if (written.ok()) co_return AnswerWritten(call, 200, std::move(*written));
    if (!makes || written.error().code != ErrorCode::kNotFound) co_return std::move(written).error();
    // What is not there may be something else that the document needs.
    const auto there = co_await call.with.stored.Get(call.key());
    if (there.ok() && !again) co_return std::move(written).error();
    if (there.ok()) continue;
    if (there.error().code != ErrorCode::kNotFound) co_return there.error();
    Json copy = body;
    auto made = co_await CreateByUpdate(call, std::move(copy));
    const bool taken = !made.ok() && made.error().code == ErrorCode::kAlreadyExists;
    if (!taken || !again) co_return made;
  }
}

Result<Json> PatchOf(Call& call) {
  const std::string type = MediaType(call.request->Header("content-type"));
  if (type == "application/strategic-merge-patch+json" && call.kind().custom != nullptr) {
    return MakeError(ErrorCode::kInvalid,
                     "the body of the request was in an unknown format - accepted media types include: "
                     "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
                     "UnsupportedMediaType");
  }
  if (type != "application/json-patch+json" && type != "application/merge-patch+json" &&
      type != "application/strategic-merge-patch+json") {
    return MakeError(ErrorCode::kInvalid,
                     "the content type \"" + type +
                         "\" is no kind of patch; send application/json-patch+json, "
                         "application/merge-patch+json or application/strategic-merge-patch+json",
                     "UnsupportedMediaType");
  }
  call.repeats = {};
  return DocumentOf(*call.request, "application/json", call.repeats);
}

Result<Json> ApplyPatch(const Call& call, const Json& patch, const Json& document, const api::StructType& schema) {
  const std::string type = MediaType(call.request->Header("content-type"));
  if (type == "application/json-patch+json") return api::ApplyJsonPatch(document, patch);
  if (!patch.is_object()) return BadRequest("a merge patch must be an object");
  if (type == "application/merge-patch+json") return api::ApplyMergePatch(document, patch);
  return api::ApplyStrategicMergePatch(document, patch, schema);
}

Task<Result<http::Response>> Patch(Call& call) {
  if (MediaType(call.request->Header("content-type")) == kApplyPatch) co_return co_await Apply(call);
  CO_TRY(Json patch, PatchOf(call));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  options.part = PartOf(call);
  objects::Objects::Edit edit = [&call, patch = std::move(patch)](const api::Object& current) -> Result<Json> {
    const api::StructType& schema = api::SchemaOf(call.kind(), call.route.version);
    call.before = current;
    const Json before = AsAsked(call, current.body());
    TRY(Json next, ApplyPatch(call, patch, before, schema));
    TRYV(CheckSameObject(call, next));
    TRYV(CheckPatched(call, next, schema));
    return api::WithoutOldChoices(schema, before, std::move(next), api::Written::kChange);
  };
  api::ObjectKey key = call.key();
  CO_TRY(objects::Written written,
         co_await call.with.stored.Change(std::move(key), std::move(edit), std::move(options)));
  co_return AnswerWritten(call, 200, std::move(written));
}

}  // namespace ordinal::apiserver::rest
