#include "agent/objects/read_your_writes.h"

namespace ordinal::objects {

Task<Result<Object>> ReadYourWrites::Create(Object object) {
  auto created = co_await store_.Create(std::move(object));
  if (created.ok()) caches_.Take(*created);
  co_return created;
}

Task<Result<Object>> ReadYourWrites::Update(Object object) {
  auto updated = co_await store_.Update(std::move(object));
  if (updated.ok()) caches_.Take(*updated);
  co_return updated;
}

Task<Result<Object>> ReadYourWrites::Delete(ObjectKey key, store::Preconditions preconditions) {
  auto deleted = co_await store_.Delete(std::move(key), std::move(preconditions));
  if (deleted.ok()) caches_.TakeGone(*deleted);
  co_return deleted;
}

}  // namespace ordinal::objects
