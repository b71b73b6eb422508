#include "agent/app/kept_names.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/base/whole_file.h"

namespace ordinal {
namespace {

constexpr Duration kWriteAfter = std::chrono::seconds(1);
constexpr Duration kAskAgain = std::chrono::milliseconds(20);
constexpr size_t kMost = 64 << 20;  // a file larger than this is not ours

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return MakeError(ErrorCode::kNotFound, "there is no " + path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.size() > kMost) return MakeError(ErrorCode::kInvalid, path + " is too large");
  return text;
}

bool Has(const cri::Sandbox& sandbox, const std::vector<std::string>& addresses) {
  if (sandbox.ips.empty()) return true;  // of the host's network
  return std::find(addresses.begin(), addresses.end(), sandbox.ips.front()) != addresses.end();
}

}  // namespace

Task<std::shared_ptr<const dns::Snapshot>> NamesOf(LastRun run, std::function<bool()> given_up) {
  const Result<std::string> text = ReadFile(run.file);
  if (!text.ok()) co_return nullptr;
  cri::SandboxFilter ours;
  ours.labels[observe::kAgentLabel] = run.agent;
  Result<std::vector<cri::Sandbox>> sandboxes = co_await run.runtime.ListSandboxes(ours);
  bool again = !sandboxes.ok() && !given_up();
  while (again) {
    co_await Sleep(run.clock, kAskAgain);
    sandboxes = co_await run.runtime.ListSandboxes(ours);
    again = !sandboxes.ok() && !given_up();
  }
  if (!sandboxes.ok()) co_return nullptr;
  std::set<std::string> ready;
  for (const cri::Sandbox& sandbox : *sandboxes) {
    if (sandbox.state == cri::SandboxState::kReady) ready.insert(sandbox.id);
  }
  const Result<names::Names> kept = names::ReadKept(*text, ready, run.zone);
  if (!kept.ok()) {
    log::Warning("{}: {}", run.file, kept.error().message);
    co_return nullptr;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(run.clock.Now().time_since_epoch());
  co_return names::SnapshotOf(*kept, run.zone, static_cast<uint32_t>(seconds.count()), names::Whole::kNo).snapshot;
}

void KeptNames::Changed() {
  if (std::exchange(waiting_, true)) return;
  due_ = parts_.clock.After(kWriteAfter, [this] {
    SpawnLoop(parts_.executor, parts_.clock, "names for the next start", [this] { return Write(); });
  });
}

Task<void> KeptNames::Write() {
  waiting_ = false;
  const names::Names names = collect_();
  const std::string text = names::KeepText(names, SandboxesOf(names), parts_.zone);
  if (text == written_) co_return;
  auto write = [path = parts_.file, text] { return WriteWhole(path, text); };
  const Status wrote = co_await parts_.pool.Run(std::move(write));
  if (wrote.ok()) written_ = text;
  if (!wrote.ok()) log::Warning("names cannot be kept for the next start: {}", wrote.error().message);
}

names::Sandboxes KeptNames::SandboxesOf(const names::Names& names) const {
  names::Sandboxes sandboxes;
  for (const api::EndpointSlice& slice : names.slices) {
    for (const api::Endpoint& endpoint : slice.endpoints) {
      for (const cri::Sandbox& sandbox : parts_.states.Get(endpoint.target_uid).sandboxes) {
        if (sandbox.state != cri::SandboxState::kReady || !Has(sandbox, endpoint.addresses)) continue;
        sandboxes[endpoint.target_uid] = sandbox.id;
      }
    }
  }
  return sandboxes;
}

}  // namespace ordinal
