#include "agent/apiserver/rest/read.h"

#include <fmt/format.h>

#include "agent/apiserver/rest/page_token.h"
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
Status AddPage(const Call& call, store::ListOptions& options) {
  TRY(const auto limit, NumberOf(*call.request, "limit"));
  options.limit = limit.value_or(0);
  TRY(const auto revision, NumberOf(*call.request, "resourceVersion"));
  const std::string_view match = call.request->Query("resourceVersionMatch");
  const std::string_view next = call.request->Query("continue");
  if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
    return BadRequest("resourceVersionMatch: must be Exact or NotOlderThan");
  }
  if (!match.empty() && !revision) return BadRequest("resourceVersionMatch: is forbidden without resourceVersion");
  if (match == "Exact" && revision == 0U) return BadRequest("resourceVersionMatch: Exact is forbidden for 0");
  if (match == "Exact") options.at = revision;
  if (next.empty()) return {};
  if (!match.empty()) return BadRequest("resourceVersionMatch: is forbidden with continue");
  if (revision.value_or(0) != 0) return BadRequest("resourceVersion: is forbidden with continue");
  TRY(const PageToken token, ReadToken(next));
  options.at = token.revision;
  options.after = api::ObjectKey{"", token.ns, token.name};
  return {};
}

/// 410 for a page of a list whose revision is forgotten: the client may start again, or go on without one state.
http::Response ExpiredPage(const Error& error, const std::string& token) {
  Refusal refusal{410, "Expired", error.message};
  api::Json status = StatusOf(refusal);
  auto place = ReadToken(token);
  if (place.ok()) {
    place->revision.reset();
    status["metadata"]["continue"] = WriteToken(*place);
  }
  http::Response response;
  response.status = 410;
  response.body = status.dump();
  return response;
}

ListMeta MetaOf(const Call& call, const store::ListOptions& options, const store::ListResult& list) {
  ListMeta meta{list.revision, "", 0};
  if (list.remaining == 0 || list.items.empty()) return meta;
  const api::Object& last = list.items.back();
  meta.next = WriteToken({list.revision, last.ns(), last.name()});
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
  co_return Answer(call.accept, 200, ShowObject(ViewOf(call), object));
}

Task<Result<http::Response>> List(Call& call) {
  CO_TRY(store::ListOptions options, SelectionOf(call));
  CO_TRYV(AddPage(call, options));
  CO_TRY(const auto asked, NumberOf(*call.request, "resourceVersion"));
  std::string kind(api::KeyOf(call.kind()));
  auto list = co_await call.with.stored.List(std::move(kind), options);
  if (!list.ok()) {
    const std::string token(call.request->Query("continue"));
    if (list.error().code == ErrorCode::kExpired && !token.empty()) co_return ExpiredPage(list.error(), token);
    co_return std::move(list).error();
  }
  if (asked.value_or(0) > list->revision) co_return TooLarge(*asked, list->revision);
  ListMeta meta = MetaOf(call, options, *list);
  View view = ViewOf(call);
  if (list->items.size() < kLargeList) co_return Answer(call.accept, 200, ShowList(view, list->items, meta));
  http::Response response;
  const bool yaml = call.accept.yaml;
  if (yaml) response.content_type = "application/yaml";
  response.body = [view = std::move(view), items = std::move(list->items), meta = std::move(meta), yaml] {
    std::string json = ShowList(view, items, meta);
    return yaml ? ToYaml(api::Json::parse(json)) : json;
  };
  co_return response;
}

}  // namespace ordinal::apiserver::rest
