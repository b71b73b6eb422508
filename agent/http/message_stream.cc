#include "agent/http/message_stream.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "agent/base/log.h"

namespace ordinal::http {
namespace {

std::string PaddedBase64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace

std::vector<std::string> MessagesOf(const Messages& how, std::string piece) {
  if (how.form == Messages::Form::kBase64) return {PaddedBase64(piece)};
  if (!how.lines) return {std::move(piece)};
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < piece.size();) {
    const size_t end = std::min(piece.find('\n', begin), piece.size() - 1) + 1;
    lines.push_back(piece.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

MessageStream::MessageStream(Wire& wire, std::shared_ptr<Loop> loop, Messages how)
    : loop_(std::move(loop)), how_(std::move(how)), socket_(wire), listened_(loop_->executor()) {}

void MessageStream::Abort() {
  gone_ = true;
  if (piece_) piece_->Abandon();
}

Task<bool> MessageStream::Run(const Request& request, std::string text, PulledStream* stream) {
  const Status accepted = co_await socket_.Accept(request, how_.protocol);
  if (!accepted.ok()) {
    log::Debug("http: {}", accepted.error().message);
    co_return false;
  }
  Spawn(loop_->executor(), "http websocket", Listen());
  bool sent = true;
  if (how_.greets) {
    const Status greeted = co_await socket_.Write({}, how_.form != Messages::Form::kBinary);
    sent = greeted.ok();
  }
  if (sent && !text.empty()) sent = co_await Send(std::move(text));
  bool ended = false;
  if (sent) ended = co_await Copy(stream);
  co_await socket_.Close();
  co_await listened_.Wait();
  co_return ended;
}

Task<bool> MessageStream::Send(std::string piece) {
  const std::vector<std::string> messages = MessagesOf(how_, std::move(piece));
  for (const std::string& message : messages) {
    const Status written = co_await socket_.Write(message, how_.form != Messages::Form::kBinary);
    if (!written.ok()) co_return false;
  }
  co_return true;
}

Task<bool> MessageStream::Copy(PulledStream* stream) {
  while (stream != nullptr) {
    if (gone_) co_return false;
    piece_ = std::make_shared<Mailbox<Piece>>(loop_);
    stream->Pull([mailbox = piece_](Piece piece, bool) { mailbox->Put(std::move(piece)); });
    auto piece = co_await piece_->Take();
    piece_.reset();
    if (!piece || !piece->ok()) co_return false;
    std::string text = ***piece;
    if (text.empty()) break;
    const bool sent = co_await Send(std::move(text));
    if (!sent) co_return false;
  }
  co_return true;
}

/// Sees the client leave, and answers its pings.
Task<void> MessageStream::Listen() {
  while (true) {
    const Result<WebSocket::Piece> piece = co_await socket_.Read();
    if (!piece.ok()) break;
  }
  gone_ = true;
  if (piece_) piece_->Abandon();
  listened_.Notify();
}

}  // namespace ordinal::http
