// ReadYourWrites: a store whose writes are in the caches when they return. Whoever wrote something looks at a cache
// next and finds what it wrote, instead of keeping books of its own of what the cache does not show yet.
#pragma once

#include <memory>
#include <string>

#include "agent/objects/caches.h"

namespace ordinal::objects {

class ReadYourWrites final : public store::ObjectStore {
 public:
  /// Both outlive it.
  ReadYourWrites(store::ObjectStore& store, const Caches& caches) : store_(store), caches_(caches) {}

  Task<Result<Object>> Create(Object object) override;
  Task<Result<Object>> Update(Object object) override;
  Task<Result<Object>> Delete(ObjectKey key, store::Preconditions preconditions) override;
  Task<Result<Object>> Get(ObjectKey key) override { return store_.Get(std::move(key)); }
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override {
    return store_.List(std::move(kind), std::move(options));
  }
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override {
    return store_.StartWatch(std::move(kind), std::move(options), revision);
  }

 private:
  store::ObjectStore& store_;
  const Caches& caches_;
};

}  // namespace ordinal::objects
