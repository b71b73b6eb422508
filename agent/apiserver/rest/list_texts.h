// ListTexts: the text of the last long lists, so that the next one writes only those objects that changed and copies
// the others. An object of a revision always has the same text in the same form; tables are never kept, as the ages in
// them grow. Nothing is kept of who asked: a list copies the texts of its own items and of no others.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/apiserver/rest/show.h"
#include "agent/base/clock.h"

namespace ordinal::apiserver::rest {

/// Any thread: large lists are written on the HTTP thread.
class ListTexts {
 public:
  static constexpr size_t kMostBytes = 4 * 1024 * 1024;  ///< of all texts; those used last stay

  /// As ShowList().
  std::string Show(const View& view, const std::vector<api::Object>& items, const ListMeta& meta);
  void Forget();

  size_t bytes() const;

 private:
  struct Span {
    uint64_t revision = 0;
    size_t begin = 0, length = 0;
  };
  struct Known {
    std::string form;  // kind, version and form
    std::string text;
    std::vector<Span> spans;  // by revision
  };
  std::shared_ptr<const Known> Find(const std::string& form);
  void Keep(std::shared_ptr<const Known> known);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Known>> known_;  // the one used last is at the end
};

/// The ListTexts of one Api, which are forgotten when no list has been asked for in a while. Control thread.
class Lists {
 public:
  static constexpr std::chrono::minutes kKept{1};

  explicit Lists(Clock& clock) : clock_(clock) {}

  /// For one list; may be used after the end of all else.
  std::shared_ptr<ListTexts> Use();

 private:
  Clock& clock_;
  const std::shared_ptr<ListTexts> texts_ = std::make_shared<ListTexts>();
  TimerHandle forget_;
};

}  // namespace ordinal::apiserver::rest
