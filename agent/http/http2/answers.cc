#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/base/log.h"
#include "agent/http/answer_text.h"
#include "agent/http/http2/response_fields.h"
#include "agent/http/http2/session.h"
#include "agent/http/target.h"

namespace ordinal::http::http2 {
namespace {

constexpr size_t kPending = 1024 * 1024;  // bytes of answers that are not taken; more texts are made when less are left
constexpr std::chrono::seconds kRestOfRequest{2};  // of a request that is answered
constexpr size_t kProgress = 16 * 1024;  // bytes that a client has to take of a stream within the limit for stalls

}  // namespace

void Session::Refuse(Exchange& exchange, const Refusal& refusal) {
  if (exchange.answered) return;
  SendText(exchange, shared_.Refused(*exchange.asked->incoming.request, refusal.status, refusal.message));
}

void Session::Respond(const ExchangePtr& exchange, Answer answer, Asking& asking) {
  const Request& request = *exchange->asked->incoming.request;
  log::Debug("http: {} {} by {}: {}", request.method, PathOf(request.target), request.user.name,
             answer.response.status);
  if (answer.stream != nullptr) {
    asking.Done();
    exchange->share = asking.TakePlace();
    return SendStream(exchange, std::move(answer));
  }
  if (pending_ <= kPending) {
    SendText(*exchange, std::move(answer.response));
    return asking.Done();
  }
  asking.Done();
  exchange->asked->late = std::make_unique<Answer>(std::move(answer));
  late_.push_back(exchange);
}

void Session::SendLate() {
  while (!hungry_.empty() && pending_ <= kPending) {
    const ExchangePtr exchange = std::move(hungry_.front());
    hungry_.pop_front();
    if (exchange->stream) Pull(exchange);
  }
  while (!late_.empty() && pending_ <= kPending) {
    const ExchangePtr exchange = std::move(late_.front());
    late_.pop_front();
    if (exchange->session == nullptr || exchange->answered) continue;
    const auto late = std::move(exchange->asked->late);
    SendText(*exchange, std::move(late->response));
  }
}

void Session::SendText(Exchange& exchange, Response response) {
  std::string text = TextOf(shared_, *exchange.asked->incoming.request, response);
  const size_t length = text.size();
  const bool body = length > 0 && !exchange.asked->incoming.request->head;
  exchange.last = true;
  if (body) {
    pending_ += length;
    exchange.out = std::make_shared<const std::string>(std::move(text));
  }
  Submit(exchange, response, length, body);
}

void Session::SendStream(const ExchangePtr& exchange, Answer answer) {
  Exchange& to = *exchange;
  const User& user = to.asked->incoming.request->user;
  if (answer.stream->waits()) to.share = StreamShare(shared_.waiting_streams, user);
  if (!to.share) to.share = StreamShare(shared_.streams, user);
  if (!to.share) return SendText(to, shared_.Refused(*to.asked->incoming.request, 429, kTooManyStreams));
  const bool head = to.asked->incoming.request->head;
  if (!head && to.share.of(shared_.streams)) to.user = std::make_unique<User>(user);
  Submit(to, answer.response, answer.response.length, !head);
  if (head) return;
  to.stream = std::move(answer.stream);
  Pull(exchange);
}

void Session::Submit(Exchange& exchange, const Response& response, std::optional<uint64_t> length, bool body) {
  exchange.answered = true;
  const ResponseFields fields(response, length, shared_.clock.Now());
  const std::vector<nghttp2_nv> list = fields.List();
  const nghttp2_data_provider from = BodyOf(&exchange);
  const int failed =
      nghttp2_submit_response(frames_.get(), exchange.id, list.data(), list.size(), body ? &from : nullptr);
  if (failed != 0) Reset(exchange, NGHTTP2_INTERNAL_ERROR);
  // A client that does not take the answer has so long.
  exchange.until = exchange.left() > 0 ? Moment::clock::now() + shared_.limits.write : Moment::max();
  ArmFor(exchange.until);
  Forget(exchange);
  wake_.Notify();
}

/// Asks for the stream's next piece; where too much is still to be sent, as soon as that is less.
void Session::Pull(const ExchangePtr& exchange) {
  if (pending_ > kPending) return hungry_.push_back(exchange);
  exchange->stream->Pull([exchange](Piece piece, bool waits) {
    if (exchange->session != nullptr) exchange->session->Brought(*exchange, std::move(piece), waits);
  });
}

void Session::Brought(Exchange& exchange, Piece piece, bool waits) {
  if (!exchange.stream) return;  // it was reset meanwhile
  if (!piece.ok()) return Reset(exchange, NGHTTP2_INTERNAL_ERROR);
  if (waits && exchange.user) {
    StreamShare place(shared_.waiting_streams, *exchange.user);
    if (place) {
      exchange.share = std::move(place);
      exchange.user.reset();
    }
  }
  exchange.out = std::move(*piece);
  exchange.sent = 0;
  pending_ += exchange.out->size();
  if (exchange.out->empty()) {
    exchange.last = true;
    exchange.stream->Ended();
    exchange.stream.reset();
  }
  exchange.until = Moment::clock::now() + shared_.limits.write;
  ArmFor(exchange.until);
  nghttp2_session_resume_data(frames_.get(), exchange.id);
  wake_.Notify();
}

ssize_t Session::Fill(Exchange& exchange, uint8_t* to, size_t room, uint32_t& flags) {
  const size_t count = std::min(room, exchange.left());
  if (count > 0) std::memcpy(to, exchange.out->data() + exchange.sent, count);
  exchange.sent += count;
  exchange.moved += count;
  pending_ -= count;
  budget_.Passed(count);
  if (exchange.left() > 0) {
    if (exchange.moved >= kProgress) {
      exchange.moved = 0;
      exchange.until = Moment::clock::now() + shared_.limits.write;
    }
    return static_cast<ssize_t>(count);
  }
  if (count > 0) budget_.Delivered();
  exchange.out.reset();
  exchange.sent = exchange.moved = 0;
  if (exchange.last) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }
  if (count == 0) return NGHTTP2_ERR_DEFERRED;
  exchange.until = Moment::max();
  Pull(Find(exchange.id));
  return static_cast<ssize_t>(count);
}

/// The answer is out. What the client still sends of its request is passed over for a moment: one that is told to stop
/// at once (RFC 9113 8.1), while its body is under way, may take the answer for none (curl 7.88: error 92).
void Session::EndSent(Exchange& exchange) {
  exchange.until = exchange.whole ? Moment::max() : Moment::clock::now() + kRestOfRequest;
  ArmFor(exchange.until);
}

/// Nothing more of it is to be sent.
void Session::Drop(Exchange& exchange) {
  pending_ -= exchange.left();
  exchange.out.reset();
  exchange.sent = 0;
  exchange.stream.reset();
  exchange.until = Moment::max();
}

void Session::Reset(Exchange& exchange, uint32_t error) {
  Drop(exchange);
  exchange.last = false;
  exchange.counted = true;
  nghttp2_submit_rst_stream(frames_.get(), NGHTTP2_FLAG_NONE, exchange.id, error);
  wake_.Notify();
}

}  // namespace ordinal::http::http2
