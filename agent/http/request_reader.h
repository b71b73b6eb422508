// Reads one HTTP/1.x request from a connection, within the limits.
#pragma once

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "agent/http/body_room.h"
#include "agent/http/framing.h"
#include "agent/http/incoming.h"
#include "agent/http/settings.h"
#include "agent/http/wire.h"

namespace ordinal::http {

/// What the body of one request may take.
struct BodyTerms {
  uint64_t bytes;
  Duration limit;
  std::shared_ptr<BodyRoom> room;
};

/// One request, in two steps: who sent it can be asked before its body is read.
class RequestReader {
 public:
  /// All of it outlives the reader. `check` and `hands_on` may be empty.
  RequestReader(Wire& wire, const Limits& limits, const CheckBody& check, const HandsOn& hands_on);

  /// Waits for the first byte of a request, so long.
  Task<Status> FirstByte(Duration limit);
  /// Reads the header into incoming(), within `limit`. Nothing: it is there.
  Task<std::optional<Refusal>> Header(Duration limit);
  /// Whether the request has a body that was not read.
  bool BodyFollows() const;
  /// Reads the body, asking for it if the client waits for that (Expect: 100-continue), and has it checked while it
  /// comes. Nothing: it is there.
  Task<std::optional<Refusal>> Body(BodyTerms terms);

  /// After Header(): there is a body that its handler takes while it comes. Then Piece() reads it, and not Body().
  bool HandsOnBody() const { return handed_on_; }
  /// The next bytes of the body, at most 64 KiB, asking for it if the client waits for that. Empty: it has ended. An
  /// error: it is no HTTP, the client is gone, or sent nothing for so long.
  Task<Result<std::string>> Piece(Duration limit);

  Incoming& incoming() { return incoming_; }

 private:
  Refusal RefusalFor(const boost::system::error_code& code, bool timed_out) const;
  Task<bool> AskForBody();
  std::optional<Refusal> Look(BodyShare& share, const BodyTerms& terms);

  Wire& wire_;
  const Limits& limits_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  Incoming incoming_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> pieces_;  ///< of a body handed on
  const HandsOn& hands_on_;
  bool handed_on_ = false;
  const CheckBody& check_body_;
  std::unique_ptr<BodyCheck> check_;  ///< of this body; null: nobody checks it
  size_t looked_at_ = 0;              ///< bytes of the body
};

}  // namespace ordinal::http
