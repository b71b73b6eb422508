#include "agent/api/resting.h"

#include <utility>

namespace ordinal::api {
namespace {

// To free one takes some 10 µs: no look takes longer than a few milliseconds.
constexpr size_t kMostAtOnce = 256;

}  // namespace

Resting& Resting::Instance() {
  static Resting instance;
  return instance;
}

void Resting::Awake(std::shared_ptr<const Rep> rep) {
  Resting& resting = Instance();
  const std::lock_guard lock(resting.mutex_);
  resting.awake_.push_back(std::move(rep));
}

/// A copy can be made only by somebody who holds one: whoever is not there now does not come while this thread is here.
bool Resting::LetRest(const Rep& rep, long held) {
  if (rep.used.exchange(false, std::memory_order_relaxed)) return false;
  if (held != rep.keepers) return false;
  delete rep.parsed.exchange(nullptr, std::memory_order_acq_rel);
  return true;
}

size_t Resting::Look() {
  Resting& resting = Instance();
  std::unique_lock lock(resting.mutex_);
  std::vector<std::weak_ptr<const Rep>> awake = std::exchange(resting.awake_, {});
  lock.unlock();
  std::vector<std::weak_ptr<const Rep>> still;
  size_t rested = 0;
  for (std::weak_ptr<const Rep>& each : awake) {
    const long held = each.use_count();  // before lock(), which sees all that those did who have let go by then
    const std::shared_ptr<const Rep> rep = each.lock();
    if (rep == nullptr) continue;
    const bool rests = rested < kMostAtOnce && LetRest(*rep, held);
    if (!rests) still.push_back(std::move(each));
    rested += rests ? 1 : 0;
  }
  lock.lock();
  resting.awake_.insert(resting.awake_.end(), still.begin(), still.end());
  return resting.awake_.size();
}

}  // namespace ordinal::api
