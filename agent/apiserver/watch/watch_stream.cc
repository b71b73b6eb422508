#include "agent/apiserver/watch/watch_stream.h"

#include <utility>

#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/show_protobuf.h"

namespace ordinal::apiserver::watch {
namespace {

using api::Object;
using store::EventType;

// How often a quiet watch tells where it is (the reference: about once a minute).
constexpr std::chrono::minutes kBookmarkInterval{1};
// Of the first state, a piece: bounds what is held as text at once.
constexpr size_t kPiece = 64;

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

}  // namespace

std::string ErrorLine(const rest::Accept& accept, const rest::Refusal& refusal) {
  http::Response status = rest::Refuse(refusal);
  if (accept.protobuf) rest::AnswerInProtobuf(status);
  return MakeLine(accept, "ERROR", std::get<std::string>(status.body));
}

std::string ContentTypeOf(const rest::Accept& accept) {
  return accept.protobuf ? std::string(rest::kProtobuf) + ";stream=watch" : "application/json";
}

WatchStream::WatchStream(Clock& clock, std::shared_ptr<Common> common, std::shared_ptr<Signal> turn,
                         std::unique_ptr<store::Watch> events, Plan plan)
    : clock_(clock),
      common_(std::move(common)),
      turn_(std::move(turn)),
      events_(std::move(events)),
      plan_(std::move(plan)) {
  timeout_ = clock_.After(plan_.timeout, [this] {
    timed_out_ = true;
    events_->Interrupt();
  });
  if (plan_.bookmarks) ArmBookmark();
}

void WatchStream::ArmBookmark() {
  bookmark_ = clock_.After(kBookmarkInterval, [this] {
    bookmark_due_ = true;
    events_->Interrupt();
    ArmBookmark();
  });
}

void WatchStream::Close() {
  closed_ = true;
  turn_->Notify();
  events_->Interrupt();
}

Task<Result<std::string>> WatchStream::Next() {
  if (ended_) co_return std::string();
  if (sent_ < plan_.initial.size() || plan_.mark_initial) {
    if (std::string piece = Initial(); !piece.empty()) co_return piece;
  }
  if (went_on_ && common_->pace.Waits(turn_)) co_await turn_->Wait();
  while (!closed_) {
    if (timed_out_) {
      ended_ = true;
      co_return plan_.bookmarks ? Bookmark(false) : std::string();
    }
    auto events = co_await events_->Next();
    if (!events.ok()) {
      ended_ = true;
      if (events.error().code == ErrorCode::kCancelled) co_return std::string();  // the agent stops
      co_return ErrorLine(plan_.view.accept, rest::RefusalOf(events.error(), {plan_.view.kind, ""}, {}));
    }
    if (closed_) break;
    if (!events->empty()) {
      common_->pace.Sent();
      went_on_ = true;
      co_return Text(*events);
    }
    if (std::exchange(bookmark_due_, false)) co_return Bookmark(false);
  }
  co_return MakeError(ErrorCode::kCancelled, "the watch was closed");
}

std::string WatchStream::Initial() {
  std::string piece;
  for (size_t i = 0; i < kPiece && sent_ < plan_.initial.size(); ++i, ++sent_) {
    piece += Line(EventType::kAdded, plan_.initial[sent_]);
  }
  if (sent_ < plan_.initial.size()) return piece;
  std::exchange(plan_.initial, {});  // with its memory
  sent_ = 0;
  if (std::exchange(plan_.mark_initial, false)) piece += Bookmark(true);
  return piece;
}

std::string WatchStream::Text(const std::vector<store::WatchEvent>& events) {
  plan_.view.now = clock_.Now();
  std::string text;
  for (const store::WatchEvent& event : events) text += Line(event.type, event.object);
  return text;
}

std::string WatchStream::Line(EventType type, const Object& object) {
  const rest::View& view = plan_.view;
  const bool plain = view.accept.form == rest::Accept::Form::kObject && view.version == api::ApiVersion(*view.kind);
  if (!plain) return MakeLine(view.accept, Name(type), rest::ShowEvent(view, object, std::exchange(columns_, false)));
  const auto make = [&] { return MakeLine(view.accept, Name(type), rest::ShowEvent(view, object, false)); };
  return *common_->texts.Get(type, object.revision(), view.accept.protobuf, make);
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
