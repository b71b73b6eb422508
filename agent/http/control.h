// Control: the way from the HTTP thread to the handlers on the control thread, and back.
//
//   HTTP thread                      control thread
//   Ask(request, mailbox)  ────────> handler(request)
//   mailbox.Take()         <──────── answer
//   stream.Pull(deliver)   ────────> Stream::Next()         one piece at a time: the client's pace is felt there
//   deliver(piece)         <──────── piece
//   ~PulledStream          ────────> Stream::Close(), and destroyed there when Next() has returned
#pragma once

#include <memory>

#include "agent/http/crossing.h"
#include "agent/http/loop.h"
#include "agent/http/message.h"

namespace ordinal::http {

/// A Stream of the control thread, held on the HTTP thread.
class PulledStream {
 public:
  /// Control thread.
  PulledStream(std::shared_ptr<Crossing> crossing, std::shared_ptr<Stream> stream);
  PulledStream(const PulledStream&) = delete;
  PulledStream& operator=(const PulledStream&) = delete;
  ~PulledStream();

  /// Asks for the next piece. Not again before it came.
  void Pull(Deliver deliver);
  /// As Stream::Waits(), when it began.
  bool waits() const { return waits_; }
  /// The end came: no need to close it.
  void Ended() { ended_ = true; }

 private:
  std::shared_ptr<Crossing> crossing_;
  std::shared_ptr<Stream> stream_;
  const bool waits_;
  bool ended_ = false;
};

struct Answer {
  Response response;
  std::shared_ptr<PulledStream> stream;  ///< set when the body is a stream
};

class Control {
 public:
  /// `failure` words the answer of a handler that ended with an exception.
  Control(Executor executor, std::shared_ptr<Loop> loop, Handler handler, Failure failure);

  /// Calls the handler; an exception of it becomes an answer (500).
  void Ask(std::shared_ptr<const Request> request, std::shared_ptr<Mailbox<Answer>> mailbox);
  /// Where handlers run.
  const Executor& executor() const { return executor_; }

 private:
  Executor executor_;
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<Crossing> crossing_;
  std::shared_ptr<const Handler> handler_;
  std::shared_ptr<const Failure> failure_;
};

}  // namespace ordinal::http
