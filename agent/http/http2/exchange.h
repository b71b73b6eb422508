// Exchange: one request and its answer, on one stream of an HTTP/2 connection. HTTP thread only.
//
//   header ─> body ─> Work: turn, handler ─> text ───────────────> end
//      │        │                 ├─ too much is still to be sent: late, then text
//      └────────┴─ refused ─> text├─ stream: piece, drained, pull, piece …
//
// An open watch is one of these and a pulled stream, with nothing of its request: ten thousand of them are cheap.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "agent/http/asking.h"
#include "agent/http/control.h"
#include "agent/http/http2/header_list.h"
#include "agent/http/relay.h"
#include "agent/http/stream_room.h"

namespace ordinal::http::http2 {

class Session;

using Moment = asio::steady_timer::time_point;

/// What is needed until a request is answered.
struct Asked {
  explicit Asked(const Limits& limits) : header(limits) {}
  HeaderList header;
  Incoming incoming;
  std::unique_ptr<BodyCheck> check;  ///< of its body; null: nobody checks it
  std::shared_ptr<BodyShare> share;  ///< of what its connection may not hold for free
  uint64_t body_limit = 0;
  uint64_t free_bytes = 0, shared_bytes = 0;  ///< what it holds of both
  Asking* asking = nullptr;                   ///< while its handler is asked
  Relay* relay = nullptr;                     ///< while it is handed on
  std::unique_ptr<Answer> late;               ///< the answer whose text is not made yet
};

struct Exchange {
  Exchange(int32_t stream_id, Session* of) : id(stream_id), session(of) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  size_t left() const { return out ? out->size() - sent : 0; }

  const int32_t id;
  bool header_came = false;
  bool whole = false;     ///< the client has sent all of its request
  bool settling = false;  ///< who sends it may be known soon (Settle); what comes of its body meanwhile is kept
  bool answered = false;  ///< what it still sends is dropped
  bool last = false;      ///< after `out` comes the end
  bool goodbye = false;   ///< the connection ends with it
  bool counted = false;   ///< among the nuisances, or we reset it ourselves
  Session* session;       ///< null: the stream is closed
  std::unique_ptr<Asked> asked;
  SharedText out;  ///< of the answer, not given to nghttp2 yet from `sent` on; null: nothing
  size_t sent = 0;
  size_t moved = 0;              ///< bytes since `until` was set
  Moment until = Moment::max();  ///< the body has to be there, or the client has to take something
  std::shared_ptr<PulledStream> stream;
  StreamShare share;
  std::unique_ptr<User> user;  ///< of a stream that has not come to rest
};

}  // namespace ordinal::http::http2
