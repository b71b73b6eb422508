#include "agent/objects/create_or_find.h"

#include <fmt/format.h>

#include <utility>

namespace ordinal::objects {

std::string UnlessDeleting(const Object& existing) {
  return api::Deleting(existing.body()) ? "is being deleted" : std::string();
}

Task<Result<bool>> CreateOrFind(Objects& objects, Json body, Unlike unlike) {
  const ObjectKey key = Object(body).key();
  const auto created = co_await objects.Create(std::move(body));
  if (created.ok()) co_return true;
  if (created.error().code != ErrorCode::kAlreadyExists) co_return created.error();
  const auto existing = co_await objects.Get(key);
  if (!existing.ok()) {
    if (existing.error().code != ErrorCode::kNotFound) co_return existing.error();
    co_return MakeError(ErrorCode::kConflict, ToString(key) + " went while it was looked at", "Conflict");
  }
  const std::string why = unlike(*existing);
  if (why.empty()) co_return false;
  co_return MakeError(ErrorCode::kAlreadyExists, fmt::format("{} already exists and {}", ToString(key), why),
                      "AlreadyExists");
}

}  // namespace ordinal::objects
