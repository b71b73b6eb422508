#include "agent/probes/prober.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <set>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "agent/base/whole_file.h"

namespace ordinal::probes {
namespace {

using api::ProbeKind;

constexpr std::array kKinds{ProbeKind::kStartup, ProbeKind::kReadiness, ProbeKind::kLiveness};

// Between the beats: the first pause, and how much longer than the last answer took the next one is at least.
constexpr Duration kFirstPause = std::chrono::milliseconds(100);
constexpr int kRest = 20;

constexpr std::streamsize kMostText = 4096;

std::string Word(ProbeKind kind) {
  return kind == ProbeKind::kStartup ? "startup" : kind == ProbeKind::kReadiness ? "readiness" : "liveness";
}

/// The pod's directory is there while the pod is: none is made for one that is gone.
Status Keep(const std::string& file, const std::string& text) {
  const std::string directory = file.substr(0, file.rfind('/'));
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoError("make " + directory, errno);
  const Status written = WriteWhole(file, text);
  if (!written.ok()) unlink(file.c_str());  // what is shown is newer than what it says
  return written;
}

std::string ReadKept(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMostText, '\0');
  in.read(text.data(), kMostText);
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

void Count(const Outcome& outcome, Duration took, ProbeCounts& counts) {
  counts.took.Observe(took);
  ++(outcome.passed() ? counts.passed : outcome.kind == Outcome::Kind::kFailed ? counts.failed : counts.unknown);
}

}  // namespace

struct Prober::Probing {
  Probing(const Executor& executor, std::shared_ptr<Container> of, ProbeKind which)
      : container(std::move(of)), kind(which), wake(executor) {}

  std::shared_ptr<Container> container;
  const ProbeKind kind;
  std::shared_ptr<const api::Probe> probe;
  std::string file;
  Rhythm rhythm;
  Signal wake;  ///< it may be asked now
  ProbeState state;
  std::optional<bool> told;  ///< what counts, as far as it is written
  bool on_beat = true;       ///< this turn; else it is asked between two beats
  Duration pause{0};         ///< between the beats
  int unknown = 0;           ///< times in a row that it could not be asked
  std::shared_ptr<ProbeCounts> counts;

  /// Nothing more is to be found out: it was started, or it is to be ended.
  bool Settled() const {
    return kind == ProbeKind::kStartup ? state.counts.has_value()
                                       : kind == ProbeKind::kLiveness && state.counts == false;
  }
};

struct Prober::Container {
  explicit Container(const Executor& executor) : scope(executor) {}

  std::string uid;
  api::Object pod;  ///< for events
  Target target;
  std::array<std::shared_ptr<Probing>, kKinds.size()> probings;  ///< by kind; null: it has none
  size_t recalling = 0;
  bool dropped = false, ending = false;
  Scope scope;

  const Probing* Of(ProbeKind kind) const { return probings[static_cast<size_t>(kind)].get(); }
  bool Started() const {
    const Probing* startup = Of(ProbeKind::kStartup);
    return startup == nullptr || startup->told == true;
  }
  /// Whether this probe is asked at all, now or later.
  bool Asks(const Probing& probing) const {
    if (dropped || !target.running || probing.Settled()) return false;
    return !ending || probing.kind == ProbeKind::kReadiness;
  }
  /// What runs for it ends, and holds it no longer than that.
  void End() {
    dropped = true;
    scope.Cancel();
    probings = {};
  }
  void WakeAll() const {
    for (const auto& probing : probings) {
      if (probing) probing->wake.Notify();
    }
  }
};

Prober::Prober(Parts parts) : parts_(std::move(parts)) {}

Prober::~Prober() {
  while (!pods_.empty()) End(std::string(pods_.begin()->first));
}

void Prober::Use(const api::Pod& pod, const std::vector<Target>& targets) {
  const std::string& uid = pod.meta.uid;
  if (targets.empty()) return End(uid);
  Containers& used = pods_[uid];
  std::set<std::string> wanted;
  for (const Target& target : targets) {
    wanted.insert(target.where.container_id);
    std::shared_ptr<Container>& container = used[target.where.container_id];
    const bool known = container != nullptr;
    if (!known) container = std::make_shared<Container>(parts_.executor);
    const bool stopped = known && container->target.running && !target.running;
    container->uid = uid;
    container->pod = pod.object;
    container->target = target;
    if (!known) Begin(uid, container);
    if (stopped) container->scope.Cancel();
  }
  std::erase_if(used, [&wanted](const auto& item) {
    const bool unwanted = !wanted.contains(item.first);
    if (unwanted) item.second->End();
    return unwanted;
  });
}

void Prober::Begin(const std::string& uid, const std::shared_ptr<Container>& container) {
  const Target& target = container->target;
  // One that is of the future began when the clock was another: nobody knows when, and it counts as begun just now.
  const Duration age = std::max(parts_.clock.Now() - target.started_at, Duration::zero());
  const SteadyTime started = parts_.clock.Steady() - age;
  for (const ProbeKind kind : kKinds) {
    const std::shared_ptr<const api::Probe> probe = container->target.probes.of(kind);
    if (!probe) continue;
    const auto probing = std::make_shared<Probing>(parts_.executor, container, kind);
    probing->probe = probe;
    probing->counts = CountsOf(*container, kind);
    probing->file = parts_.layout.ProbeState(uid, target.name, Word(kind));
    probing->rhythm = Rhythm::Of(*probe, kind, target.where.container_id, started);
    const bool shown = kind == ProbeKind::kStartup     ? target.shown_started
                       : kind == ProbeKind::kReadiness ? target.shown_ready
                                                       : false;
    if (shown) probing->state.counts = probing->told = true;
    container->probings[static_cast<size_t>(kind)] = probing;
    ++container->recalling;
  }
  for (const auto& probing : container->probings) {
    if (probing) container->scope.Spawn("probe of pod " + uid, Run(probing));
  }
}

void Prober::Ending(const std::string& uid) {
  const auto used = pods_.find(uid);
  if (used == pods_.end()) return;
  for (const auto& [id, container] : used->second) container->ending = true;
}

void Prober::Drop(const std::string& uid) {
  End(uid);
  counted_.erase(uid);
}

std::shared_ptr<ProbeCounts> Prober::CountsOf(const Container& container, ProbeKind kind) {
  Counted& counted = counted_[container.uid];
  counted.ns = container.pod.ns();
  counted.name = container.pod.name();
  std::shared_ptr<ProbeCounts>& counts = counted.of_probe[{container.target.name, kind}];
  if (!counts) counts = std::make_shared<ProbeCounts>();
  return counts;
}

/// Nothing of the pod is asked any more.
void Prober::End(const std::string& uid) {
  const auto used = pods_.find(uid);
  if (used == pods_.end()) return;
  for (const auto& [id, container] : used->second) container->End();
  pods_.erase(used);
}

std::optional<Standing> Prober::Of(const std::string& uid, const std::string& container_id) const {
  const auto used = pods_.find(uid);
  if (used == pods_.end()) return std::nullopt;
  const auto found = used->second.find(container_id);
  if (found == used->second.end()) return std::nullopt;
  Standing standing;
  const Container& container = *found->second;
  const Probing* readiness = container.Of(ProbeKind::kReadiness);
  standing.started = container.Started();
  standing.ready = standing.started && (readiness == nullptr || readiness->told == true);
  for (const ProbeKind kind : {ProbeKind::kLiveness, ProbeKind::kStartup}) {
    const Probing* probing = container.Of(kind);
    if (probing == nullptr || probing->told != false || container.ending) continue;
    standing.failure = Standing::Failure{kind, probing->probe->grace_seconds};
  }
  return standing;
}

bool Prober::Known(const std::string& uid) const {
  const auto used = pods_.find(uid);
  if (used == pods_.end()) return true;
  return std::all_of(used->second.begin(), used->second.end(),
                     [](const auto& item) { return item.second->recalling == 0; });
}

size_t Prober::running() const {
  size_t count = 0;
  for (const auto& [uid, used] : pods_) {
    for (const auto& [id, container] : used) count += container->scope.running();
  }
  return count;
}

void Prober::Each(const std::function<void(const CountedProbe&)>& show) const {
  for (const auto& [uid, counted] : counted_) {
    for (const auto& [probe, counts] : counted.of_probe) {
      show({counted.ns, counted.name, uid, probe.first, probe.second, *counts});
    }
  }
}

Task<void> Prober::Run(std::shared_ptr<Probing> probing) {
  const std::shared_ptr<Container> container = probing->container;
  co_await Recall(probing);
  while (container->Asks(*probing)) {
    if (probing->kind != ProbeKind::kStartup && !container->Started()) {
      co_await probing->wake.Wait();
      continue;
    }
    co_await AwaitTurn(probing);
    if (!container->Asks(*probing)) break;
    Task<Status> asking = CaughtTask([this, probing] { return AskOnce(probing); });
    const Status asked = co_await std::move(asking);
    if (asked.ok()) continue;
    log::Error("a probe of pod {} {}; it is asked again", container->uid, asked.error().message);
    co_await Sleep(parts_.clock, kFirstLoopPause);
  }
}

/// What an earlier agent kept of this container goes before what the pod's status shows: it is newer.
Task<void> Prober::Recall(std::shared_ptr<Probing> probing) {
  const std::shared_ptr<Container> container = probing->container;
  auto read = [file = probing->file]() -> Result<std::string> { return ReadKept(file); };
  const Result<std::string> text = co_await parts_.pool.Run(std::move(read));
  const std::optional<ProbeState> kept =
      text.ok() ? FromText(*text, container->target.where.container_id) : std::nullopt;
  if (kept) {
    probing->state = *kept;
    if (kept->counts) probing->told = kept->counts;
    probing->state.counts = probing->told;
  }
  if (--container->recalling > 0 || container->dropped) co_return;
  container->WakeAll();
  if (changed_) changed_(container->uid);
}

/// Sleeps until the next beat, or until it is asked between the beats.
Task<void> Prober::AwaitTurn(std::shared_ptr<Probing> probing) {
  const SteadyTime now = parts_.clock.Steady();
  Duration wait = probing->rhythm.UntilNext(now);
  probing->on_beat = true;
  const bool between = probing->kind != ProbeKind::kLiveness && probing->probe->success_threshold == 1;
  if (between && !probing->state.counts) {
    const Duration sooner = std::max(probing->rhythm.UntilAllowed(now), probing->pause);
    if (sooner < wait) {
      wait = sooner;
      probing->on_beat = false;
    }
  }
  co_await Sleep(parts_.clock, wait);
}

Task<void> Prober::AskOnce(std::shared_ptr<Probing> probing) {
  const std::shared_ptr<Container> container = probing->container;
  const SteadyTime began = parts_.clock.Steady();
  Where where = container->target.where;
  const std::shared_ptr<const api::Handler> what(probing->probe, &probing->probe->handler);
  const Outcome outcome = co_await parts_.checks.Probe(std::move(where), what, probing->probe->timeout);
  Count(outcome, parts_.clock.Steady() - began, *probing->counts);
  if (!container->Asks(*probing)) co_return;  // its end came meanwhile: of that it says nothing
  Tell(*probing, outcome);
  probing->unknown = outcome.kind == Outcome::Kind::kUnknown ? probing->unknown + 1 : 0;
  if (!probing->on_beat && !outcome.passed()) {
    probing->pause = std::max({kFirstPause, 2 * probing->pause, kRest * (parts_.clock.Steady() - began)});
  } else if (outcome.kind != Outcome::Kind::kUnknown) {
    co_await Take(probing, outcome.passed());
  }
}

Task<void> Prober::Take(std::shared_ptr<Probing> probing, bool passed) {
  const std::shared_ptr<Container> container = probing->container;
  const ProbeState next = After(probing->state, *probing->probe, passed);
  if (next == probing->state) co_return;
  probing->state = next;
  auto keep = [file = probing->file, text = ToText(next, container->target.where.container_id)] {
    return Keep(file, text);
  };
  const Status kept = co_await parts_.pool.Run(std::move(keep));
  if (!kept.ok() && !container->dropped) log::Warning("pod uid={}: {}", container->uid, kept.error().message);
  if (container->dropped || probing->told == next.counts) co_return;
  probing->told = next.counts;
  container->WakeAll();
  if (changed_) changed_(container->uid);
}

/// A failure between the beats is nothing to tell of; nor is a command that could not be run once, because the
/// container was just ending.
void Prober::Tell(const Probing& probing, const Outcome& outcome) {
  const Container& container = *probing.container;
  const auto say = [&](const char* reason, std::string message) {
    parts_.recorder.Record(
        {container.pod, events::Severity::kWarning, reason, std::move(message), container.target.name});
  };
  const char* kind = ToString(probing.kind);
  if (outcome.kind == Outcome::Kind::kWarned) {
    say("ProbeWarning", fmt::format("{} probe warning: {}", kind, outcome.message));
  } else if (outcome.kind == Outcome::Kind::kFailed && probing.on_beat) {
    say("Unhealthy", fmt::format("{} probe failed: {}", kind, outcome.message));
  } else if (outcome.kind == Outcome::Kind::kUnknown && probing.on_beat && probing.unknown > 0) {
    say("Unhealthy", fmt::format("{} probe errored and resulted in unknown state: {}", kind, outcome.message));
  }
}

}  // namespace ordinal::probes
