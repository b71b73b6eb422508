#include "agent/app/trim.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "agent/api/resting.h"
#include "agent/base/memory.h"

namespace ordinal {
namespace {

// Less than this is what an idle agent uses in some minutes: events of the runtime, leases, lists.
constexpr Duration kWorth = std::chrono::milliseconds(300);
// Of an interval: two per cent of a processor.
constexpr Duration kQuiet = std::chrono::milliseconds(200);
constexpr int kMostIntervals = 6;
constexpr Duration kOftenLook = std::chrono::milliseconds(20);
constexpr Duration kSeldomLook = std::chrono::seconds(5);
constexpr size_t kFew = 64;  // documents awake: what heartbeats use is no reason to look often

Duration ProcessorTime() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto length = [](const timeval& part) {
    return std::chrono::seconds(part.tv_sec) + std::chrono::microseconds(part.tv_usec);
  };
  return length(used.ru_utime) + length(used.ru_stime);
}

}  // namespace

bool TrimDue(const Work& work) {
  if (work.since_trim < kWorth) return false;
  return work.lately < kQuiet || work.intervals >= kMostIntervals;
}

Task<void> TrimMemory(Clock& clock, std::function<void()> before_trim) {
  Work work;
  Duration before = ProcessorTime();
  while (true) {
    co_await Sleep(clock, kTrimInterval);
    const Duration now = ProcessorTime();
    work.lately = now - before;
    work.since_trim += work.lately;
    ++work.intervals;
    before = now;
    if (!TrimDue(work)) continue;
    before_trim();
    GiveBackMemory();
    work = Work();
  }
}

void RestAllDocuments() {
  size_t before = api::Resting::Look();
  for (int same = 0; same < 2;) {  // the first look at a document that was used only notes that
    const size_t awake = api::Resting::Look();
    same = awake == std::exchange(before, awake) ? same + 1 : 0;
  }
}

Task<void> LetDocumentsRest(Clock& clock, Duration first) {
  Duration delay = first;
  size_t before = 0;
  while (true) {
    co_await Sleep(clock, delay);
    const size_t awake = api::Resting::Look();
    const bool same = awake == std::exchange(before, awake);
    delay = awake <= kFew ? kSeldomLook : same ? std::min(delay * 2, kSeldomLook) : kOftenLook;
  }
}

}  // namespace ordinal
