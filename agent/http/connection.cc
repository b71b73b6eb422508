#include "agent/http/connection.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/log.h"
#include "agent/http/gzip.h"
#include "agent/http/listen.h"
#include "agent/http/response_head.h"
#include "agent/http/target.h"
#include "agent/http/tls.h"

namespace ordinal::http {
namespace {

constexpr std::chrono::seconds kGoodbye{2};
constexpr size_t kOneWrite = 16 * 1024;  // a body up to this size goes out together with its head
constexpr char kTooManyRequests[] = "the server has as many connections as it takes; try again in a second";
constexpr char kTooManyStreams[] = "the server has as many watches and streams as it takes; try again in a second";

/// The text of a body, made now if it is made late.
Result<std::string> TextOf(Response& response) {
  if (auto* text = std::get_if<std::string>(&response.body)) return std::move(*text);
  const auto& make = std::get<std::function<std::string()>>(response.body);
  try {
    return make();
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kInternal, error.what());
  }
}

bool Has(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return true;
  }
  return false;
}

void Compress(const Request& request, size_t from, Response& response, std::string& text) {
  if (text.size() < from || Has(response, "Content-Encoding")) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!AcceptsGzip(request.Header("accept-encoding"))) return;
  auto packed = Gzip(text);
  if (!packed.ok()) return;  // as it is, then
  text = std::move(packed).value();
  response.headers.emplace_back("Content-Encoding", "gzip");
}

std::string ChunkOf(std::string_view text) {
  std::string chunk = fmt::format("{:x}\r\n", text.size());
  chunk.reserve(chunk.size() + text.size() + 2);
  chunk.append(text).append("\r\n");
  return chunk;
}

/// Counts a stream as long as it lives.
class Counted {
 public:
  explicit Counted(size_t& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  size_t& count_;
};

}  // namespace

Connection::Connection(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, Place& place, SteadyTime since)
    : wire_(wire),
      shared_(shared),
      loop_(std::move(loop)),
      place_(place),
      stranger_until_(since + shared.limits.stranger),
      watch_ended_(loop_->executor()) {}

void Connection::Abort() {
  aborted_ = true;
  wire_.Abort();
  if (abort_other_) abort_other_();
  if (feeder_ != nullptr) feeder_->Stop();
  if (answer_) answer_->Abandon();
  if (piece_) piece_->Abandon();
}

Task<void> Connection::Run() {
  const Status shaken = co_await wire_.Handshake(Patience(shared_.limits.stranger));
  if (!shaken.ok()) {
    log::Debug("http: a handshake failed: {}", shaken.error().message);
    co_return;
  }
  if (auto* const tls = wire_.transport().tls()) {
    auto shown = CertificateOf(tls->native_handle());
    certificate_refused_ = shown.refused;
    certificate_ = std::move(shown.certificate);
  } else {
    peer_ = PeerOf(wire_.socket());
  }
  remote_ = AddressOfPeer(wire_.socket());
  // Somebody who comes to ask, if not at once: a pool of connections is made before it is used.
  if ((certificate_ || peer_) && shared_.authenticate(Shown({}))) place_.Proves();
  Served served{true, false};
  while (served.more && !aborted_) served = co_await ServeOne();
  if (served.goodbye && !aborted_) co_await wire_.Shutdown(kGoodbye);
}

Credentials Connection::Shown(std::string_view bearer) const {
  return {certificate_ ? &*certificate_ : nullptr, peer_, bearer};
}

Duration Connection::Patience(Duration limit) const {
  if (asked_) return limit;
  return std::clamp(stranger_until_ - shared_.clock.Steady(), Duration::zero(), limit);
}

std::optional<Response> Connection::Early(Incoming& incoming) {
  if (certificate_refused_) return shared_.failure(401, "Unauthorized");
  auto user = shared_.authenticate(Shown(incoming.bearer));
  if (!user) return shared_.failure(401, "Unauthorized");
  const bool proved = certificate_ || peer_ || !incoming.bearer.empty();
  if (proved && !place_.Proves()) {
    incoming.keep_alive = false;
    return shared_.failure(429, kTooManyRequests);
  }
  asked_ = asked_ || proved;
  Request& request = *incoming.request;
  request.user = std::move(*user);
  request.remote = remote_;
  return shared_.authorize ? shared_.authorize(request) : std::nullopt;
}

Task<Connection::Served> Connection::ServeOne() {
  RequestReader reader(wire_, shared_.limits, shared_.check_body, shared_.hands_on);
  Incoming& incoming = reader.incoming();
  place_.Rests();
  if (Patience(shared_.limits.idle) == Duration::zero()) co_return Served{false, true};
  const Status spoke = co_await reader.FirstByte(Patience(shared_.limits.idle));
  if (!spoke.ok() || aborted_) co_return Served();
  place_.Works();
  auto refusal = co_await reader.Header(Patience(shared_.limits.header));
  if (!refusal) {
    if (auto early = Early(incoming)) {
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
    co_return co_await RespondText(incoming, shared_.failure(refusal->status, refusal->message));
  }
  auto answer = co_await AskHandler(incoming);
  incoming.request->room.reset();
  if (!answer) co_return Served();
  co_return co_await Respond(incoming, std::move(*answer));
}

Task<Connection::Served> Connection::ServeUpload(RequestReader& reader) {
  Incoming& incoming = reader.incoming();
  UploadFeeder feeder(reader, loop_, shared_.control.executor(), shared_.limits.body);
  incoming.request->upload = feeder.upload();
  feeder_ = &feeder;
  Spawn(loop_->executor(), "http upload", feeder.Feed());
  auto answer = co_await AskHandler(incoming);
  Served served;
  if (answer && !aborted_) {
    // Behind what was not taken of it nothing can follow.
    incoming.keep_alive = incoming.keep_alive && !reader.BodyFollows();
    served = co_await Respond(incoming, std::move(*answer));
  }
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
  BodyTerms terms{reader.incoming().request->user.writes ? limits.body_bytes
                                                         : std::min(limits.body_bytes, limits.reader_body_bytes),
                  Patience(limits.body), shared_.bodies};
  co_return co_await reader.Body(std::move(terms));
}

Task<std::optional<Answer>> Connection::AskHandler(const Incoming& incoming) {
  const std::shared_ptr<Request> request = incoming.request;
  if (shared_.prepare && shared_.prepare->wanted(*request)) {
    auto work = [request, run = shared_.prepare->run]() -> Status {
      run(*request);
      return {};
    };
    if (!shared_.preparing) shared_.preparing = std::make_unique<BlockingPool>(1);
    const Status prepared = co_await shared_.preparing->Run(std::move(work));
    if (!prepared.ok()) log::Error("http: a body could not be read: {}", prepared.error().message);
    if (aborted_) co_return std::nullopt;
  }
  answer_ = std::make_shared<Mailbox<Answer>>(loop_);
  shared_.control.Ask(request, answer_);
  auto answer = co_await answer_->Take();
  answer_.reset();
  co_return answer;
}

Task<Connection::Served> Connection::Respond(const Incoming& incoming, Answer answer) {
  log::Debug("http: {} {} by {}: {}", incoming.request->method, PathOf(incoming.request->target),
             incoming.request->user.name, answer.response.status);
  const auto* proxy = std::get_if<Proxy>(&answer.response.body);
  auto* takeover = std::get_if<std::shared_ptr<Takeover>>(&answer.response.body);
  const bool messages = answer.response.messages && answer.response.status == 200;
  if (answer.stream == nullptr && proxy == nullptr && takeover == nullptr && !messages) {
    co_return co_await RespondText(incoming, std::move(answer.response));
  }
  const Limits& limits = shared_.limits;
  const bool writes = incoming.request->user.writes;
  if (shared_.streams >= (writes ? limits.streams : std::min(limits.streams, limits.reader_streams))) {
    answer.stream.reset();
    co_return co_await RespondText(incoming, shared_.failure(429, kTooManyStreams));
  }
  const Counted counted(shared_.streams);
  if (proxy != nullptr) co_return co_await RespondProxy(incoming, *proxy);
  if (takeover != nullptr) co_return co_await RespondTakeover(incoming, std::move(*takeover));
  if (messages) co_return co_await RespondMessages(incoming, std::move(answer));
  co_return co_await RespondStream(incoming, std::move(answer.response), std::move(answer.stream));
}

Task<Connection::Served> Connection::RespondText(const Incoming& incoming, Response response) {
  auto made = TextOf(response);
  if (!made.ok()) {
    log::Error("http: {} {}: the answer could not be written: {}", incoming.request->method,
               PathOf(incoming.request->target), made.error().message);
    response = shared_.failure(500, "the answer could not be written; the agent's log says why");
    made = std::get<std::string>(response.body);
  }
  std::string text = std::move(made).value();
  Compress(*incoming.request, shared_.limits.compress_from, response, text);
  const Framing framing{text.size(), false, incoming.keep_alive, shared_.clock.Now()};
  std::string head = ResponseHead(response, framing);
  if (incoming.head) text.clear();
  if (text.size() <= kOneWrite) head.append(std::exchange(text, {}));
  const Limits& limits = shared_.limits;
  const Duration stall = place_.known() ? limits.write : std::min(limits.write, limits.stranger);
  Status sent = co_await wire_.Write(head, stall);
  if (sent.ok()) sent = co_await wire_.Write(text, stall);
  if (!sent.ok()) co_return Served();
  co_return Served{incoming.keep_alive, true};
}

Task<Connection::Served> Connection::RespondStream(const Incoming& incoming, Response response,
                                                   std::shared_ptr<PulledStream> stream) {
  const bool chunks = incoming.chunks && !response.length;
  const bool keep_alive = incoming.keep_alive && (chunks || response.length);
  const Framing framing{response.length, chunks, keep_alive, shared_.clock.Now()};
  const std::string head = ResponseHead(response, framing);
  const Status sent = co_await wire_.Write(head, shared_.limits.write);
  if (!sent.ok()) co_return Served();
  if (incoming.head) co_return Served{keep_alive, true};
  client_gone_ = false;
  watching_ = feeder_ == nullptr || feeder_->ended();  // who still sends a body is read already
  const bool watched = watching_;
  if (watched) Spawn(loop_->executor(), "http client watch", WatchClient());
  const bool ended = co_await CopyStream(chunks, *stream);
  watching_ = false;
  if (watched) {
    const Deadline end_watch(wire_.alarm(), Duration::zero());
    co_await watch_ended_.Wait();
  }
  if (!ended || client_gone_) co_return Served();
  stream->Ended();
  co_return Served{keep_alive, true};
}

Task<bool> Connection::CopyStream(bool chunks, PulledStream& stream) {
  while (!client_gone_ && !aborted_) {
    piece_ = std::make_shared<Mailbox<Piece>>(loop_);
    stream.Pull(piece_);
    auto piece = co_await piece_->Take();
    piece_.reset();
    if (!piece || !piece->ok()) co_return false;
    std::string text = std::move(*piece).value();
    const bool last = text.empty();
    if (!chunks && last) co_return true;
    if (chunks) text = ChunkOf(text);
    const Status written = co_await wire_.Write(text, shared_.limits.write);
    if (!written.ok()) co_return false;
    if (last) co_return true;
  }
  co_return false;
}

Task<void> Connection::WatchClient() {
  while (watching_) {
    const Status read = co_await wire_.ReadSome(std::nullopt);
    // Cancelled by ourselves, or so much came that the client must be wrong: then only writing finds out.
    if (!read.ok() && (!watching_ || read.error().code == ErrorCode::kFailedPrecondition)) break;
    if (!read.ok()) {
      client_gone_ = true;
      if (piece_) piece_->Abandon();
      break;
    }
  }
  watch_ended_.Notify();
}

Task<Connection::Served> Connection::RespondProxy(const Incoming& incoming, const Proxy& proxy) {
  Relay relay(wire_, shared_.failure);
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
    auto made = TextOf(answer.response);
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
