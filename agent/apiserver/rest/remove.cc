#include "agent/apiserver/rest/remove.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "agent/apiserver/rest/fields.h"
#include "agent/apiserver/rest/show.h"
#include "agent/base/together.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using objects::Propagation;

constexpr size_t kRemovedTogether = 64;  // of a collection: their writes share commits

struct RemovalWish {
  objects::DeleteOptions options;
  bool cascade_asked = false;  ///< orphanDependents: false, the old way to ask for background
};

/// The body's members win over the query's, and a body that has any is taken whole.
Result<Json> OptionsOf(Call& call) {
  const http::Request& request = *call.request;
  if (!request.body.empty()) {
    auto parsed = BodyOf(call);
    if (!parsed.ok()) return parsed;
    TRYV(CheckRepeats(call, "DeleteOptions"));
    if (!parsed->is_object()) return BadRequest("the body must be DeleteOptions");
    const std::string kind = api::ReadString(*parsed, "kind", "DeleteOptions");
    if (kind != "DeleteOptions") return BadRequest("the body must be DeleteOptions, not " + kind);
    return parsed;
  }
  Json options = Json::object();
  TRY(const auto grace, NumberOf(request, "gracePeriodSeconds"));
  if (grace) options["gracePeriodSeconds"] = *grace;
  if (request.HasQuery("propagationPolicy")) options["propagationPolicy"] = request.Query("propagationPolicy");
  if (request.HasQuery("orphanDependents")) options["orphanDependents"] = Flag(request, "orphanDependents");
  if (request.Query("dryRun") == "All") options["dryRun"] = {"All"};
  return options;
}

Result<Propagation> PropagationOf(const Json& body, Propagation unless_said) {
  const std::string policy = api::ReadString(body, "propagationPolicy");
  const Json& orphan = api::Member(body, "orphanDependents");
  if (!policy.empty() && orphan.is_boolean()) {
    return BadRequest("orphanDependents and propagationPolicy may not be given together");
  }
  if (orphan.is_boolean()) return orphan.get<bool>() ? Propagation::kOrphan : Propagation::kBackground;
  if (policy.empty()) return unless_said;
  if (policy == "Background") return Propagation::kBackground;
  if (policy == "Foreground") return Propagation::kForeground;
  if (policy == "Orphan") return Propagation::kOrphan;
  return BadRequest("propagationPolicy: must be Background, Foreground or Orphan");
}

Result<RemovalWish> RemovalWishOf(Call& call) {
  TRY(const Json body, OptionsOf(call));
  TRYV(CheckDeleteOptions(body));
  RemovalWish wish;
  if (const Json& grace = api::Member(body, "gracePeriodSeconds"); grace.is_number_integer()) {
    wish.options.grace_seconds = grace.get<int64_t>();
  } else if (!grace.is_null()) {
    return BadRequest("gracePeriodSeconds: must be a whole number");
  }
  const bool orphans = call.kind().orphans_unless_asked;
  TRY(wish.options.propagation, PropagationOf(body, orphans ? Propagation::kOrphan : Propagation::kBackground));
  const bool said = body.contains("propagationPolicy") || body.contains("orphanDependents");
  if (orphans && !said) {
    call.warnings.push_back(
        fmt::format("what {} own is left behind when they are deleted like this; set propagationPolicy=Background to "
                    "delete it too, "
                    "or propagationPolicy=Orphan to hear nothing of it",
                    call.kind().plural));
  }
  wish.cascade_asked = api::Member(body, "orphanDependents") == false;
  const auto dry_run = api::ReadStrings(body, "dryRun");
  wish.options.dry_run = call.dry_run() || std::find(dry_run.begin(), dry_run.end(), "All") != dry_run.end();
  const Json& preconditions = api::Member(body, "preconditions");
  const std::string uid = api::ReadString(preconditions, "uid");
  if (!uid.empty()) wish.options.preconditions.uid = uid;
  const std::string revision = api::ReadString(preconditions, "resourceVersion");
  if (!revision.empty()) {
    uint64_t number = 0;
    std::from_chars(revision.data(), revision.data() + revision.size(), number);
    wish.options.preconditions.revision = number;
  }
  return wish;
}

/// One of a collection; that it is gone already is as good. The error is about the object that call.name then names.
Task<Status> RemoveItem(Call& call, const api::Object& object, const objects::DeleteOptions& options) {
  auto removed = co_await call.with.stored.Remove(object.key(), options);
  if (removed.ok() || removed.error().code == ErrorCode::kNotFound) co_return Status();
  call.name = object.name();
  co_return std::move(removed).error();
}

/// Of a deletion refused by its preconditions; the reference names the kind here, not the resource.
http::Response RefusePrecondition(const Call& call, const Error& error) {
  Refusal refusal = RefusalOf(error, {call.route.kind, call.name}, {});
  refusal.details["kind"] = call.kind().kind;
  return Refuse(refusal);
}

}  // namespace

Status CheckDeleteOptions(const Json& options) {
  const auto is_text = [](const Json& value) { return value.is_null() || value.is_string(); };
  const Json& dry_run = api::Member(options, "dryRun");
  const bool all = std::all_of(dry_run.begin(), dry_run.end(), [](const Json& each) { return each == "All"; });
  if (!dry_run.is_null() && (!dry_run.is_array() || !all)) return BadRequest("dryRun: must be a list of All");
  const Json& preconditions = api::Member(options, "preconditions");
  if (!preconditions.is_null() && !preconditions.is_object()) return BadRequest("preconditions: must be an object");
  for (const char* member : {"uid", "resourceVersion"}) {
    if (!is_text(api::Member(preconditions, member))) {
      return BadRequest(std::string("preconditions.") + member + ": must be a string");
    }
  }
  if (!is_text(api::Member(options, "propagationPolicy"))) return BadRequest("propagationPolicy: must be a string");
  const Json& orphan = api::Member(options, "orphanDependents");
  if (!orphan.is_null() && !orphan.is_boolean()) return BadRequest("orphanDependents: must be true or false");
  return {};
}

Task<Result<http::Response>> Delete(Call& call) {
  CO_TRY(RemovalWish wish, RemovalWishOf(call));
  auto removed = co_await call.with.stored.Remove(call.key(), wish.options);
  if (!removed.ok()) {
    if (removed.error().code == ErrorCode::kConflict) co_return RefusePrecondition(call, removed.error());
    co_return std::move(removed).error();
  }
  const bool shown = call.kind().shown_when_deleted;
  const int status = !removed->gone && wish.cascade_asked ? 202 : 200;
  if (shown || !removed->gone) co_return Shown(call.accept, status, ShowObject(ViewOf(call), removed->object));
  Accept plain;
  plain.yaml = call.accept.yaml;
  co_return Answer(plain, 200, SuccessOf(call.kind(), call.route.name, removed->object.uid()).dump());
}

Task<Result<http::Response>> DeleteCollection(Call& call) {
  CO_TRY(RemovalWish wish, RemovalWishOf(call));
  CO_TRY(store::ListOptions options, SelectionOf(call));
  CO_TRY(const auto limit, NumberOf(*call.request, "limit"));
  options.limit = limit.value_or(0);
  std::string kind(api::KeyOf(call.kind()));
  CO_TRY(const store::ListResult list, co_await call.with.stored.List(std::move(kind), std::move(options)));
  for (size_t next = 0; next < list.items.size(); next += kRemovedTogether) {
    std::vector<Task<Status>> removals;
    for (size_t i = next; i < std::min(next + kRemovedTogether, list.items.size()); ++i) {
      removals.push_back(RemoveItem(call, list.items[i], wish.options));
    }
    CO_TRYV(co_await Together(call.with.executor, "delete collection", std::move(removals)));
  }
  const ListMeta meta{list.revision, "", 0};
  co_return Shown(call.accept, 200, ShowList(ViewOf(call), list.items, meta));
}

}  // namespace ordinal::apiserver::rest
