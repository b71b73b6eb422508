#include "agent/app/sweep.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "agent/base/log.h"
#include "agent/network/cni_config.h"
#include "agent/network/leftovers.h"
#include "agent/podsync/files.h"

namespace ordinal {
namespace {

constexpr Duration kSweepRetry = std::chrono::seconds(5);
constexpr int kSweepTries = 12;
// A sandbox that is being made is attached to the network before any list shows it; the runtime gives up making one
// after four minutes (cri/grpc/deadlines.h, kSandboxDeadline).
constexpr Duration kApart = std::chrono::minutes(5);
constexpr const char* kOurs = "ours\n";
constexpr const char* kOthers = "others\n";

/// Who is attached to the network and is no sandbox. First who is attached, then who there is: one that comes between
/// the two is there.
Task<Result<std::set<std::string>>> Strangers(cri::Runtime& runtime, BlockingPool& pool, std::string network) {
  auto look = [network] { return network::Leftovers().AttachedTo(network); };
  CO_TRY(std::set<std::string> strangers, co_await pool.Run(std::move(look)));
  const cri::SandboxFilter everything;
  CO_TRY(const std::vector<cri::Sandbox> sandboxes, co_await runtime.ListSandboxes(everything));
  for (const cri::Sandbox& sandbox : sandboxes) strangers.erase(sandbox.id);
  co_return strangers;
}

Task<void> SweepNotes(podsync::EndingSandboxes& runtime, Clock& clock) {
  for (int i = 0; i < kSweepTries; ++i) {
    const Status swept = co_await runtime.SweepGone();
    if (swept.ok()) co_return;
    log::Warning("sweeping the host, trying again: {}", swept.error().message);
    co_await Sleep(clock, kSweepRetry);
  }
}

Task<Status> SweepStrangers(cri::Runtime& runtime, Clock& clock, BlockingPool& pool, NetworkOwner owner) {
  auto name = [owner]() -> Result<std::string> { return network::NetworkOf(owner.conf_dir, owner.owner); };
  CO_TRY(const std::string network, co_await pool.Run(std::move(name)));
  if (network.empty()) co_return Status();  // somebody else's: only what was noted is ours
  CO_TRY(const std::set<std::string> before, co_await Strangers(runtime, pool, network));
  if (before.empty()) co_return Status();
  co_await Sleep(clock, kApart);
  CO_TRY(const std::set<std::string> now, co_await Strangers(runtime, pool, network));
  std::set<std::string> dead;
  std::set_intersection(before.begin(), before.end(), now.begin(), now.end(), std::inserter(dead, dead.end()));
  if (dead.empty()) co_return Status();
  log::Info("sweeping what is left in network {} of {} containers that are gone", network, dead.size());
  auto remove = [dead] { return network::Leftovers().Remove(dead); };
  co_return co_await pool.Run(std::move(remove));
}

}  // namespace

std::unique_ptr<podsync::EndingSandboxes> WithNotes(std::unique_ptr<cri::Runtime> runtime, BlockingPool& pool,
                                                    const Layout& layout) {
  return std::make_unique<podsync::EndingSandboxes>(
      std::move(runtime), pool, layout.Ending(),
      [](const std::set<std::string>& sandboxes) { return network::Leftovers().Remove(sandboxes); });
}

Task<void> SweepHost(podsync::EndingSandboxes& runtime, Clock& clock, BlockingPool& pool, NetworkOwner network) {
  co_await SweepNotes(runtime, clock);
  const Status swept = co_await SweepStrangers(runtime, clock, pool, std::move(network));
  if (!swept.ok()) log::Warning("sweeping the pod network: {}", swept.error().message);
}

void NotePortChains(const std::string& note) {
  std::error_code code;
  if (std::filesystem::exists(note, code)) return;
  const Result<bool> there = network::Leftovers().HasPortChains();
  if (!there.ok()) return;  // nobody knows: they stay
  const Status noted = podsync::WriteFile(note, *there ? kOthers : kOurs, 0600);
  if (!noted.ok()) log::Warning("{}", noted.error().message);
}

Status SweepNetwork(const std::string& network, const std::string& note) {
  const network::Leftovers leftovers;
  TRY(const std::set<std::string> attached, leftovers.AttachedTo(network));
  TRYV(leftovers.Remove(attached));
  if (podsync::ReadTail(note, 16) != kOurs) return {};
  TRYV(leftovers.RemovePortChains());
  unlink(note.c_str());
  return {};
}

}  // namespace ordinal
