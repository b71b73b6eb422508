#include "agent/tokens/subjects.h"

namespace ordinal::tokens {
namespace {

constexpr std::chrono::minutes kAfterDeletion{1};
constexpr std::chrono::seconds kPatience{5};

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
  completed_.notify_all();
}

bool Subjects::complete() const {
  const std::lock_guard lock(mutex_);
  return complete_;
}

void Subjects::AwaitComplete() const {
  std::unique_lock lock(mutex_);
  completed_.wait_for(lock, kPatience, [this] { return complete_ || given_up_; });
}

void Subjects::GiveUp() {
  const std::lock_guard lock(mutex_);
  given_up_ = true;
  completed_.notify_all();
}

bool Subjects::Lives(const std::string& uid, WallTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = alive_.find(uid);
  return found != alive_.end() && (!found->second || now <= *found->second + kAfterDeletion);
}

}  // namespace ordinal::tokens
