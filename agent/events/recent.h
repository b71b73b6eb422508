// Recent: values by key, of which only the most recently used are kept. Pure data.
#pragma once

#include <list>
#include <map>
#include <string>
#include <utility>

namespace ordinal::events {

template <class T>
class Recent {
 public:
  explicit Recent(size_t limit) : limit_(limit) {}

  /// The value of `key`, made when it is not there. Valid until the next call.
  T& At(const std::string& key) {
    const auto found = places_.find(key);
    if (found != places_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return order_.front().second;
    }
    order_.emplace_front(key, T());
    places_[key] = order_.begin();
    if (order_.size() > limit_) {
      places_.erase(order_.back().first);
      order_.pop_back();
    }
    return order_.front().second;
  }
  size_t size() const { return order_.size(); }

 private:
  using Entries = std::list<std::pair<std::string, T>>;
  size_t limit_;
  Entries order_;  // the last used first
  std::map<std::string, typename Entries::iterator> places_;
};

}  // namespace ordinal::events
