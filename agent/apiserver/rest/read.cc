#include "agent/apiserver/rest/read.h"

#include <fmt/format.h>

#include "agent/apiserver/rest/list_options.h"
#include "agent/apiserver/rest/page_token.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/show.h"

namespace ordinal::apiserver::rest {
namespace {

// From here a list is written on the HTTP thread, so that it does not hold up the agent.
constexpr size_t kLargeList = 20;

Error TooLarge(uint64_t asked, uint64_t current) {
  return MakeError(ErrorCode::kDeadlineExceeded,
                   fmt::format("Too large resource version: {}, current: {}", asked, current),
                   "ResourceVersionTooLarge");
}

/// Adds limit, continue and the revision rules (kubernetes.io/docs/reference/using-api/api-concepts, "the
/// resourceVersion parameter"): every list shows the newest state, which is "not older than" whatever was asked for,
/// but for Exact.
Status AddPage(Call& call, store::ListOptions& options, std::optional<PageToken>& place) {
  TRYV(CheckListOptions(call, /*watch=*/false));
  TRY(const auto limit, NumberOf(*call.request, "limit"));
  options.limit = limit.value_or(0);
  TRY(const auto revision, RevisionAsked(call, /*watch=*/false));
  const std::string_view next = call.request->Query("continue");
  if (call.request->Query("resourceVersionMatch") == "Exact") options.at = revision;
  if (next.empty()) return {};
  if (revision.value_or(0) != 0) return BadRequest("specifying resource version is not allowed when using continue");
  TRY(place, ReadToken(next));
  options.at = place->revision;
  options.after = api::ObjectKey{"", place->ns, place->name};
  // Of an old token the newest state is read, and shown if it is still the token's.
  if (IsOld(*place, call.with.clock.Now())) options.at.reset();
  return {};
}

/// 410 for a page of a list whose revision is forgotten: the client may start again, or go on without one state.
http::Response ExpiredPage(PageToken place) {
  Refusal refusal{410, "Expired",
                  "The provided continue parameter is too old to display a consistent list result. You can start a new "
                  "list without the continue parameter, or use the continue token in this response to retrieve the "
                  "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                  "objects that were created, modified, or deleted between the time the first chunk was returned and "
                  "now may show up in the list."};
  api::Json status = StatusOf(refusal);
  place.revision.reset();
  place.begun.reset();
  status["metadata"]["continue"] = WriteToken(place);
  http::Response response;
  response.status = 410;
  response.body = status.dump();
  return response;
}

ListMeta MetaOf(const Call& call, const store::ListOptions& options, const std::optional<PageToken>& place,
                const store::ListResult& list) {
  ListMeta meta{list.revision, "", 0};
  if (list.remaining == 0 || list.items.empty()) return meta;
  const api::Object& last = list.items.back();
  const bool goes_on = place && place->revision == list.revision && place->begun;
  meta.next = WriteToken({list.revision, last.ns(), last.name(), goes_on ? *place->begun : call.with.clock.Now()});
  // As the reference: what selectors leave out is not counted.
  const bool counted = options.labels.empty() && call.request->Query("fieldSelector").empty();
  if (counted) meta.remaining = list.remaining;
  return meta;
}

}  // namespace

Task<Result<http::Response>> Get(Call& call) {
  // Checked and not needed: what is read is the newest state, which is not older than any revision there was.
  const auto revision = NumberOf(*call.request, "resourceVersion");
  if (!revision.ok()) co_return revision.error();
  api::ObjectKey key = call.key();
  CO_TRY(const api::Object object, co_await call.with.stored.Get(std::move(key)));
  const View view = ViewOf(call);
  CO_TRYV(CheckShown(view, /*list=*/false));
  co_return Shown(call.accept, 200, ShowObject(view, object));
}

Task<Result<http::Response>> List(Call& call) {
  CO_TRY(store::ListOptions options, SelectionOf(call));
  std::optional<PageToken> place;  // of a page that goes on
  CO_TRYV(AddPage(call, options, place));
  CO_TRY(const auto asked, NumberOf(*call.request, "resourceVersion"));
  std::string kind(api::KeyOf(call.kind()));
  auto list = co_await call.with.stored.List(std::move(kind), options);
  if (!list.ok()) {
    const bool expired = list.error().code == ErrorCode::kExpired;
    if (expired && place) co_return ExpiredPage(std::move(*place));
    if (expired) call.refusal = Refusal{410, "Expired", "The resourceVersion for the provided list is too old."};
    co_return std::move(list).error();
  }
  if (asked.value_or(0) > list->revision) co_return TooLarge(*asked, list->revision);
  const bool moved_on = place && place->revision && list->revision != *place->revision;
  if (moved_on) co_return ExpiredPage(std::move(*place));
  ListMeta meta = MetaOf(call, options, place, *list);
  View view = ViewOf(call);
  CO_TRYV(CheckShown(view, /*list=*/true));
  if (list->items.size() < kLargeList) co_return Shown(call.accept, 200, ShowList(view, list->items, meta));
  http::Response response;
  const bool yaml = call.accept.yaml;
  if (yaml) response.content_type = "application/yaml";
  if (call.accept.protobuf) response.content_type = kProtobuf;
  response.body = [view = std::move(view), items = std::move(list->items), meta = std::move(meta), yaml] {
    std::string json = ShowList(view, items, meta);
    return yaml ? ToYaml(api::Json::parse(json)) : json;
  };
  co_return response;
}

}  // namespace ordinal::apiserver::rest
