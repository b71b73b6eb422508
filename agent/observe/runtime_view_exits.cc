// How the view learns that a container has ended: what is told at once, and what the runtime's records say a moment
// later.
#include <algorithm>
#include <chrono>

#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/observe/runtime_view.h"

namespace ordinal::observe {
namespace {

using namespace std::chrono_literals;
using cri::ContainerState;

// The runtime publishes an exit before its own records say so; a moment later they do.
constexpr Duration kConfirmFirst = 50ms;
constexpr Duration kConfirmSoon = 5ms;  // where an end is not told without its records
constexpr Duration kConfirmMax = 2s;
constexpr int kConfirmTries = 10;
constexpr size_t kEarlyExits = 256;

/// Its last lines are what it has to say of its end. The runtime writes them to the log on its own time: they are there
/// when its records say that the container has ended.
bool SpeaksThroughItsLog(const cri::Container& container, int32_t exit_code) {
  const auto policy = container.annotations.find(kTerminationMessagePolicy);
  return exit_code != 0 && policy != container.annotations.end() && policy->second == "FallbackToLogsOnError";
}

}  // namespace

PodState* RuntimeView::OwnerOf(const std::string& id) {
  for (auto& [uid, pod] : pods_) {
    if (FindById(pod.sandboxes, id) != nullptr || FindById(pod.containers, id) != nullptr) return &pod;
  }
  return nullptr;
}

void RuntimeView::NoteExit(const std::string& id, int32_t exit_code) {
  PodState* pod = OwnerOf(id);
  if (pod == nullptr) {  // not ours, or so new that its worker is about to look
    early_exits_.emplace_back(id, exit_code);
    if (early_exits_.size() > kEarlyExits) early_exits_.pop_front();
    return;
  }
  const std::string uid = pod->uid;
  bool news = false;
  for (cri::Container& container : pod->containers) {
    if (container.id != id || container.state == ContainerState::kExited) continue;
    if (SpeaksThroughItsLog(container, exit_code)) return AwaitRecords(uid, id, exit_code);
    MarkExited(container, exit_code);
    news = true;
  }
  for (cri::Sandbox& sandbox : pod->sandboxes) {
    if (sandbox.id != id || sandbox.state == cri::SandboxState::kNotReady) continue;
    sandbox.state = cri::SandboxState::kNotReady;
    news = true;
  }
  if (!news) return;  // told before, by the kernel or by the runtime
  ++generations_[uid];
  if (changed_) changed_(uid);
  SpawnOnce(executor_, "confirm exit", ConfirmExit(uid, id, kConfirmFirst));
}

void RuntimeView::AwaitRecords(const std::string& uid, const std::string& id, int32_t exit_code) {
  if (!awaited_.insert(id).second) return;
  SpawnOnce(executor_, "await records", MarkWithRecords(uid, id, exit_code));
}

Task<void> RuntimeView::MarkWithRecords(std::string uid, std::string id, int32_t exit_code) {
  for (int i = 0; i < kConfirmTries; ++i) {
    co_await ConfirmExit(uid, id, kConfirmSoon);
    cri::Container* container = KnownContainer(uid, id);
    if (container == nullptr) continue;  // whoever found it has not stored it yet
    if (container->state != ContainerState::kExited) {
      MarkExited(*container, exit_code);  // it has ended, whatever the runtime says
      ++generations_[uid];
      if (changed_) changed_(uid);
    }
    break;
  }
  awaited_.erase(id);
}

cri::Container* RuntimeView::KnownContainer(const std::string& uid, const std::string& id) {
  const auto pod = pods_.find(uid);
  if (pod == pods_.end()) return nullptr;
  for (cri::Container& container : pod->second.containers) {
    if (container.id == id) return &container;
  }
  return nullptr;
}

void RuntimeView::MarkExited(cri::Container& container, int32_t exit_code) {
  container.state = ContainerState::kExited;
  container.exit_code = exit_code;
  container.finished_at = clock_.Now();
  container.reason = RanOutOfMemory(container.id) ? kOutOfMemory : exit_code == 0 ? "Completed" : "Error";
}

std::optional<int32_t> RuntimeView::TakeEarlyExit(const std::string& id) {
  const auto early =
      std::find_if(early_exits_.begin(), early_exits_.end(), [&](const auto& exit) { return exit.first == id; });
  if (early == early_exits_.end()) return std::nullopt;
  const int32_t exit_code = early->second;
  early_exits_.erase(early);
  return exit_code;
}

void RuntimeView::ApplyEarlyExit(const std::string& uid, cri::Container& container) {
  const std::optional<int32_t> exit_code = TakeEarlyExit(container.id);
  if (!exit_code) return;
  if (SpeaksThroughItsLog(container, *exit_code)) return AwaitRecords(uid, container.id, *exit_code);
  MarkExited(container, *exit_code);
  SpawnOnce(executor_, "confirm exit", ConfirmExit(uid, container.id, kConfirmFirst));
}

/// Takes over the runtime's own account of an exit (its reason, its time) once it has one.
Task<void> RuntimeView::ConfirmExit(std::string uid, std::string id, Duration first) {
  Duration wait = first;
  for (int i = 0; i < kConfirmTries; ++i, wait = std::min(wait * 2, kConfirmMax)) {
    co_await Sleep(clock_, wait);
    auto status = co_await runtime_.ContainerStatus(id);
    if (!status && status.error().code == ErrorCode::kNotFound) co_return;  // a sandbox, or removed meanwhile
    if (!status || status->state != ContainerState::kExited) continue;
    const auto pod = pods_.find(uid);
    if (pod == pods_.end()) co_return;
    for (cri::Container& container : pod->second.containers) {
      if (container.id != id) continue;
      const bool oom = container.reason == kOutOfMemory || RanOutOfMemory(id);
      const std::string sandbox_id = container.sandbox_id;
      container = *status;
      container.sandbox_id = sandbox_id;
      if (oom) container.reason = kOutOfMemory;
      ++generations_[uid];
      if (changed_) changed_(uid);
    }
    co_return;
  }
}

bool RuntimeView::RanOutOfMemory(const std::string& id) const {
  return std::find(oom_.begin(), oom_.end(), id) != oom_.end();
}

void RuntimeView::NoteOom(const std::string& id) {
  PodState* pod = OwnerOf(id);
  const cri::Container* known = pod == nullptr ? nullptr : FindById(pod->containers, id);
  if (known == nullptr || known->state != ContainerState::kExited) {
    if (!RanOutOfMemory(id)) oom_.push_back(id);
    if (oom_.size() > kEarlyExits) oom_.pop_front();
    return;
  }
  if (known->reason == kOutOfMemory) return;
  for (cri::Container& container : pod->containers) {
    if (container.id == id) container.reason = kOutOfMemory;
  }
  const std::string uid = pod->uid;
  ++generations_[uid];
  if (changed_) changed_(uid);
}

}  // namespace ordinal::observe
