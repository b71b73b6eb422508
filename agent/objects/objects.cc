#include "agent/objects/objects.h"

namespace ordinal::objects {

bool MeansExisting(const Json& config) {
  const Json& metadata = api::Member(config, "metadata");
  return !api::ReadString(metadata, "uid").empty() || !api::ReadString(metadata, "resourceVersion").empty();
}

Task<Result<Object>> Objects::Delete(ObjectKey key, DeleteOptions options) {
  CO_TRY(Removed removed, co_await Remove(std::move(key), std::move(options)));
  co_return std::move(removed.object);
}

}  // namespace ordinal::objects
