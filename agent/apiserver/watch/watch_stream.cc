#include "agent/apiserver/watch/watch_stream.h"

#include <algorithm>
#include <utility>

#include "agent/api/custom/definition.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/show_protobuf.h"

namespace ordinal::apiserver::watch {
namespace {

using api::Object;
using store::EventType;

// How often a quiet watch tells where it is (the reference: about once a minute).
constexpr std::chrono::minutes kBookmarkInterval{1};
// How often the watch of a custom kind looks whether its definition changed.
constexpr std::chrono::seconds kLookInterval{1};
// Of the first state, a piece: bounds what is held as text at once, but for one object.
constexpr size_t kPiece = 64, kPieceBytes = 64 * 1024;
// Of events that go together: there may be thousands of watches whose clients do not take theirs. A larger event goes
// alone, and is held once for all.
constexpr size_t kTogether = 16 * 1024;

http::SharedText Shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

std::string_view Name(EventType type) {
  switch (type) {
    case EventType::kAdded: return "ADDED";
    case EventType::kModified: return "MODIFIED";
    case EventType::kDeleted: return "DELETED";
    case EventType::kBookmark: return "BOOKMARK";
  }
  return "ERROR";
}

std::string MakeLine(const rest::Accept& accept, std::string_view type, std::string_view object) {
  if (accept.protobuf) return rest::ProtobufEvent(type, object);
  std::string line = "{\"type\":\"";
  line.append(type).append("\",\"object\":").append(object).append("}\n");
  return line;
}

/// The custom kind is not described so any more: its definition has another spec, or is gone. While it is going, what
/// goes with it is still shown.
bool Outlives(const api::KindInfo& kind) {
  const api::KindInfo* now = api::FindKind(api::KeyOf(kind));
  if (now == &kind) return false;
  return now == nullptr || now->custom == nullptr || !now->custom->ending() || kind.custom->ending();
}

}  // namespace

std::string ErrorLine(const rest::Accept& accept, const rest::Refusal& refusal) {
  http::Response status = rest::Refuse(refusal);
  if (accept.protobuf) rest::AnswerInProtobuf(status);
  return MakeLine(accept, "ERROR", std::get<std::string>(status.body));
}

std::string ContentTypeOf(const rest::Accept& accept) {
  return accept.protobuf ? std::string(rest::kProtobuf) + ";stream=watch" : "application/json";
}

WatchStream::WatchStream(Clock& clock, std::shared_ptr<Common> common, std::unique_ptr<store::Watch> events, Plan plan)
    : clock_(clock),
      common_(std::move(common)),
      events_(std::move(events)),
      plan_(std::move(plan)),
      timeout_at_(clock_.Steady() + plan_.timeout),
      ring_(common_->rings, [this] { Rang(); }) {
  if (plan_.bookmarks) bookmark_at_ = clock_.Steady() + kBookmarkInterval;
  if (plan_.view.kind->custom != nullptr) look_at_ = clock_.Steady() + kLookInterval;
  ring_.Set(std::min({timeout_at_, bookmark_at_, look_at_}));
}

void WatchStream::Rang() {
  const SteadyTime now = clock_.Steady();
  bool told = false;
  if (now >= timeout_at_) {
    timeout_at_ = SteadyTime::max();
    told = timed_out_ = true;
  }
  if (now >= bookmark_at_) {
    bookmark_at_ = now + kBookmarkInterval;
    told = bookmark_due_ = true;
  }
  if (now >= look_at_) {
    outlived_ = Outlives(*plan_.view.kind);
    look_at_ = outlived_ ? SteadyTime::max() : now + kLookInterval;
    told = told || outlived_;
  }
  ring_.Set(std::min({timeout_at_, bookmark_at_, look_at_}));
  if (told) events_->Interrupt();
}

void WatchStream::Close() {
  closed_ = true;
  if (turn_) turn_->Notify();
  events_->Interrupt();
}

void WatchStream::WhenReady(std::function<void()> then) {
  if (closed_ || ended_ || timed_out_ || HasEvents() || HasInitial()) return then();
  if (went_on_ && !paid_) {
    // Later it is asked whether anything came: until then nothing may.
    const bool waits = common_->pace.Waits([of = weak_from_this(), then] {
      if (const auto self = of.lock()) {
        self->paid_ = true;
        self->events_->WhenReady(then);
      }
    });
    if (waits) return;
    paid_ = true;
  }
  events_->WhenReady(std::move(then));
}

Task<void> WatchStream::TakeTurn() {
  if (!went_on_ || std::exchange(paid_, false)) co_return;
  const Executor executor = co_await asio::this_coro::executor;
  turn_ = std::make_unique<Signal>(executor);
  const bool waits = common_->pace.Waits([of = weak_from_this()] {
    const auto self = of.lock();
    if (self && self->turn_) self->turn_->Notify();
  });
  if (waits) co_await turn_->Wait();
  turn_.reset();
}

Task<Result<std::string>> WatchStream::Next() {
  CO_TRY(const http::SharedText piece, co_await NextShared());
  co_return *piece;
}

Task<Result<http::SharedText>> WatchStream::NextShared() {
  if (ended_ && !HasEvents()) co_return Shared({});
  if (HasInitial()) {
    if (std::string piece = Initial(); !piece.empty()) co_return Shared(std::move(piece));
  }
  co_await TakeTurn();
  while (!closed_) {
    if (HasEvents()) {
      common_->pace.Sent();
      went_on_ = true;
      co_return Events();
    }
    if (timed_out_) {
      ended_ = true;
      co_return Shared(plan_.bookmarks ? Bookmark(false) : std::string());
    }
    auto events = co_await events_->Next();
    if (!events.ok()) {
      ended_ = true;
      if (events.error().code == ErrorCode::kCancelled) co_return Shared({});  // the agent stops
      co_return Shared(ErrorLine(plan_.view.accept, rest::RefusalOf(events.error(), {plan_.view.kind, ""}, {})));
    }
    came_ = std::move(*events);
    ended_ = outlived_;
    if (HasEvents() || closed_) continue;
    if (ended_) co_return Shared({});
    if (std::exchange(bookmark_due_, false)) co_return Shared(Bookmark(false));
  }
  co_return MakeError(ErrorCode::kCancelled, "the watch was closed");
}

std::string WatchStream::Initial() {
  std::string piece;
  for (size_t i = 0; i < kPiece && piece.size() < kPieceBytes && sent_ < plan_.initial.size(); ++i, ++sent_) {
    piece += *Line(EventType::kAdded, plan_.initial[sent_]);
  }
  if (sent_ < plan_.initial.size()) return piece;
  std::exchange(plan_.initial, {});  // with its memory
  sent_ = 0;
  if (std::exchange(plan_.mark_initial, false)) piece += Bookmark(true);
  return piece;
}

http::SharedText WatchStream::NextLine() {
  if (line_) return std::exchange(line_, nullptr);
  if (shown_ == came_.size()) return nullptr;
  const store::WatchEvent& event = came_[shown_++];
  http::SharedText line = Line(event.type, event.object);
  if (shown_ < came_.size()) return line;
  came_ = std::vector<store::WatchEvent>();  // with its memory
  shown_ = 0;
  return line;
}

http::SharedText WatchStream::Events() {
  plan_.view.now = clock_.Now();
  http::SharedText piece = NextLine();
  std::string together;
  while (http::SharedText line = NextLine()) {
    if (piece->size() + together.size() + line->size() > kTogether) {
      line_ = std::move(line);
      break;
    }
    together += *line;
  }
  return together.empty() ? piece : Shared(*piece + together);
}

http::SharedText WatchStream::Line(EventType type, const Object& object) {
  const rest::View& view = plan_.view;
  const bool plain = view.accept.form == rest::Accept::Form::kObject && view.version == api::ApiVersion(*view.kind) &&
                     view.kind->custom == nullptr;
  if (!plain) {
    return Shared(MakeLine(view.accept, Name(type), rest::ShowEvent(view, object, std::exchange(columns_, false))));
  }
  const auto make = [&] { return MakeLine(view.accept, Name(type), rest::ShowEvent(view, object, false)); };
  return common_->texts.Get(type, object.revision(), view.accept.protobuf, make);
}

std::string WatchStream::Bookmark(bool ends_initial) {
  api::Json body = {{"kind", plan_.view.kind->kind}, {"apiVersion", plan_.view.version}};
  api::Json& metadata = body["metadata"];
  metadata = {{"resourceVersion", std::to_string(events_->revision())}, {"creationTimestamp", nullptr}};
  if (ends_initial) metadata["annotations"]["k8s.io/initial-events-end"] = "true";
  const Object object(std::move(body));
  const std::string shown = rest::ShowEvent(plan_.view, object, std::exchange(columns_, false));
  return MakeLine(plan_.view.accept, Name(EventType::kBookmark), shown);
}

}  // namespace ordinal::apiserver::watch
