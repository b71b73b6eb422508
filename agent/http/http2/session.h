// Session: a connection of HTTP/2 (RFC 9113), framed by nghttp2. The same callers, limits, handlers and streams as a
// connection of HTTP/1.1 has. HTTP thread only.
//
//   Wire ──> Read ──> nghttp2 ──callbacks──> Exchange ──> Work ──> handler
//   Wire <── Write <── nghttp2 <──Fill────── Exchange <── text, pieces of a stream
//
// What a client may make it hold: the requests that are read (as much as one of HTTP/1.1 for free, the rest out of the
// room of large bodies), a mebibyte of answers and pieces that are not taken, and beyond that one answer, and the piece
// that each stream had asked for before: events that other watches show too are shared with them. Whoever
// takes nothing of an answer for Limits::write loses that stream alone. SETTINGS_MAX_CONCURRENT_STREAMS is 100 (the
// reference: 250): handlers of streams that were reset count until they have ended. Frames that ask for nothing are
// counted (frame_budget.h).
#pragma once

#include <nghttp2/nghttp2.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/http/caller.h"
#include "agent/http/http2/callbacks.h"
#include "agent/http/http2/exchange.h"
#include "agent/http/http2/frame_budget.h"
#include "agent/http/shared.h"
#include "agent/http/wire.h"

namespace ordinal::http::http2 {

class Session {
 public:
  /// After the handshake that chose it. All of it outlives the session.
  Session(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, Caller& caller);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Serves until the connection has ended.
  Task<void> Run();
  /// Run() returns soon, whatever it waits for; the client is told (GOAWAY) if it listens.
  void Abort();

 private:
  friend struct Callbacks;
  using ExchangePtr = std::shared_ptr<Exchange>;

  // session.cc: the connection.
  void Start();
  Task<void> Read();
  Task<void> Write();
  void TakeBytes();
  std::string Collect();
  /// Says GOAWAY, sends what stands before it, and ends.
  void Finish(uint32_t error);
  void CloseAll();

  // deadlines.cc: what may take only so long.
  void ArmFor(Moment moment);
  void Ring(Moment now);
  Moment Sweep(Moment now);
  void Overdue(const ExchangePtr& exchange);
  void CameToRest();

  // requests.cc: what the client sends.
  int Begin(int32_t id, bool trailers);
  int Refused(int32_t id);
  int Ended(int32_t id, uint32_t error);
  int Field(Exchange* exchange, std::string_view name, std::string_view value);
  void HeaderCame(const ExchangePtr& exchange, bool whole);
  bool Settles(const ExchangePtr& exchange);
  void Settled(const ExchangePtr& exchange);
  std::optional<Refusal> Admit(Exchange& exchange);
  void Early(const ExchangePtr& exchange, std::optional<Response> early);
  void Body(const ExchangePtr& exchange, std::string_view more);
  std::optional<Refusal> LookAtBody(Exchange& exchange, std::string_view more);
  void Whole(const ExchangePtr& exchange);
  bool Hold(Asked& asked, uint64_t more);
  void Forget(Exchange& exchange);
  Task<void> Work(ExchangePtr exchange);
  void RefuseTakeover(Answer& answer) const;
  Task<Answer> PassOn(ExchangePtr exchange, Answer answer, StreamShare share);
  int Nuisance();
  void Closed(Exchange& exchange);
  ExchangePtr Find(int32_t id) const;

  // answers.cc: what it gets.
  void Refuse(Exchange& exchange, const Refusal& refusal);
  void Respond(const ExchangePtr& exchange, Answer answer, Asking& asking);
  void SendText(Exchange& exchange, Response response);
  void SendStream(const ExchangePtr& exchange, Answer answer);
  void SendLate();
  void Submit(Exchange& exchange, const Response& response, std::optional<uint64_t> length, bool body);
  void Pull(const ExchangePtr& exchange);
  void Brought(Exchange& exchange, Piece piece, bool waits);
  ssize_t Fill(Exchange& exchange, uint8_t* to, size_t room, uint32_t& flags);
  void EndSent(Exchange& exchange);
  void Drop(Exchange& exchange);
  void Reset(Exchange& exchange, uint32_t error);

  Wire& wire_;
  Shared& shared_;
  const std::shared_ptr<Loop> loop_;
  Caller& caller_;
  const Frames frames_;
  std::map<int32_t, ExchangePtr> exchanges_;
  // Open exchanges that wait until less is to be sent: answers, and streams whose next piece is not asked for.
  std::deque<ExchangePtr> late_, hungry_;
  FrameBudget budget_;
  std::set<Asking*> askings_;  // of requests at their handlers, those of closed streams too
  size_t working_ = 0;         // handlers, those of closed streams too
  size_t pending_ = 0;         // bytes of answers not given to nghttp2 yet
  uint64_t held_ = 0;          // bytes of requests that are held for free
  size_t header_bytes_ = 0;    // of the header that comes now, also what is not kept
  int32_t header_of_ = 0;      // the stream of that header
  int32_t newest_ = 0;         // the last stream that the client began
  bool finishing_ = false, over_ = false, aborted_ = false, gone_ = false;
  Signal wake_, drained_, write_ended_, work_ended_;
  Moment rings_ = Moment::max(), header_until_ = Moment::max(), idle_until_ = Moment::max(),
         stranger_until_ = Moment::max(), end_by_ = Moment::max();
  asio::steady_timer timer_;
  std::shared_ptr<Session*> self_;  // null inside once it is gone
};

}  // namespace ordinal::http::http2
