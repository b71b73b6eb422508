// EventTexts: the text of the last events, in JSON and in protobuf, so that a change is written once however many
// watches show it. The same object at the same revision has the same text: only of a built-in kind, as what a custom
// one looks like changes with its definition. Used on the control thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "agent/store/object_store.h"

namespace ordinal::apiserver::watch {

class EventTexts {
 public:
  /// The text kept for an event of this type and revision in this format, or else `make()`, which is kept.
  std::shared_ptr<const std::string> Get(store::EventType type, uint64_t revision, bool protobuf,
                                         const std::function<std::string()>& make);

 private:
  using Key = std::tuple<uint64_t, store::EventType, bool>;
  std::map<Key, std::shared_ptr<const std::string>> texts_;
  std::deque<Key> order_;
  size_t bytes_ = 0;
};

}  // namespace ordinal::apiserver::watch
