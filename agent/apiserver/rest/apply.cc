#include "agent/apiserver/rest/apply.h"

#include "agent/apiserver/rest/write.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

// Of an object that comes and goes between a look and a write.
constexpr int kAttempts = 3;

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

Result<Json> Merge(Call& call, const Wish& wish, const Json& live) {
  call.conflicts.clear();
  auto applied = api::ServerSideApply(call.kind(), live, wish.config, wish.request);
  if (auto* failure = std::get_if<api::ApplyFailure>(&applied)) {
    call.conflicts = std::move(failure->conflicts);
    return std::move(failure->error);
  }
  return std::get<Json>(std::move(applied));
}

/// A configuration that names a uid or revision means an object that is there.
bool MeansExisting(const Json& config) {
  const Json& metadata = api::Member(config, "metadata");
  return !api::ReadString(metadata, "uid").empty() || !api::ReadString(metadata, "resourceVersion").empty();
}

Task<Result<Response>> Make(Call& call, const Wish& wish, store::WriteOptions options) {
  CO_TRY(std::optional<Response> refused, co_await CheckNamespace(call));
  if (refused) co_return std::move(*refused);
  CO_TRY(Json body, Merge(call, wish, Json()));
  CO_TRY(store::Written written, co_await call.with.door.Create(std::move(body), std::move(options)));
  co_return AnswerWritten(call, 201, std::move(written));
}

}  // namespace

Task<Result<Response>> Apply(Call& call) {
  CO_TRY(const Wish wish, WishOf(call));
  CO_TRY(store::WriteOptions options, WriteOptionsOf(call));
  options.part = PartOf(call);
  options.track = nullptr;  // a merge keeps the managers itself
  for (int attempt = 0;; ++attempt) {
    store::Door::Edit edit = [&call, &wish](const api::Object& current) {
      call.before = current;
      return Merge(call, wish, current.body());
    };
    api::ObjectKey key = call.key();
    auto written = co_await call.with.door.Change(std::move(key), std::move(edit), options);
    if (written.ok()) co_return AnswerWritten(call, 200, std::move(*written));
    const bool absent = written.error().code == ErrorCode::kNotFound;
    if (!absent || MeansExisting(wish.config) || !call.route.subresource.empty()) {
      co_return std::move(written).error();
    }
    auto made = co_await Make(call, wish, options);
    const bool raced = !made.ok() && made.error().code == ErrorCode::kAlreadyExists;
    if (!raced || attempt + 1 >= kAttempts) co_return made;
  }
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
