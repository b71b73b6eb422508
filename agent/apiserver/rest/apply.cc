#include "agent/apiserver/rest/apply.h"

#include "agent/api/custom/objects.h"
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
  const http::Request& request = *call.request;
  if (request.Query("fieldManager").empty()) return BadRequest("fieldManager: is required for apply");
  const std::string stored = api::ApiVersion(call.kind());
  const bool old = call.route.version != stored;
  if (old && call.kind().old_schema != nullptr) return BadRequest("apply wants the version " + stored);
  // A body of YAML, which JSON is too; places, names and kinds are checked as those of a PUT.
  Wish wish;
  TRY(wish.config, ObjectOf(call));
  TRY(wish.request.manager, FieldManagerOf(call));
  if (call.kind().custom != nullptr) {
    api::custom::TidyConfiguration(*call.kind().custom, call.route.version, wish.config);
  }
  if (old) {
    // The fields are the same ones; what the version leaves out is said as it means it.
    if (call.kind().custom != nullptr) {
      wish.config["apiVersion"] = stored;
    } else {
      call.kind().convert(wish.config, call.warnings);
      wish.request.manager.api_version = stored;
    }
  }
  wish.request.force = Flag(request, "force");
  wish.request.time = call.with.clock.Now();
  return wish;
}

}  // namespace

Task<Result<http::Response>> Apply(Call& call) {
  CO_TRY(Wish wish, WishOf(call));
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  options.part = PartOf(call);
  const bool may_create = call.route.subresource.empty() && !objects::MeansExisting(wish.config);
  for (int attempt = 0;; ++attempt) {
    const auto there = co_await call.with.stored.Get(call.key());
    call.before = there.ok() ? *there : api::Object();
    wish.request.may_create = !there.ok() && may_create;
    if (wish.request.may_create) {  // nothing new is made in a namespace that goes
      CO_TRYV(CheckDefinition(call));
      CO_TRYV(co_await CheckNamespace(call));
    }
    auto written = co_await call.with.stored.Apply(call.key(), wish.config, wish.request, options, &call.conflicts);
    const bool went = !written.ok() && written.error().code == ErrorCode::kNotFound && there.ok() && may_create;
    if (went && attempt + 1 < kAttempts) continue;
    if (!written.ok()) co_return std::move(written).error();
    const int status = written->created ? 201 : 200;
    co_return AnswerWritten(call, status, std::move(*written));
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
