#include "agent/objects/objects.h"

namespace ordinal::objects {

Task<Result<Object>> Objects::Delete(ObjectKey key, DeleteOptions options) {
  CO_TRY(Removed removed, co_await Remove(std::move(key), std::move(options)));
  co_return std::move(removed.object);
}

}  // namespace ordinal::objects
