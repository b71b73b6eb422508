#include "agent/app/trim.h"

#include <sys/resource.h>

#include "agent/base/memory.h"

namespace ordinal {
namespace {

// Less than this is what an idle agent uses in some minutes: events of the runtime, leases, lists.
constexpr Duration kWorth = std::chrono::milliseconds(300);
// Of an interval: two per cent of a processor.
constexpr Duration kQuiet = std::chrono::milliseconds(200);
constexpr int kMostIntervals = 6;

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

}  // namespace ordinal
