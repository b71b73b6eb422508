#include "agent/http/connection.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/log.h"
#include "agent/http/answer_text.h"
#include "agent/http/http2/session.h"
#include "agent/http/response_head.h"
#include "agent/http/target.h"
#include "agent/http/tls.h"

namespace ordinal::http {
namespace {

constexpr std::chrono::seconds kGoodbye{2};
constexpr size_t kOneWrite = 16 * 1024;    // a body up to this size goes out together with its head
constexpr size_t kLargeText = 256 * 1024;  // a body from this size on may wait in this process for its client
constexpr size_t kStep = 64 * 1024;        // of such a body

std::string ChunkOf(std::string_view text) {
  std::string chunk = fmt::format("{:x}\r\n", text.size());
  chunk.reserve(chunk.size() + text.size() + 2);
  chunk.append(text).append("\r\n");
  return chunk;
}

}  // namespace

Connection::Connection(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, Place& place, SteadyTime since)
    : wire_(wire),
      shared_(shared),
      loop_(std::move(loop)),
      caller_(shared, place, since),
      watch_ended_(loop_->executor()) {}

void Connection::Abort() {
  aborted_ = true;
  if (session_ != nullptr) {
    session_->Abort();
    return;
  }
  wire_.Abort();
  if (asking_ != nullptr) asking_->Abandon();
  if (abort_other_) abort_other_();
  if (feeder_ != nullptr) feeder_->Stop();
  if (piece_) piece_->Abandon();
  if (settled_) settled_->Abandon();
}

Task<void> Connection::Run(std::function<void()> shaken) {
  const Status handshake = co_await wire_.Handshake(caller_.Patience(shared_.limits.stranger));
  shaken();
  if (!handshake.ok()) {
    log::Debug("http: a handshake failed: {}", handshake.error().message);
    co_return;
  }
  caller_.Meet(wire_);
  auto* const tls = wire_.transport().tls();
  if (tls != nullptr && ChoseHttp2(tls->native_handle())) {
    co_await RunSession();
    co_return;
  }
  Served served{true, false};
  while (served.more && !aborted_) served = co_await ServeOne();
  if (served.goodbye && !aborted_) co_await wire_.Shutdown(kGoodbye);
}

Task<void> Connection::RunSession() {
  if (aborted_) co_return;
  http2::Session session(wire_, shared_, loop_, caller_);
  session_ = &session;
  co_await session.Run();
  session_ = nullptr;
}

Task<Connection::Served> Connection::ServeOne() {
  RequestReader reader(wire_, shared_.limits, shared_.check_body, shared_.hands_on);
  Incoming& incoming = reader.incoming();
  caller_.place().Rests();
  if (caller_.Patience(shared_.limits.idle) == Duration::zero()) co_return Served{false, true};
  const Status spoke = co_await reader.FirstByte(caller_.Patience(shared_.limits.idle));
  if (!spoke.ok() || aborted_) co_return Served();
  caller_.place().Works();
  auto refusal = co_await reader.Header(caller_.Patience(shared_.limits.header));
  if (!refusal) {
    auto early = caller_.Early(incoming);
    if (early && early->status == 401) {
      early = co_await Settled(incoming, std::move(*early));
      if (aborted_) co_return Served();
    }
    if (early) {
      // What it sent further is not read, so nothing can follow it.
      incoming.keep_alive = incoming.keep_alive && !reader.BodyFollows();
      co_return co_await RespondText(incoming, std::move(*early));
    }
    if (reader.HandsOnBody()) co_return co_await ServeUpload(reader);
    refusal = co_await ReadBody(reader);
  }
  if (refusal) {
    if (refusal->status == 0) co_return Served();
    incoming.keep_alive = false;
    co_return co_await RespondText(incoming, shared_.Refused(*incoming.request, refusal->status, refusal->message));
  }
  co_return co_await Handle(incoming, reader);
}

Task<std::optional<Response>> Connection::Settled(Incoming& incoming, Response refused) {
  settled_ = std::make_shared<Mailbox<bool>>(loop_);
  auto then = [loop = loop_, mailbox = settled_] { loop->Post([mailbox] { mailbox->Put(true); }); };
  std::optional<bool> settled;
  if (caller_.Settles(incoming, std::move(then))) settled = co_await settled_->Take();
  settled_.reset();
  if (!settled) co_return refused;
  co_return caller_.Early(incoming);
}

Task<Connection::Served> Connection::ServeUpload(RequestReader& reader) {
  Incoming& incoming = reader.incoming();
  UploadFeeder feeder(reader, loop_, shared_.control.executor(), shared_.limits.body);
  incoming.request->upload = feeder.upload();
  feeder_ = &feeder;
  Spawn(loop_->executor(), "http upload", feeder.Feed());
  Served served = co_await Handle(incoming, reader);
  feeder.Stop();
  if (!feeder.ended()) {
    const Deadline end_feed(wire_.alarm(), Duration::zero());
    co_await feeder.Ended();
  }
  feeder_ = nullptr;
  served.more = served.more && !reader.BodyFollows();
  co_return served;
}

Task<std::optional<Refusal>> Connection::ReadBody(RequestReader& reader) {
  const Limits& limits = shared_.limits;
  BodyTerms terms{limits.BodyBytes(reader.incoming().request->user), caller_.Patience(limits.body), shared_.bodies};
  co_return co_await reader.Body(std::move(terms));
}

Task<Connection::Served> Connection::Handle(Incoming& incoming, const RequestReader& reader) {
  Asking asking(shared_, loop_);
  asking_ = &asking;
  auto answer = co_await asking.Run(incoming.request);
  asking_ = nullptr;
  if (!answer || aborted_) co_return Served();
  // Behind what was not taken of its body nothing can follow.
  incoming.keep_alive = incoming.keep_alive && !reader.BodyFollows();
  co_return co_await Respond(incoming, std::move(*answer), asking);
}

Task<Connection::Served> Connection::Respond(const Incoming& incoming, Answer answer, Asking& asking) {
  const Request& request = *incoming.request;
  log::Debug("http: {} {} by {}: {}", request.method, PathOf(request.target), request.user.name,
             answer.response.status);
  const auto* proxy = std::get_if<Proxy>(&answer.response.body);
  auto* takeover = std::get_if<std::shared_ptr<Takeover>>(&answer.response.body);
  const bool messages = answer.response.messages && answer.response.status == 200;
  if (answer.stream == nullptr && proxy == nullptr && takeover == nullptr && !messages) {
    co_return co_await RespondText(incoming, std::move(answer.response), &asking);
  }
  asking.Done();
  StreamShare share = asking.TakePlace();
  if (!share) share = StreamShare(shared_.streams, request.user);
  if (!share) {
    answer.stream.reset();
    co_return co_await RespondText(incoming, shared_.Refused(request, 429, kTooManyStreams));
  }
  if (proxy != nullptr) co_return co_await RespondProxy(incoming, *proxy);
  if (takeover != nullptr) co_return co_await RespondTakeover(incoming, std::move(*takeover));
  if (messages) co_return co_await RespondMessages(incoming, std::move(answer));
  co_return co_await RespondStream(incoming, std::move(answer.response), std::move(answer.stream));
}

Task<Connection::Served> Connection::RespondText(const Incoming& incoming, Response response, Asking* asking) {
  std::string text = TextOf(shared_, *incoming.request, response);
  if (asking != nullptr) asking->Done();
  const Framing framing{text.size(), false, incoming.keep_alive, shared_.clock.Now()};
  std::string head = ResponseHead(response, framing);
  if (incoming.request->head) text.clear();
  if (text.size() <= kOneWrite) head.append(std::exchange(text, {}));
  const Limits& limits = shared_.limits;
  const Duration stall = caller_.place().known() ? limits.write : std::min(limits.write, limits.stranger);
  Status sent = co_await wire_.Write(head, stall);
  if (sent.ok() && text.size() < kLargeText) {
    sent = co_await wire_.Write(text, stall);
  } else if (sent.ok()) {
    sent = co_await WriteLarge(text, stall);
  }
  if (!sent.ok()) co_return Served();
  co_return Served{incoming.keep_alive, true};
}

Task<Status> Connection::WriteLarge(std::string_view text, Duration stall) {
  std::optional<Deadline> hurry;
  const auto limit = [&] { hurry.emplace(wire_.alarm(), shared_.limits.hurry); };
  BeginWatch(limit);
  Status sent;
  while (sent.ok() && !text.empty()) {
    const std::string_view step = text.substr(0, kStep);
    if (client_gone_) limit();
    sent = co_await wire_.Write(step, stall);
    text.remove_prefix(step.size());
  }
  if (!sent.ok() && hurry && hurry->expired()) wire_.Reset();
  hurry.reset();
  co_await EndWatch();
  co_return sent;
}

Task<Connection::Served> Connection::RespondStream(const Incoming& incoming, Response response,
                                                   std::shared_ptr<PulledStream> stream) {
  const bool chunks = incoming.chunks && !response.length;
  const bool keep_alive = incoming.keep_alive && (chunks || response.length);
  const Framing framing{response.length, chunks, keep_alive, shared_.clock.Now()};
  const std::string head = ResponseHead(response, framing);
  const Status sent = co_await wire_.Write(head, shared_.limits.write);
  if (!sent.ok()) co_return Served();
  if (incoming.request->head) co_return Served{keep_alive, true};
  BeginWatch([this] {
    if (piece_) piece_->Abandon();
    wire_.Abort();  // what is being written reaches nobody
  });
  const bool ended = co_await CopyStream(chunks, *stream);
  co_await EndWatch();
  if (!ended || client_gone_) co_return Served();
  stream->Ended();
  co_return Served{keep_alive, true};
}

Task<bool> Connection::CopyStream(bool chunks, PulledStream& stream) {
  while (!client_gone_ && !aborted_) {
    piece_ = std::make_shared<Mailbox<Piece>>(loop_);
    stream.Pull([mailbox = piece_](Piece piece, bool) { mailbox->Put(std::move(piece)); });
    auto piece = co_await piece_->Take();
    piece_.reset();
    if (!piece || !piece->ok()) co_return false;
    const SharedText text = std::move(*piece).value();
    const bool last = text->empty();
    if (!chunks && last) co_return true;
    const std::string chunk = chunks ? ChunkOf(*text) : std::string();
    const Status written = co_await wire_.Write(chunks ? chunk : *text, shared_.limits.write);
    if (!written.ok()) co_return false;
    if (last) co_return true;
  }
  co_return false;
}

Task<void> Connection::WatchClient(std::function<void()> left) {
  // Who still sends a body is read already.
  if (feeder_ != nullptr) co_await feeder_->Ended();
  while (watching_) {
    const Status read = co_await wire_.ReadSome(std::nullopt);
    // Cancelled by ourselves, or so much came that the client must be wrong: then only writing finds out.
    if (!read.ok() && (!watching_ || read.error().code == ErrorCode::kFailedPrecondition)) break;
    if (!read.ok()) {
      client_gone_ = true;
      left();
      break;
    }
  }
  watch_ended_.Notify();
}

void Connection::BeginWatch(std::function<void()> left) {
  client_gone_ = false;
  watching_ = true;
  Spawn(loop_->executor(), "http client watch", WatchClient(std::move(left)));
}

Task<void> Connection::EndWatch() {
  watching_ = false;
  if (feeder_ != nullptr) feeder_->Stop();
  const Deadline end_watch(wire_.alarm(), Duration::zero());
  co_await watch_ended_.Wait();
}

Task<Connection::Served> Connection::RespondProxy(const Incoming& incoming, const Proxy& proxy) {
  Relay relay(wire_, shared_.failure, shared_.limits.write);
  abort_other_ = [&relay] { relay.Abort(); };
  auto response = co_await relay.Run(*incoming.request, proxy);
  abort_other_ = nullptr;
  if (!response || aborted_) co_return Served();
  co_return co_await RespondText(incoming, std::move(*response));
}

Task<Connection::Served> Connection::RespondTakeover(const Incoming& incoming, std::shared_ptr<Takeover> takeover) {
  abort_other_ = [takeover] { takeover->Abort(); };
  auto response = co_await takeover->Run(wire_, *incoming.request, shared_.failure);
  abort_other_ = nullptr;
  if (!response || aborted_) co_return Served();
  co_return co_await RespondText(incoming, std::move(*response));
}

Task<Connection::Served> Connection::RespondMessages(const Incoming& incoming, Answer answer) {
  std::string text;
  if (answer.stream == nullptr) {
    auto made = MakeText(answer.response);
    if (made.ok()) text = std::move(*made);
  }
  MessageStream stream(wire_, loop_, *answer.response.messages);
  abort_other_ = [&stream] { stream.Abort(); };
  const bool ended = co_await stream.Run(*incoming.request, std::move(text), answer.stream.get());
  abort_other_ = nullptr;
  if (ended && answer.stream) answer.stream->Ended();
  co_return Served{false, ended};
}

}  // namespace ordinal::http
