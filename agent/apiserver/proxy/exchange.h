// Exchange: one request handed to a server behind the API, and its answer. Control thread; nothing blocks.
//
//   client ─── Request::upload ──> Exchange ──> server      a piece of 64 KiB each way at most is held
//          <── Stream::Next() ────          <──
//
// Bounds: 30 s to connect; five minutes from the end of the request to the head of the answer, which has 64 KiB; a
// minute in which the server takes no byte of the request. A client that is gone ends it at once. A body may take for
// ever, as long as the client stays.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <optional>
#include <string>

#include "agent/apiserver/proxy/headers.h"
#include "agent/http/upstream.h"

namespace ordinal::apiserver::proxy {

struct ExchangeTerms {
  std::string url;      ///< "http://10.244.0.3:80/a/b?c=d"
  std::string path;     ///< the request's own, for X-Forwarded-Uri
  Rewriting rewriting;  ///< of the answer's Location
};

class Exchange final : public http::Stream, public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const Executor& executor, std::shared_ptr<const http::Request> request, ExchangeTerms terms);

  /// Sends the request, if it is not withdrawn before its answer comes (http::Withdrawal); the answer's body comes
  /// while it is read. kUnavailable: there is no answer, in the words of Go's client.
  Task<Result<http::Response>> Run();

  Task<Result<std::string>> Next() override;
  void Close() override;

 private:
  using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

  Task<Result<http::Response>> Ask();
  std::string Head(const http::RelayTarget& to) const;
  static Task<void> SendBody(std::shared_ptr<Exchange> exchange);
  Task<Status> CopyBody();
  Task<Status> ReadHead();
  http::Response Answer();

  const Executor executor_;
  const std::shared_ptr<const http::Request> request_;
  const ExchangeTerms terms_;
  http::Upstream upstream_;
  boost::beast::flat_buffer read_;
  std::optional<Parser> parser_;
  std::optional<http::Deadline> answer_in_;  ///< until the answer's head is there
  bool answered_ = false;
};

}  // namespace ordinal::apiserver::proxy
