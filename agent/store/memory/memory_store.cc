#include "agent/store/memory/memory_store.h"

namespace ordinal::store {

MemoryStore::MemoryStore(HistoryLimits history) : feed_(std::make_shared<Feed>(Index(), 0, history)) {}

MemoryStore::~MemoryStore() { feed_->Stop(); }

Object MemoryStore::Current(const ObjectKey& key) const {
  const Object* found = feed_->Find(key);
  return found ? *found : Object();
}

Result<Object> MemoryStore::Publish(Result<Change> change) {
  if (!change.ok()) return std::move(change).error();
  if (change->revision != 0) feed_->Publish(*change);
  return change->object;
}

Task<Result<Object>> MemoryStore::Create(Object object) {
  const Object current = object.empty() ? Object() : Current(object.key());
  co_return Publish(PlanCreate(current, std::move(object), feed_->revision() + 1));
}

Task<Result<Object>> MemoryStore::Update(Object object) {
  const Object current = object.empty() ? Object() : Current(object.key());
  co_return Publish(PlanUpdate(current, std::move(object), feed_->revision() + 1));
}

Task<Result<Object>> MemoryStore::Delete(ObjectKey key, Preconditions preconditions) {
  co_return Publish(PlanDelete(Current(key), key, preconditions, feed_->revision() + 1));
}

Task<Result<Object>> MemoryStore::Get(ObjectKey key) {
  const Object* found = feed_->Find(key);
  if (!found) co_return MakeError(ErrorCode::kNotFound, ToString(key) + " not found", "NotFound");
  co_return *found;
}

Task<Result<ListResult>> MemoryStore::List(std::string kind, ListOptions options) {
  co_return feed_->List(kind, options);
}

Task<Result<std::unique_ptr<Watch>>> MemoryStore::StartWatch(std::string kind, ListOptions options, uint64_t revision) {
  co_return feed_->StartWatch(std::move(kind), std::move(options), revision);
}

}  // namespace ordinal::store
