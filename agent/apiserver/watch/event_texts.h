// EventTexts: the JSON text of the last events, so that a change is written once however many watches show it. The
// same object at the same revision has the same text. Used on the control thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "agent/store/object_store.h"

namespace ordinal::apiserver::watch {

class EventTexts {
 public:
  /// The text kept for an event of this type and revision, or else `make()`, which is kept.
  std::shared_ptr<const std::string> Get(store::EventType type, uint64_t revision,
                                         const std::function<std::string()>& make);

 private:
  using Key = std::pair<uint64_t, store::EventType>;
  std::map<Key, std::shared_ptr<const std::string>> texts_;
  std::deque<Key> order_;
  size_t bytes_ = 0;
};

}  // namespace ordinal::apiserver::watch
