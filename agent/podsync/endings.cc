#include "agent/podsync/endings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "agent/api/kinds/pod/stop_signals.h"
#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "agent/podsync/end_container.h"
#include "agent/podsync/hooks.h"
#include "agent/podsync/plan.h"
#include "agent/probes/within.h"

namespace ordinal::podsync {
namespace {

using std::chrono::seconds;

constexpr Duration kLeastForProcess = seconds(2);  // pkg/kubelet/kuberuntime: minimumGracePeriodInSeconds
constexpr Duration kLeastForHook = seconds(1);

}  // namespace

struct Endings::Ending {
  explicit Ending(const Executor& executor) : news(executor) {}

  std::shared_ptr<const api::Pod> pod;
  std::string name, id;
  SteadyTime deadline{};
  Signal news;  ///< for Carry(): a shorter grace, or something of it is over
  std::optional<probes::Outcome> hook;
  std::optional<Status> stopped;  ///< the newest answer of the runtime
  size_t calls = 0;               ///< to the runtime, without an answer yet
  bool signalled = false;         ///< it had a signal of its own, and its time
  std::optional<Status> outcome;  ///< the end
  std::vector<std::shared_ptr<Signal>> waiting;
};

Endings::Endings(EndingParts parts) : parts_(parts) {}

Endings::Endings(Services& services)
    : Endings(EndingParts{services.executor, services.clock, services.runtime, services.states, services.checks,
                          services.recorder, services.signal, services.node}) {}

Task<Status> Endings::End(std::shared_ptr<const api::Pod> pod, std::string name, std::string id, seconds grace) {
  return Join(shared_from_this(), std::move(pod), std::move(name), std::move(id), grace);
}

Task<Status> Endings::Join(std::shared_ptr<Endings> self, std::shared_ptr<const api::Pod> pod, std::string name,
                           std::string id, seconds grace) {
  const EndingParts& parts = self->parts_;
  const SteadyTime deadline = parts.clock.Steady() + grace;
  const auto found = self->under_way_.find(id);
  std::shared_ptr<Ending> ending = found == self->under_way_.end() ? nullptr : found->second;
  if (!ending) {
    ending = std::make_shared<Ending>(parts.executor);
    ending->pod = std::move(pod);
    ending->name = std::move(name);
    ending->id = id;
    ending->deadline = deadline;
    self->under_way_.emplace(std::move(id), ending);
    ordinal::Spawn(parts.executor, "end of a container", Carry(self, ending));
  } else if (deadline < ending->deadline) {
    ending->deadline = deadline;
    ending->news.Notify();
  }
  const auto waiter = std::make_shared<Signal>(parts.executor);
  ending->waiting.push_back(waiter);
  while (!ending->outcome) {
    co_await waiter->Wait();
    const bool given_up = co_await GivenUp();
    if (given_up && !ending->outcome) co_return MakeError(ErrorCode::kCancelled, "not waited for to the end");
  }
  co_return *ending->outcome;
}

Task<void> Endings::Carry(std::shared_ptr<Endings> self, std::shared_ptr<Ending> ending) {
  Task<Status> carried = CaughtTask([self, ending] { return self->CarryOut(ending); });
  const Status ended = co_await std::move(carried);
  if (!ended.ok() && !ending->outcome) ending->outcome = ended;
  self->under_way_.erase(ending->id);
  for (const auto& waiter : ending->waiting) waiter->Notify();
}

Task<void> Endings::CarryOut(std::shared_ptr<Ending> ending) {
  co_await RunHook(ending);
  co_await SendStopSignal(ending);
  co_await StopUntilEnded(ending);
}

std::shared_ptr<const api::Handler> Endings::HookOf(const Ending& ending) const {
  if (!ending.pod || ending.deadline <= parts_.clock.Steady()) return nullptr;
  const api::Container* container = ContainerNamed(ending.pod->spec, ending.name);
  return container == nullptr ? nullptr : container->hooks.pre_stop;
}

Task<void> Endings::Execute(probes::Checks& checks, probes::Where where, std::shared_ptr<const api::Handler> what,
                            std::shared_ptr<Ending> ending) {
  ending->hook = co_await probes::Safely(checks.Run(std::move(where), std::move(what)));
  ending->news.Notify();
}

/// Waits for news; false when it is `until` already.
Task<bool> Endings::NewsBefore(std::shared_ptr<Ending> ending, SteadyTime until) {
  const Duration left = until - parts_.clock.Steady();
  if (left <= Duration::zero()) co_return false;
  const TimerHandle timer = parts_.clock.After(left, [ending] { ending->news.Notify(); });
  co_await ending->news.Wait();
  co_return true;
}

/// What the process gets of the grace at least.
Duration Endings::LeastOf(const Ending& ending) const {
  return hooked_.contains(ending.id) ? kLeastForProcess : Duration::zero();
}

Task<void> Endings::RunHook(std::shared_ptr<Ending> ending) {
  const std::shared_ptr<const api::Handler> what = HookOf(*ending);
  if (!what || !hooked_.insert(ending->id).second) co_return;
  Scope scope(parts_.executor);
  probes::Where where = WhereOf(parts_.node, parts_.states, *ending->pod, ending->name, ending->id);
  scope.Spawn("preStop hook", Execute(parts_.checks, std::move(where), what, ending));
  const SteadyTime least = parts_.clock.Steady() + kLeastForHook;
  while (!ending->hook) {
    const SteadyTime until = std::max(ending->deadline - kLeastForProcess, std::min(least, ending->deadline));
    const bool in_time = co_await NewsBefore(ending, until);
    if (!in_time) break;
  }
  if (ending->hook && ending->hook->passed()) co_return;
  const std::string why = ending->hook ? ending->hook->message : "its time was over";
  log::Warning("pod {}/{}: preStop hook of container \"{}\" failed: {}", ending->pod->meta.ns, ending->pod->meta.name,
               ending->name, why);
  parts_.recorder.Record(
      {ending->pod->object, events::Severity::kWarning, "FailedPreStopHook", "PreStopHook failed", ending->name});
}

bool Endings::Ended(const Ending& ending) const {
  const auto& containers = parts_.states.Get(ending.pod->meta.uid).containers;
  return std::any_of(containers.begin(), containers.end(), [&](const cri::Container& each) {
    return each.id == ending.id && each.state == cri::ContainerState::kExited;
  });
}

void Endings::Look() {
  for (const auto& [id, ending] : under_way_) ending->news.Notify();
}

/// The rest of the grace is the process's, as with the runtime's own signal.
Task<void> Endings::SendStopSignal(std::shared_ptr<Ending> ending) {
  if (!ending->pod || !parts_.signal) co_return;
  const api::Container* container = ContainerNamed(ending->pod->spec, ending->name);
  const auto number = api::SignalNumber(container == nullptr ? "" : container->hooks.stop_signal);
  const SteadyTime least = parts_.clock.Steady() + LeastOf(*ending);
  if (!number || std::max(ending->deadline, least) <= parts_.clock.Steady()) co_return;
  const Status sent = co_await parts_.signal(ending->id, *number);
  if (!sent.ok()) {
    log::Warning("pod {}/{}: the runtime's signal is sent to container \"{}\", not {}: {}", ending->pod->meta.ns,
                 ending->pod->meta.name, ending->name, container->hooks.stop_signal, sent.error().message);
    co_return;
  }
  while (!Ended(*ending)) {
    const bool in_time = co_await NewsBefore(ending, std::max(ending->deadline, least));
    if (!in_time) break;
  }
  ending->signalled = true;
}

Task<void> Endings::StopOnce(cri::Runtime& runtime, std::shared_ptr<Ending> ending, seconds grace) {
  Status stopped = co_await Caught(EndContainer(runtime, ending->id, grace));
  --ending->calls;
  if (stopped.ok() || !ending->stopped || !ending->stopped->ok()) ending->stopped = std::move(stopped);
  ending->news.Notify();
}

/// The runtime takes a second, shorter grace while it waits for the end of a longer one.
Task<void> Endings::StopUntilEnded(std::shared_ptr<Ending> ending) {
  std::optional<SteadyTime> sent;
  while (true) {
    if (!sent || ending->deadline < *sent) {
      sent = ending->deadline;
      const Duration left = ending->deadline - parts_.clock.Steady();
      const seconds grace =
          ending->signalled ? seconds(0) : std::chrono::ceil<seconds>(std::max(left, LeastOf(*ending)));
      ending->stopped.reset();
      ++ending->calls;
      ordinal::Spawn(parts_.executor, "stop container", StopOnce(parts_.runtime, ending, grace));
    }
    const bool answered = ending->stopped && (ending->stopped->ok() || ending->calls == 0);
    if (answered) break;
    co_await ending->news.Wait();
  }
  ending->outcome = *ending->stopped;
}

}  // namespace ordinal::podsync
