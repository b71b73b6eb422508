// Reads one HTTP/1.x request from a connection, within the limits.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "agent/apiserver/http/settings.h"
#include "agent/apiserver/http/wire.h"

namespace ordinal::apiserver::front {

struct Incoming {
  Request request;          ///< without its user; Authorization is taken out. HEAD reads as GET
  std::string bearer;       ///< the token of its Authorization header
  bool head = false;        ///< it was HEAD: the answer has no body
  bool keep_alive = false;  ///< the client may send another request
  bool chunks = true;       ///< HTTP/1.1: an answer may come in chunks
};

/// No request. `status` 0: the connection ended or waited too long for a next one; else what to answer before closing.
struct Refusal {
  int status = 0;
  std::string message;
};

/// One request, in two steps: who sent it can be asked before its body is read.
class RequestReader {
 public:
  RequestReader(Wire& wire, const Limits& limits);

  /// Reads the header into incoming(). Nothing: it is there.
  Task<std::optional<Refusal>> Header();
  /// Whether the request has a body that was not read.
  bool BodyFollows() const;
  /// Reads the body, asking for it if the client waits for that (Expect: 100-continue). Nothing: it is there.
  Task<std::optional<Refusal>> Body();

  Incoming& incoming() { return incoming_; }

 private:
  Refusal RefusalFor(const boost::system::error_code& code, bool timed_out) const;

  Wire& wire_;
  const Limits& limits_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  Incoming incoming_;
};

}  // namespace ordinal::apiserver::front
