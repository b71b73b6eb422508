// MemoryStore: an ObjectStore that lives as long as the process. Nothing in it blocks or suspends, but for
// Watch::Next().
#pragma once

#include "agent/store/core/feed.h"

namespace ordinal::store {

class MemoryStore final : public ObjectStore {
 public:
  explicit MemoryStore(HistoryLimits history = {});
  /// Running watches end with kCancelled.
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  Task<Result<Object>> Create(Object object) override;
  Task<Result<Object>> Update(Object object) override;
  Task<Result<Object>> Delete(ObjectKey key, Preconditions preconditions) override;
  Task<Result<Object>> Get(ObjectKey key) override;
  Task<Result<ListResult>> List(std::string kind, ListOptions options) override;
  Task<Result<std::unique_ptr<Watch>>> StartWatch(std::string kind, ListOptions options, uint64_t revision) override;

 private:
  Object Current(const ObjectKey& key) const;
  Result<Object> Publish(Result<Change> change);

  std::shared_ptr<Feed> feed_;
};

}  // namespace ordinal::store
