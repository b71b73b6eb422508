// Feed: what is visible of a store: the index, the history and the watches on them. The store that owns it decides
// when a change becomes visible (memory: at once; sqlite: after its commit) and publishes it here.
// Used on the control thread only. No I/O.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/store/core/history.h"
#include "agent/store/core/index.h"

namespace ordinal::store {

class Feed : public std::enable_shared_from_this<Feed> {
 public:
  /// `objects` are there from the start, at `revision`.
  Feed(Index objects, uint64_t revision, HistoryLimits limits);

  /// Revisions must ascend. Watches of the kind are woken.
  void Publish(const Change& change);

  /// As History::PackAll.
  void PackHistory() { history_.PackAll(); }

  const Object* Find(const ObjectKey& key) const { return index_.Find(key); }
  /// kExpired when changes after options.at were forgotten; kDeadlineExceeded when it is in the future.
  Result<ListResult> List(const std::string& kind, const ListOptions& options) const;
  uint64_t revision() const { return revision_; }
  size_t size() const { return index_.size(); }

  /// kExpired when changes after `revision` were forgotten, or when the store never reached it (it was restored
  /// from a backup). The watch keeps the feed alive, not the store.
  Result<std::unique_ptr<Watch>> StartWatch(std::string kind, ListOptions options, uint64_t revision);

  /// Ends every watch with kCancelled once it has delivered what is there.
  void Stop();

 private:
  class Reader;
  Error Expired(uint64_t revision) const;

  Index index_;
  History history_;
  uint64_t revision_;
  bool stopped_ = false;
  std::map<std::string, std::vector<Reader*>> readers_;
};

}  // namespace ordinal::store
