#include "agent/apiserver/streams/channels.h"

#include <utility>

namespace ordinal::apiserver::streams {
namespace {

constexpr char kIn = 0, kOut = 1, kErr = 2, kEnd = 3, kResize = 4;
constexpr char kCloses = static_cast<char>(255);
constexpr char kStreamType[] = "streamtype";

constexpr char kBrokenOff[] =
    R"({"metadata":{},"status":"Failure","message":"the connection to the container runtime broke off before the )"
    R"(command ended","reason":"InternalError","details":{"causes":[{"message":"the connection to the container )"
    R"(runtime broke off before the command ended"}]},"code":500})";

std::string Message(char channel, std::string_view bytes) {
  std::string message;
  message.reserve(bytes.size() + 1);
  message.push_back(channel);
  return message.append(bytes);
}

}  // namespace

ChannelBridge::ChannelBridge(std::string url, Channels channels)
    : Bridge({std::move(url), kV5, "v4.channel.k8s.io"}), channels_(channels) {}

Task<Status> ChannelBridge::Begin() {
  all_replied_.emplace(executor());
  const struct {
    bool wanted;
    char channel;
    const char* type;
  } kAll[] = {{true, kEnd, "error"},
              {channels_.in, kIn, "stdin"},
              {channels_.out, kOut, "stdout"},
              {channels_.err, kErr, "stderr"},
              {channels_.tty, kResize, "resize"}};
  std::string opening;
  uint32_t next = 1;
  for (const auto& [wanted, channel, type] : kAll) {
    if (!wanted) continue;
    opening += writer_.Open(next, {{kStreamType, type}});
    streams_[channel] = next;
    channel_of_[next] = channel;
    next += 2;
  }
  co_return co_await ToRuntime(std::move(opening));
}

/// An empty message in the lowest channel that the client hears, as the reference sends: the session is there.
Task<Status> ChannelBridge::Greet() {
  const char channel = channels_.out ? kOut : channels_.err ? kErr : kEnd;
  const std::string message = Message(channel, {});
  co_return co_await client().Write(message, false);
}

Task<Status> ChannelBridge::FromClient(http::WebSocket::Piece piece) {
  std::string_view bytes = piece.bytes;
  if (piece.begins) named_ = false;
  if (!named_ && bytes.empty()) co_return Status();
  while (!AllReplied() && !over()) co_await all_replied_->Wait();
  if (!std::exchange(named_, true)) {
    channel_ = bytes.front();
    bytes.remove_prefix(1);
  }
  if (bytes.empty()) co_return Status();
  if (channel_ == kCloses) co_return co_await CloseStream(bytes.front());
  const auto stream = streams_.find(channel_);
  const bool heard = channel_ == kIn || channel_ == kResize;  // of others a client says nothing
  if (!heard || stream == streams_.end()) co_return Status();
  std::string data = SpdyWriter::Data(stream->second, bytes, false);
  co_return co_await ToRuntime(std::move(data));
}

Task<Status> ChannelBridge::CloseStream(char channel) {
  const auto stream = streams_.find(channel);
  if (stream == streams_.end() || (channel != kIn && channel != kResize)) co_return Status();
  std::string data = SpdyWriter::Data(stream->second, {}, true);
  streams_.erase(stream);
  co_return co_await ToRuntime(std::move(data));
}

Task<Status> ChannelBridge::FromRuntime(std::string_view bytes) {
  CO_TRY(std::vector<SpdyEvent> events, reader_.Read(bytes));
  for (SpdyEvent& event : events) CO_TRYV(co_await Take(std::move(event)));
  co_return Status();
}

Task<Status> ChannelBridge::Take(SpdyEvent event) {
  if (event.kind == SpdyEvent::Kind::kPing) {
    std::string answer = SpdyWriter::Ping(event.stream);
    co_return co_await ToRuntime(std::move(answer));
  }
  const auto channel = channel_of_.find(event.stream);
  if (channel == channel_of_.end()) co_return Status();
  if (event.kind == SpdyEvent::Kind::kReply) {
    if (++replied_ < channel_of_.size()) co_return Status();
    all_replied_->Notify();
    co_return co_await Greet();
  }
  const bool out = channel->second == kOut || channel->second == kErr || channel->second == kEnd;
  if (event.kind != SpdyEvent::Kind::kData || event.bytes.empty() || !out) co_return Status();
  told_end_ = told_end_ || channel->second == kEnd;
  const std::string message = Message(channel->second, event.bytes);
  co_return co_await client().Write(message, false);
}

void ChannelBridge::Release() {
  if (all_replied_) all_replied_->Notify();
}

Task<void> ChannelBridge::End() {
  if (told_end_) co_return;
  const std::string message = Message(kEnd, kBrokenOff);
  [[maybe_unused]] const Status told = co_await client().Write(message, false);
}

}  // namespace ordinal::apiserver::streams
