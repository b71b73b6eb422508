#include "agent/apiserver/watch/start.h"

#include <fmt/format.h>

#include "agent/apiserver/rest/list_options.h"
#include "agent/apiserver/streams/upgrade.h"
#include "agent/apiserver/watch/watch_stream.h"
#include "agent/http/bearer.h"

namespace ordinal::apiserver::watch {
namespace {

// A watch without timeoutSeconds ends between half an hour and an hour, so that clients spread out (apiserver
// --min-request-timeout 1800).
constexpr uint64_t kLeastTimeout = 1800;

struct Wish {
  std::optional<uint64_t> revision;  ///< start after this; absent or 0: now
  bool initial = false;              ///< report what is there
  bool mark_initial = false;
  bool bookmarks = false;
  Duration timeout{};
};

Result<Wish> Read(rest::Call& call) {
  const http::Request& request = *call.request;
  Wish wish;
  TRYV(rest::CheckListOptions(call, /*watch=*/true));
  TRY(wish.revision, rest::RevisionAsked(call, /*watch=*/true));
  TRY(const auto timeout, rest::NumberOf(request, "timeoutSeconds"));
  const uint64_t fallback = kLeastTimeout + call.with.random.Next() % kLeastTimeout;
  const uint64_t seconds = timeout.value_or(0) == 0 ? fallback : std::min<uint64_t>(*timeout, 24 * 3600);
  wish.timeout = std::chrono::seconds(seconds);
  wish.bookmarks = rest::Flag(request, "allowWatchBookmarks");
  const bool given = request.HasQuery("sendInitialEvents");
  wish.initial = given ? rest::Flag(request, "sendInitialEvents") : wish.revision.value_or(0) == 0;
  wish.mark_initial = given && wish.initial && wish.bookmarks;
  return wish;
}

/// Events, in a WebSocket a text message each, if the request asks for one.
http::Response Events(const rest::Call& call) {
  const http::Request& request = *call.request;
  http::Response response;
  response.content_type = ContentTypeOf(call.accept);
  if (!http::AsksForWebSocket(request)) return response;
  response.messages.emplace();
  response.messages->lines = true;
  const std::vector<std::string> offered = streams::SubprotocolsOf(request);
  if (!offered.empty()) response.messages->protocol = offered.front();  // any: browsers want theirs back
  return response;
}

}  // namespace

Task<Result<http::Response>> Start(rest::Call& call, std::shared_ptr<Common> common) {
  if (http::AsksForWebSocket(*call.request)) call.accept.protobuf = false;  // whose messages are text
  CO_TRY(const Wish wish, Read(call));
  CO_TRY(store::ListOptions options, rest::SelectionOf(call));
  store::ObjectReader& store = call.with.stored;
  std::string kind(api::KeyOf(call.kind()));
  Plan plan{rest::ViewOf(call), {}, wish.mark_initial, wish.bookmarks, wish.timeout};
  uint64_t start = wish.revision.value_or(0);
  if (wish.initial || start == 0) {
    store::ListOptions now = options;
    if (!wish.initial) now.limit = 1;  // only its revision is wanted
    CO_TRY(store::ListResult list, co_await store.List(kind, std::move(now)));
    if (start > list.revision) {
      co_return MakeError(ErrorCode::kDeadlineExceeded,
                          fmt::format("Too large resource version: {}, current: {}", start, list.revision),
                          "ResourceVersionTooLarge");
    }
    if (wish.initial) plan.initial = std::move(list.items);
    start = list.revision;
  }
  auto watch = co_await store.StartWatch(kind, std::move(options), start);
  if (!watch.ok()) {
    if (watch.error().code != ErrorCode::kExpired) co_return std::move(watch).error();
    http::Response expired = Events(call);
    expired.body = ErrorLine(call.accept, rest::RefusalOf(watch.error(), {call.route.kind, ""}, {}));
    co_return expired;
  }
  http::Response response = Events(call);
  response.body = std::shared_ptr<http::Stream>(
      std::make_shared<WatchStream>(call.with.clock, std::move(common), std::move(*watch), std::move(plan)));
  co_return response;
}

}  // namespace ordinal::apiserver::watch
