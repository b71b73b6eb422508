#include "agent/http/http2/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/base/log.h"

namespace ordinal::http::http2 {
namespace {

constexpr uint32_t kStreams = 100;       // at once; client-go opens another connection for more
constexpr size_t kOneWrite = 64 * 1024;  // bytes a client has to take within the limit for stalls
constexpr size_t kQueued = 1000;         // frames that wait to be sent: until the client takes them nothing is read
constexpr std::chrono::milliseconds kLastWords{250};
constexpr std::chrono::seconds kGoodbye{2};

}  // namespace

Session::Session(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, Caller& caller)
    : wire_(wire),
      shared_(shared),
      loop_(std::move(loop)),
      caller_(caller),
      frames_(MakeFrames(*this)),
      budget_(SteadyTime()),
      wake_(loop_->executor()),
      drained_(loop_->executor()),
      write_ended_(loop_->executor()),
      work_ended_(loop_->executor()),
      timer_(loop_->executor()),
      self_(std::make_shared<Session*>(this)) {}

Session::~Session() { *self_ = nullptr; }

void Session::Start() {
  const std::array<nghttp2_settings_entry, 3> settings = {{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreams},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(shared_.limits.header_bytes)},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  nghttp2_submit_settings(frames_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  const auto patience = caller_.Patience(shared_.limits.stranger);
  if (!caller_.proved()) stranger_until_ = Moment::clock::now() + patience;
  ArmFor(stranger_until_);
  CameToRest();
}

Task<void> Session::Run() {
  Start();
  Spawn(loop_->executor(), "http2 writer", Write());
  co_await Read();
  if (gone_) wire_.Abort();  // what is being written reaches nobody
  Finish(NGHTTP2_NO_ERROR);
  co_await write_ended_.Wait();
  CloseAll();
  while (working_ > 0) co_await work_ended_.Wait();
  timer_.cancel();
  if (!gone_) co_await wire_.Shutdown(aborted_ ? Duration(kLastWords) : Duration(kGoodbye));
}

void Session::Abort() {
  aborted_ = true;
  Finish(NGHTTP2_NO_ERROR);
}

void Session::Finish(uint32_t error) {
  if (finishing_) return;
  finishing_ = true;
  nghttp2_session_terminate_session(frames_.get(), error);
  end_by_ = Moment::clock::now() + kLastWords;
  ArmFor(end_by_);
  wake_.Notify();
  drained_.Notify();
}

void Session::CloseAll() {
  while (!exchanges_.empty()) {
    const ExchangePtr exchange = exchanges_.begin()->second;
    Closed(*exchange);
  }
  for (Asking* asking : askings_) asking->Abandon();
  late_.clear();
  hungry_.clear();
}

Task<void> Session::Read() {
  while (!over_ && !finishing_) {
    if (nghttp2_session_get_outbound_queue_size(frames_.get()) > kQueued) {
      co_await drained_.Wait();
      continue;
    }
    const Status read = co_await wire_.ReadSome(std::nullopt);
    if (!read.ok()) {
      gone_ = !over_ && !finishing_;
      co_return;
    }
    TakeBytes();
  }
}

void Session::TakeBytes() {
  auto& buffer = wire_.buffer();
  const auto data = buffer.data();
  const ssize_t taken = nghttp2_session_mem_recv(frames_.get(), static_cast<const uint8_t*>(data.data()), data.size());
  buffer.consume(data.size());
  if (taken < 0) {
    log::Debug("http: a connection of HTTP/2 ends: {}", nghttp2_strerror(static_cast<int>(taken)));
    // Too many answers to PING and SETTINGS that are not taken, or CONTINUATIONs; mistakes are answered by nghttp2.
    Finish(taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_ENHANCE_YOUR_CALM);
  }
  wake_.Notify();
}

std::string Session::Collect() {
  std::string bytes;
  while (bytes.size() < kOneWrite) {
    const uint8_t* more = nullptr;
    const ssize_t count = nghttp2_session_mem_send(frames_.get(), &more);
    if (count <= 0) break;
    bytes.append(reinterpret_cast<const char*>(more), static_cast<size_t>(count));
  }
  return bytes;
}

Task<void> Session::Write() {
  while (true) {
    SendLate();
    const std::string bytes = Collect();
    if (bytes.empty()) {
      const bool more = !finishing_ && nghttp2_session_want_read(frames_.get()) != 0;
      if (!more) break;
      co_await wake_.Wait();
      continue;
    }
    const Status sent = co_await wire_.Write(bytes, shared_.limits.write);
    if (!sent.ok()) {
      gone_ = true;
      break;
    }
    drained_.Notify();
  }
  over_ = true;
  drained_.Notify();
  boost::system::error_code ignored;
  wire_.socket().cancel(ignored);  // who reads has nothing more to come
  write_ended_.Notify();
}

}  // namespace ordinal::http::http2
