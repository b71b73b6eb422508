// WatchStream: a watch as the client reads it, one JSON document a line (metav1.WatchEvent), or in protobuf a message
// with its length before it (rest/show_protobuf.h):
//
//   {"type":"ADDED","object":{…}}      the state to start with, when the client asked for it
//   {"type":"BOOKMARK","object":{…}}   the end of that state (annotation k8s.io/initial-events-end); later every minute
//                                      and before the end, when allowed: where a new watch may start
//   {"type":"MODIFIED","object":{…}}   changes
//   {"type":"ERROR","object":{…}}      a Status, then the end: 410 Expired when the client fell behind the history
//
// It ends, too, soon after the definition of a custom kind got another spec or is gone: who watches again sees objects
// as they are described then.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/apiserver/rest/show.h"
#include "agent/apiserver/watch/common.h"
#include "agent/base/signal.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::watch {

struct Plan {
  rest::View view;
  std::vector<api::Object> initial;  ///< reported as added before anything else
  bool mark_initial = false;         ///< a bookmark says where they end
  bool bookmarks = false;
  Duration timeout{};  ///< after which the stream ends
};

class WatchStream final : public http::Stream, public std::enable_shared_from_this<WatchStream> {
 public:
  /// Held by a shared pointer.
  WatchStream(Clock& clock, std::shared_ptr<Common> common, std::unique_ptr<store::Watch> events, Plan plan);

  Task<Result<std::string>> Next() override;
  Task<Result<http::SharedText>> NextShared() override;
  void WhenReady(std::function<void()> then) override;
  void Close() override;
  bool Waits() const override { return plan_.initial.empty(); }

 private:
  std::string Initial();
  /// Of the events that came: a large one by itself, in the text that other watches have too, or small ones together.
  http::SharedText Events();
  bool HasEvents() const { return line_ || shown_ < came_.size(); }
  /// The next of them; null: there is none.
  http::SharedText NextLine();
  http::SharedText Line(store::EventType type, const api::Object& object);
  std::string Bookmark(bool ends_initial);
  bool HasInitial() const { return sent_ < plan_.initial.size() || plan_.mark_initial; }
  /// Waits until what all watches sent is paid for, if it is not.
  Task<void> TakeTurn();
  /// Looks at what its time has come for.
  void Rang();

  Clock& clock_;
  std::shared_ptr<Common> common_;
  std::unique_ptr<store::Watch> events_;
  Plan plan_;
  size_t sent_ = 0;                      // of plan_.initial
  std::vector<store::WatchEvent> came_;  // as the store gave them
  size_t shown_ = 0;                     // of those
  http::SharedText line_;                // the next one's, when it did not fit
  bool went_on_ = false;                 // has sent changes: the first ones do not wait
  bool columns_ = true;                  // of a table, with the first event
  bool closed_ = false, timed_out_ = false, ended_ = false, bookmark_due_ = false, outlived_ = false;
  bool paid_ = false;             // it had its turn when there was nothing to send
  std::unique_ptr<Signal> turn_;  // while it waits for that
  SteadyTime timeout_at_, bookmark_at_ = SteadyTime::max(), look_at_ = SteadyTime::max();
  Ring ring_;
};

/// An ERROR event with the Status of `refusal`, as the client accepts it.
std::string ErrorLine(const rest::Accept& accept, const rest::Refusal& refusal);
/// The content type of a watch.
std::string ContentTypeOf(const rest::Accept& accept);

}  // namespace ordinal::apiserver::watch
