#include "agent/apiserver/watch/event_texts.h"

namespace ordinal::apiserver::watch {
namespace {

// Watches that keep up read an event within a turn or two of each other.
constexpr size_t kKept = 64;
// And no longer than this all together, but for one: texts of large objects would stay for good.
constexpr size_t kKeptBytes = 1024 * 1024;

}  // namespace

std::shared_ptr<const std::string> EventTexts::Get(store::EventType type, uint64_t revision, bool protobuf,
                                                   const std::function<std::string()>& make) {
  const Key key(revision, type, protobuf);
  const auto found = texts_.find(key);
  if (found != texts_.end()) return found->second;
  auto text = std::make_shared<const std::string>(make());
  texts_.emplace(key, text);
  order_.push_back(key);
  bytes_ += text->size();
  while (order_.size() > kKept || (bytes_ > kKeptBytes && order_.size() > 1)) {
    const auto oldest = texts_.find(order_.front());
    bytes_ -= oldest->second->size();
    texts_.erase(oldest);
    order_.pop_front();
  }
  return text;
}

}  // namespace ordinal::apiserver::watch
