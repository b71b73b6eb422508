#include "agent/apiserver/proxy/exchange.h"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/read.hpp>
#include <iterator>
#include <utility>

#include "agent/base/caught.h"

namespace ordinal::apiserver::proxy {
namespace {

namespace beast = boost::beast::http;

constexpr std::chrono::seconds kDial{30};
constexpr std::chrono::seconds kTakes{60};
constexpr std::chrono::minutes kAnswers{5};
constexpr size_t kMostHeadBytes = 64 * 1024;
constexpr size_t kPieceBytes = 64 * 1024;
constexpr int kMostPreliminary = 6;  // answers of 1xx

Error NoAnswer(const std::string& why) { return MakeError(ErrorCode::kUnavailable, why); }

std::string InChunk(const std::string& piece) { return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece); }

bool IsPreliminary(unsigned status) { return status >= 100 && status < 200; }

}  // namespace

Exchange::Exchange(const Executor& executor, std::shared_ptr<const http::Request> request, ExchangeTerms terms)
    : executor_(executor),
      request_(std::move(request)),
      terms_(std::move(terms)),
      upstream_(executor),
      read_(kMostHeadBytes + kPieceBytes) {
  read_.reserve(kPieceBytes);  // else it is read 512 bytes at a time
}

std::string Exchange::Head(const http::RelayTarget& to) const {
  const std::string_view host = request_->Header("host");
  std::string head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", request_->head ? "HEAD" : request_->method,
                  to.target, host.empty() ? std::string_view(to.authority) : host);
  auto out = std::back_inserter(head);
  for (const auto& [name, value] : RequestFields(*request_, terms_.path)) {
    fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  const std::string_view length = request_->Header("content-length");
  if (request_->upload && length.empty()) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (request_->upload) {
    fmt::format_to(out, "Content-Length: {}\r\n", length);
  } else if (!request_->body.empty() || request_->method != "GET") {
    fmt::format_to(out, "Content-Length: {}\r\n", request_->body.size());
  }
  return head + "\r\n";
}

Task<Result<http::Response>> Exchange::Run() {
  const auto& withdrawal = request_->withdrawal;
  if (withdrawal) withdrawal->Use([this] { upstream_.Abort(); });
  auto answer = co_await Ask();
  if (withdrawal) withdrawal->Use(nullptr);
  co_return answer;
}

Task<Result<http::Response>> Exchange::Ask() {
  CO_TRY(const http::RelayTarget to, http::ParseRelayUrl(terms_.url));
  CO_TRYV(co_await upstream_.Connect(to, kDial));
  std::string message = Head(to);
  if (!request_->upload) message += request_->body;
  CO_TRYV(co_await upstream_.Write(message, kTakes));
  if (request_->upload) {
    Spawn(executor_, "proxied body", SendBody(shared_from_this()));
  } else {
    answer_in_.emplace(upstream_.alarm(), kAnswers);
  }
  CO_TRYV(co_await ReadHead());
  co_return Answer();
}

Task<void> Exchange::SendBody(std::shared_ptr<Exchange> exchange) {
  const Status sent = co_await Caught(exchange->CopyBody());
  // Half a request is none: the server sees that it ended early. What it says all the same is still read.
  if (!sent.ok() && !exchange->answered_) exchange->upstream_.Abort();
  if (!exchange->answered_) exchange->answer_in_.emplace(exchange->upstream_.alarm(), kAnswers);
}

Task<Status> Exchange::CopyBody() {
  const bool chunks = request_->Header("content-length").empty();
  while (true) {
    CO_TRY(const std::string piece, co_await request_->upload->Next());
    if (piece.empty()) break;
    const std::string framed = chunks ? InChunk(piece) : std::string();
    const Status written = co_await upstream_.Write(chunks ? framed : piece, kTakes);
    if (!written.ok()) co_return Status();  // it wants no more: its answer says why
  }
  if (!chunks) co_return Status();
  [[maybe_unused]] const Status ended = co_await upstream_.Write("0\r\n\r\n", kTakes);
  co_return Status();
}

Task<Status> Exchange::ReadHead() {
  boost::system::error_code code;
  for (int before = 0; before < kMostPreliminary; ++before) {
    parser_.emplace();
    parser_->header_limit(kMostHeadBytes);
    parser_->body_limit(boost::none);
    parser_->skip(request_->head);
    co_await beast::async_read_header(upstream_.transport(), read_, *parser_,
                                      asio::redirect_error(asio::use_awaitable, code));
    if (code || !IsPreliminary(parser_->get().result_int())) break;
  }
  const bool late = answer_in_ && answer_in_->expired();
  answered_ = true;
  answer_in_.reset();
  if (late) co_return NoAnswer("timeout awaiting response headers");
  if (code == beast::error::end_of_stream || code == asio::error::eof) co_return NoAnswer("EOF");
  if (code) co_return NoAnswer(code.message());
  if (IsPreliminary(parser_->get().result_int())) co_return NoAnswer("too many preliminary answers, or an upgrade");
  parser_->eager(false);  // else it waits for what follows a piece (the next chunk) before the piece is handed on
  co_return Status();
}

http::Response Exchange::Answer() {
  const auto& message = parser_->get();
  http::Response response;
  response.status = message.result_int();
  response.content_type = std::string(message[beast::field::content_type]);
  response.headers.emplace_back("Cache-Control", "no-cache, private");  // as on every answer; theirs stands beside it
  Fields theirs;
  for (const auto& field : message) theirs.emplace_back(field.name_string(), field.value());
  for (auto& field : AnswerFields(theirs, terms_.rewriting)) response.headers.push_back(std::move(field));
  const bool bodiless = response.status == 204 || response.status == 304;
  if (const auto length = parser_->content_length()) response.length = *length;
  if (bodiless) response.length = 0;
  response.body = std::shared_ptr<http::Stream>(shared_from_this());
  return response;
}

Task<Result<std::string>> Exchange::Next() {
  std::string piece(kPieceBytes, '\0');
  while (!parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    boost::system::error_code code;
    co_await beast::async_read_some(upstream_.transport(), read_, *parser_,
                                    asio::redirect_error(asio::use_awaitable, code));
    const size_t have = piece.size() - body.size;
    if (code && code != beast::error::need_buffer && have == 0) {
      co_return NoAnswer("the answer was broken off: " + code.message());
    }
    if (have == 0) continue;
    piece.resize(have);
    co_return piece;
  }
  upstream_.Abort();  // who still uploads to it ends
  co_return std::string();
}

void Exchange::Close() { upstream_.Abort(); }

}  // namespace ordinal::apiserver::proxy
