#include "agent/tokens/subjects.h"

namespace ordinal::tokens {
namespace {

constexpr std::chrono::minutes kAfterDeletion{1};

}  // namespace

void Subjects::Put(const std::string& uid, std::optional<WallTime> deleted) {
  const std::lock_guard lock(mutex_);
  alive_[uid] = deleted;
}

void Subjects::Remove(const std::string& uid) {
  const std::lock_guard lock(mutex_);
  alive_.erase(uid);
}

void Subjects::Complete() {
  const std::lock_guard lock(mutex_);
  complete_ = true;
}

bool Subjects::complete() const {
  const std::lock_guard lock(mutex_);
  return complete_;
}

bool Subjects::Lives(const std::string& uid, WallTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = alive_.find(uid);
  return found != alive_.end() && (!found->second || now <= *found->second + kAfterDeletion);
}

}  // namespace ordinal::tokens
