#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/http/http2/session.h"

namespace ordinal::http::http2 {
namespace {

constexpr size_t kHandlers = 100;    // of one connection, with those of streams that were reset
constexpr size_t kHeaderFactor = 4;  // headers so many times larger than allowed are not even refused
constexpr size_t kFieldOverhead = 32;
constexpr uint64_t kFree = 128 * 1024;  // bytes of requests: what one of HTTP/1.1 holds of header and small body

}  // namespace

Session::ExchangePtr Session::Find(int32_t id) const {
  const auto found = exchanges_.find(id);
  return found == exchanges_.end() ? nullptr : found->second;
}

int Session::Nuisance() {
  if (!finishing_ && !budget_.Spend(shared_.clock.Steady())) Finish(NGHTTP2_ENHANCE_YOUR_CALM);
  return 0;
}

/// Something about a stream was no HTTP, and nghttp2 resets it or leaves it out.
int Session::Refused(int32_t id) {
  if (id == header_of_) header_until_ = Moment::max();  // what is left of that header is not looked at
  if (const auto exchange = Find(id)) exchange->counted = true;
  return Nuisance();
}

int Session::Ended(int32_t id, uint32_t error) {
  if (id == header_of_) header_until_ = Moment::max();
  const auto exchange = Find(id);
  if (!exchange) return 0;
  const bool nuisance = error != NGHTTP2_NO_ERROR && !exchange->counted;
  Closed(*exchange);
  return nuisance ? Nuisance() : 0;
}

int Session::Begin(int32_t id, bool trailers) {
  header_bytes_ = 0;
  header_of_ = id;
  newest_ = std::max(newest_, id);
  header_until_ = Moment::clock::now() + shared_.limits.header;
  ArmFor(header_until_);
  if (trailers || finishing_) return 0;
  if (working_ >= kHandlers) {
    nghttp2_submit_rst_stream(frames_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
    return Nuisance();
  }
  if (exchanges_.empty()) {
    caller_.place().Works();
    idle_until_ = Moment::max();
  }
  auto exchange = std::make_shared<Exchange>(id, this);
  exchange->asked = std::make_unique<Asked>(shared_.limits);
  nghttp2_session_set_stream_user_data(frames_.get(), id, exchange.get());
  exchanges_.emplace(id, std::move(exchange));
  return 0;
}

int Session::Field(Exchange* exchange, std::string_view name, std::string_view value) {
  header_bytes_ += name.size() + value.size() + kFieldOverhead;
  if (header_bytes_ > kHeaderFactor * shared_.limits.header_bytes) {
    Finish(NGHTTP2_ENHANCE_YOUR_CALM);
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
  if (exchange != nullptr && exchange->asked && !exchange->header_came) exchange->asked->header.Add(name, value);
  return 0;
}

void Session::HeaderCame(const ExchangePtr& exchange, bool whole) {
  exchange->whole = whole;
  exchange->header_came = true;
  Asked& asked = *exchange->asked;
  if (const auto refusal = asked.header.Take(asked.incoming)) return Refuse(*exchange, *refusal);
  auto early = caller_.Early(asked.incoming);
  if (early && early->status == 401 && Settles(exchange)) return;
  Early(exchange, std::move(early));
}

bool Session::Settles(const ExchangePtr& exchange) {
  // Whoever calls this may be the last to hold it, on a thread that may destroy no exchange.
  const std::weak_ptr<Exchange> weak = exchange;
  auto then = [loop = loop_, self = self_, weak] {
    loop->Post([self, weak] {
      const ExchangePtr held = *self == nullptr ? nullptr : weak.lock();
      if (held && held->session != nullptr) held->session->Settled(held);
    });
  };
  if (!caller_.Settles(exchange->asked->incoming, std::move(then))) return false;
  exchange->settling = true;
  exchange->asked->body_limit = shared_.limits.reader_body_bytes;
  return true;
}

void Session::Settled(const ExchangePtr& exchange) {
  exchange->settling = false;
  if (exchange->answered) return;
  Early(exchange, caller_.Early(exchange->asked->incoming));
  wake_.Notify();
}

/// Room for a request that may be made, and what looks at its body.
std::optional<Refusal> Session::Admit(Exchange& exchange) {
  Asked& asked = *exchange.asked;
  const Request& request = *asked.incoming.request;
  asked.body_limit = shared_.limits.BodyBytes(request.user);
  if (!Hold(asked, asked.header.bytes())) {
    return Refusal{429, "the connection holds as many requests as it may; try again in a second"};
  }
  if (exchange.whole && request.body.empty()) return std::nullopt;
  const bool hands_on = shared_.hands_on && shared_.hands_on(request);  // another server's: whatever it is
  if (shared_.check_body && !hands_on) asked.check = shared_.check_body(request);
  return asked.check && !request.body.empty() ? asked.check->Take(request.body) : std::nullopt;
}

/// Now it is known who sends it, and what is to be answered before a handler is asked.
void Session::Early(const ExchangePtr& exchange, std::optional<Response> early) {
  exchange->goodbye = !exchange->asked->incoming.keep_alive;
  if (early) return SendText(*exchange, std::move(*early));
  if (const auto refusal = Admit(*exchange)) return Refuse(*exchange, *refusal);
  if (exchange->whole) return Whole(exchange);
  exchange->until = Moment::clock::now() + caller_.Patience(shared_.limits.body);
  ArmFor(exchange->until);
  if (exchange->asked->incoming.request->Header("expect").empty()) return;
  std::string name = ":status", value = "100";
  const nghttp2_nv status{reinterpret_cast<uint8_t*>(name.data()), reinterpret_cast<uint8_t*>(value.data()),
                          name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_headers(frames_.get(), NGHTTP2_FLAG_NONE, exchange->id, nullptr, &status, 1, nullptr);
}

bool Session::Hold(Asked& asked, uint64_t more) {
  if (held_ + more <= kFree) {
    held_ += more;
    asked.free_bytes += more;
    return true;
  }
  if (!asked.share) {
    asked.share = std::make_shared<BodyShare>(shared_.bodies, asked.incoming.request->user.name);
    asked.incoming.request->room = asked.share;
  }
  asked.shared_bytes += more;
  return asked.share->Grow(asked.shared_bytes);
}

/// The request is over and needs no memory; not while its handler has it.
void Session::Forget(Exchange& exchange) {
  if (!exchange.asked || exchange.asked->asking != nullptr || exchange.asked->relay != nullptr) return;
  held_ -= exchange.asked->free_bytes;
  exchange.asked.reset();
}

std::optional<Refusal> Session::LookAtBody(Exchange& exchange, std::string_view more) {
  Asked& asked = *exchange.asked;
  std::string& body = asked.incoming.request->body;
  if (asked.check) {
    if (auto refusal = asked.check->Take(more)) return refusal;
  }
  if (body.size() + more.size() > asked.body_limit) {
    if (exchange.settling) return Refusal{401, "Unauthorized"};
    return Refusal{413, fmt::format("Request entity too large: limit is {}", asked.body_limit)};
  }
  // Nobody's yet: of what all share, and of one user's part of it, it gets nothing.
  if (exchange.settling && held_ + more.size() > kFree) return Refusal{401, "Unauthorized"};
  if (!Hold(asked, more.size())) {
    return Refusal{429, "the server holds as many large bodies as it takes; try again in a second"};
  }
  body.append(more);
  return std::nullopt;
}

void Session::Body(const ExchangePtr& exchange, std::string_view more) {
  if (exchange->answered) return;
  if (const auto refusal = LookAtBody(*exchange, more)) Refuse(*exchange, *refusal);
}

void Session::Whole(const ExchangePtr& exchange) {
  exchange->whole = true;
  if (exchange->answered || exchange->settling) return;
  exchange->until = Moment::max();
  exchange->asked->check.reset();
  ++working_;
  Spawn(loop_->executor(), "http2 request", Work(exchange));
}

Task<void> Session::Work(ExchangePtr exchange) {
  Asking asking(shared_, loop_);
  Asked& asked = *exchange->asked;
  asked.asking = &asking;
  askings_.insert(&asking);
  auto answer = co_await asking.Run(asked.incoming.request);
  if (answer && exchange->session != nullptr && std::holds_alternative<Proxy>(answer->response.body)) {
    asking.Done();
    StreamShare place = asking.TakePlace();
    answer = co_await PassOn(exchange, std::move(*answer), std::move(place));
  }
  if (answer) RefuseTakeover(*answer);
  askings_.erase(&asking);
  asked.asking = nullptr;
  if (answer && exchange->session != nullptr) {
    Respond(exchange, std::move(*answer), asking);
    wake_.Notify();
  } else {
    Forget(*exchange);
  }
  if (--working_ == 0) work_ended_.Notify();
}

/// A connection of its own, for another protocol, is HTTP/1.1's to give.
void Session::RefuseTakeover(Answer& answer) const {
  const Response& response = answer.response;
  const bool takeover = std::holds_alternative<std::shared_ptr<Takeover>>(response.body);
  if (!takeover && (!response.messages || response.status != 200)) return;
  answer.stream.reset();
  answer.response = shared_.failure(400, "this needs a connection of its own: ask for it by HTTP/1.1");
}

/// To a server of this host that answers by itself: what switches protocols comes by HTTP/1.1.
Task<Answer> Session::PassOn(ExchangePtr exchange, Answer answer, StreamShare share) {
  if (!share) share = StreamShare(shared_.streams, exchange->asked->incoming.request->user);
  Answer theirs;
  if (!share) {
    theirs.response = shared_.Refused(*exchange->asked->incoming.request, 429, kTooManyStreams);
    co_return theirs;
  }
  Relay relay(wire_, shared_.failure, shared_.limits.write);
  exchange->asked->relay = &relay;
  auto response = co_await relay.Run(*exchange->asked->incoming.request, std::get<Proxy>(answer.response.body));
  exchange->asked->relay = nullptr;
  if (response) theirs.response = std::move(*response);
  co_return theirs;
}

void Session::Closed(Exchange& exchange) {
  const ExchangePtr held = Find(exchange.id);
  exchange.session = nullptr;
  std::erase(late_, held);
  std::erase(hungry_, held);
  Drop(exchange);
  if (exchange.asked && exchange.asked->relay != nullptr) exchange.asked->relay->Abort();
  if (exchange.asked && exchange.asked->asking != nullptr) exchange.asked->asking->Withdraw();
  Forget(exchange);
  exchange.share = StreamShare();
  exchanges_.erase(exchange.id);
  if (exchange.goodbye) Finish(NGHTTP2_NO_ERROR);
  CameToRest();
}

}  // namespace ordinal::http::http2
