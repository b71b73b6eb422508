#include "agent/apiserver/rest/apply.h"

#include "agent/apiserver/rest/write.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

struct Wish {
  Json config;
  api::ApplyRequest request;
};

Result<Wish> WishOf(Call& call) {
  const Request& request = *call.request;
  if (request.Query("fieldManager").empty()) return BadRequest("fieldManager: is required for apply");
  const std::string stored = api::ApiVersion(call.kind());
  const bool old = call.route.version != stored;
  if (old && call.kind().old_schema != nullptr) return BadRequest("apply wants the version " + stored);
  // A body of YAML, which JSON is too; places, names and kinds are checked as those of a PUT.
  Wish wish;
  TRY(wish.config, ObjectOf(call));
  TRY(wish.request.manager, FieldManagerOf(call));
  if (old) {
    // The fields are the same ones; what the version leaves out is said as it means it.
    call.kind().convert(wish.config, call.warnings);
    wish.request.manager.api_version = stored;
  }
  wish.request.force = Flag(request, "force");
  wish.request.time = call.with.clock.Now();
  return wish;
}

}  // namespace

Task<Result<Response>> Apply(Call& call) {
  CO_TRY(Wish wish, WishOf(call));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  options.part = PartOf(call);
  api::ObjectKey key = call.key();
  const auto there = co_await call.with.stored.Get(key);
  if (there.ok()) {
    call.before = *there;
  } else if (there.error().code == ErrorCode::kNotFound && call.route.subresource.empty()) {
    CO_TRY(std::optional<Response> refused, co_await CheckNamespace(call));
    if (refused) co_return std::move(*refused);
  }
  CO_TRY(objects::Written written,
         co_await call.with.stored.Apply(std::move(key), std::move(wish.config), std::move(wish.request),
                                         std::move(options), &call.conflicts));
  co_return AnswerWritten(call, written.created ? 201 : 200, std::move(written));
}

Refusal ApplyRefusal(const Error& error, const std::vector<api::FieldConflict>& conflicts) {
  Refusal refusal{409, "Conflict", error.message, Json::object()};
  for (const api::FieldConflict& conflict : conflicts) {
    refusal.details["causes"].push_back(
        {{"reason", "FieldManagerConflict"}, {"message", conflict.message}, {"field", conflict.field}});
  }
  return refusal;
}

}  // namespace ordinal::apiserver::rest
