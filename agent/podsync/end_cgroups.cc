#include "agent/podsync/end_cgroups.h"

#include <fmt/format.h>

#include "agent/podsync/cgroups.h"

namespace ordinal::podsync {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLeaveAlone = 2s;
constexpr Duration kGiveUp = 10s;
constexpr Duration kFirstLook = 20ms, kLook = 500ms;

}  // namespace

Task<bool> EndCgroups(Clock& clock, BlockingPool& pool, CgroupsOfPod cgroups) {
  const auto remove = [root = cgroups.root, uid = cgroups.uid]() -> Result<bool> {
    return RemovePodCgroups(root, uid);
  };
  const auto kill = [root = cgroups.root, uid = cgroups.uid]() -> Status {
    KillPodProcesses(root, uid);
    return {};
  };
  const SteadyTime began = clock.Steady();
  Duration look = kFirstLook;
  Result<bool> gone = co_await pool.Run(remove);
  while (!(gone.ok() && *gone) && clock.Steady() - began < kGiveUp) {
    co_await Sleep(clock, look);
    look = std::min(look * 2, kLook);
    if (clock.Steady() - began > kLeaveAlone) {
      co_await pool.Run(kill);
      look = kFirstLook;  // they are gone in a moment
    }
    gone = co_await pool.Run(remove);
  }
  co_return gone.ok() && *gone;
}

Task<Result<int>> EndProcessesOfEnded(Clock& clock, BlockingPool& pool, CgroupsOfPod cgroups,
                                      std::vector<std::string> containers) {
  if (containers.empty()) co_return 0;
  const auto kill = [root = cgroups.root, uid = cgroups.uid, containers]() -> Result<bool> {
    return KillProcessesOfEnded(root, uid, containers);
  };
  const SteadyTime began = clock.Steady();
  for (int found = 0;; ++found) {
    CO_TRY(const bool none, co_await pool.Run(kill));
    if (none) co_return found;
    if (clock.Steady() - began >= kGiveUp) {
      co_return MakeError(ErrorCode::kDeadlineExceeded,
                          fmt::format("a process is left of container {:.12}, which has ended", containers.front()));
    }
    co_await Sleep(clock, kFirstLook);
  }
}

}  // namespace ordinal::podsync
