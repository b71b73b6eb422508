// Host: a machine with a runtime, a store and an agent's podsync on it, all in one thread and on one clock that stands
// still. The agent can be killed and started again; the runtime, the store and the disk go on.
//
//   Host host;
//   host.StartAgent();
//   host.Apply(Spec({}, {"main"}));
//   host.Settle();                     // everything that can happen now has happened
//   host.Pass(seconds(10));            // time goes by
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/objects/caches.h"
#include "agent/objects/local/local_objects.h"
#include "agent/observe/runtime_view.h"
#include "agent/podsync/pod_sync.h"
#include "agent/status/document.h"
#include "agent/status/pod_status_writer.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_checks.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_pod_volumes.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/podsync/gate.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {

class Host {
 public:
  Host() {
    runtime.AddImage("busybox:1.35");
    Spawn(io.get_executor(), "event pump", PumpEvents());
    verdict = [](const std::string&) { return Verdict::kPass; };
    // Tests that want tokens in their pods say so there.
    EXPECT_TRUE(RunTask(io, client.Create(Json{{"apiVersion", "v1"},
                                               {"kind", "ServiceAccount"},
                                               {"automountServiceAccountToken", false},
                                               {"metadata", {{"name", "default"}, {"namespace", "default"}}}}))
                    .ok());
  }

  // ---- the agent
  void StartAgent() { agents_.push_back(std::make_unique<Agent>(*this)); }
  /// As kill -9: nothing it does has any effect from now on.
  void KillAgent() { agents_.back()->gate.Close(); }
  bool AgentDied() const { return agents_.back()->gate.closed(); }
  void EndByNode(const std::string& uid, NodeEnd end) { agents_.back()->sync.EndByNode(uid, std::move(end)); }
  void GoOn() { agents_.back()->sync.GoOn(); }
  void NodeChanged() { agents_.back()->sync.NodeChanged(); }
  size_t workers() const { return agents_.back()->sync.workers(); }
  size_t watched() const { return agents_.back()->references.watched(); }  ///< config maps and secrets

  // ---- what people do
  void Apply(Json spec, const std::string& name = "kubia-0") {
    if (!spec.contains("terminationGracePeriodSeconds")) spec["terminationGracePeriodSeconds"] = 30;
    Json document = PodDocument(std::move(spec));
    document["metadata"] = {{"name", name}, {"namespace", "default"}};
    const auto written = RunTask(io, client.Create(std::move(document)));
    ASSERT_TRUE(written.ok()) << written.error().message;
  }

  void Delete(std::optional<int64_t> grace = {}, const std::string& name = "kubia-0") {
    objects::DeleteOptions options;
    options.grace_seconds = grace;
    const auto deleted = RunTask(io, client.Delete({"Pod", "default", name}, options));
    ASSERT_TRUE(deleted.ok()) << deleted.error().message;
  }

  // ---- time
  /// Runs everything that can happen at this moment, the blocking pool's work included.
  void Settle() {
    // One pool thread: when this call's own work is done, so is all that was given to the pool before. A chain of pool
    // calls shows no handler in between, hence several quiet rounds.
    int quiet = 0;
    for (int rounds = 0; quiet < 12; ++rounds) {
      if (rounds > 5000) {
        ADD_FAILURE() << "the agent does not come to rest";
        return;
      }
      const auto nothing = [] { return Status(); };
      ASSERT_TRUE(RunTask(io, pool.Run(nothing)).ok());
      io.restart();
      size_t done = 0;
      for (; io.poll_one() > 0; ++done) RestDocuments();
      quiet = done == 0 ? quiet + 1 : 0;
    }
  }

  void Pass(Duration by, Duration step = std::chrono::milliseconds(100)) {
    Settle();
    for (Duration passed{0}; passed < by; passed += step) {
      clock.Advance(std::min(step, by - passed));
      Settle();
    }
  }

  // ---- what is there
  api::Object Object(const std::string& name = "kubia-0") {
    auto found = RunTask(io, objects.Get({"Pod", "default", name}));
    return found.ok() ? *found : api::Object();
  }
  Json StatusOf(const std::string& name = "kubia-0") {
    const api::Object object = Object(name);
    return object.empty() ? Json() : api::Member(object.body(), "status");
  }
  std::string Phase(const std::string& name = "kubia-0") { return api::ReadString(StatusOf(name), "phase"); }
  /// state.waiting.reason of the first container.
  std::string Waiting(const std::string& name = "kubia-0") {
    const Json status = StatusOf(name);
    const Json& list = api::Member(status, "containerStatuses");
    if (!list.is_array() || list.empty()) return {};
    return api::ReadString(api::Member(api::Member(list[0], "state"), "waiting"), "reason");
  }
  /// "main#0 side#2": what runs, by name, each with its restart count.
  std::string Running(const std::string& pod = "kubia-0") const {
    std::vector<std::string> running;
    for (const auto& [id, container] : runtime.containers()) {
      if (container.state != cri::ContainerState::kRunning) continue;
      if (container.labels.at(observe::kPodNameLabel) != pod) continue;
      running.push_back(fmt::format("{}#{}", container.name, container.attempt));
    }
    std::sort(running.begin(), running.end());
    return fmt::format("{}", fmt::join(running, " "));
  }
  size_t Count(const std::string& call) const {
    const auto& calls = runtime.calls();
    return static_cast<size_t>(
        std::count_if(calls.begin(), calls.end(), [&](const std::string& made) { return made.starts_with(call); }));
  }

  /// The calls that end containers: "StopContainer main 30s", in order.
  std::vector<std::string> Stops() const {
    std::vector<std::string> stops = runtime.calls();
    std::erase_if(stops, [](const std::string& call) { return !call.starts_with("StopContainer"); });
    return stops;
  }

  /// Two live containers of one name in pods of one name: what must never be.
  void CheckInvariants() const {
    std::map<std::string, int> live;
    for (const auto& [id, container] : runtime.containers()) {
      if (container.state != cri::ContainerState::kRunning) continue;
      const std::string who = container.labels.at(observe::kPodNameLabel) + "/" + container.name;
      EXPECT_LE(++live[who], 1) << who << " is alive twice";
    }
  }

  asio::io_context io;
  fakes::FakeClock clock{io};
  fakes::FakeRuntime runtime{clock, io.get_executor()};
  store::MemoryStore objects;
  SeededRandom random{1};
  objects::LocalObjects client{objects, clock, random};
  fakes::FakePodVolumes pod_volumes;
  fakes::FakeChecks checks{clock};  ///< what containers answer to probes and hooks
  fakes::ScratchDirectory directory;
  const Layout layout{
      {directory / "state", directory / "volumes", directory / "run", directory / "logs", directory / "links"}};
  BlockingPool pool{1};
  std::vector<api::TakenPort> own_ports, node_api_ports;  ///< of the agents started from now on
  AskRefusal refusal;                                     ///< the same: whether new pods may begin
  HandlerOf handler_of;  ///< of agents that are started from now on; empty: there are no runtime classes
  BackoffLimits restart_backoff = kRestartBackoff;
  int64_t cpu_milli = 2000;                        ///< the host's processors, as an agent that is started finds them
  bool limited_swap = false;                       ///< on cgroup v2, with 4 Gi of swap
  std::function<api::ResourceList()> allocatable;  ///< of the node; null: all the host has
  Counts counts;                                   ///< of all agents
  std::vector<std::string> events;                 ///< "Normal Started Started container main"
  std::vector<Json> reported;                      ///< every status podsync reported
  std::vector<int> signals;                        ///< that containers were sent beside the runtime
  std::function<void(const std::string& id)> on_signal;  ///< what a container does then; null: it cannot be reached
  std::function<Verdict(const std::string&)> verdict;

 private:
  struct Agent;
  /// What a dead agent says is not heard.
  struct Reports final : status::PodReports {
    Reports(Host& the_host, Agent& the_agent) : host(the_host), agent(the_agent) {}
    void Set(const api::ObjectKey& key, const std::string& uid, const api::PodStatus& status) override {
      if (agent.gate.closed()) return;
      host.reported.push_back(status::DocumentOf(status));
      agent.writer.Set(key, uid, status);
    }
    Task<void> End(api::ObjectKey key, std::string uid) override {
      if (!agent.gate.closed()) co_await agent.writer.End(std::move(key), std::move(uid));
    }
    Host& host;
    Agent& agent;
  };
  struct Recorder final : events::Recorder {
    Recorder(Host& the_host, Agent& the_agent) : host(the_host), agent(the_agent) {}
    void Record(const events::Event& event) override {
      if (agent.gate.closed()) return;
      host.events.push_back(fmt::format("{} {} {}", ToString(event.severity), event.reason, event.message));
    }
    Host& host;
    Agent& agent;
  };

  /// A dead agent asks nobody.
  struct Checks final : probes::Checks {
    Checks(Host& the_host, Agent& the_agent) : host(the_host), agent(the_agent) {}
    Task<probes::Outcome> Probe(probes::Where where, std::shared_ptr<const api::Handler> what,
                                Duration timeout) override {
      if (agent.gate.closed()) co_await Sleep(host.clock, std::chrono::hours(24 * 365));
      const probes::Outcome outcome = co_await host.checks.Probe(std::move(where), std::move(what), timeout);
      if (agent.gate.closed()) co_await Sleep(host.clock, std::chrono::hours(24 * 365));
      co_return outcome;
    }
    Task<probes::Outcome> Run(probes::Where where, std::shared_ptr<const api::Handler> what) override {
      const probes::Outcome outcome = co_await host.checks.Run(std::move(where), std::move(what));
      if (agent.gate.closed()) co_await Sleep(host.clock, std::chrono::hours(24 * 365));
      co_return outcome;
    }
    Host& host;
    Agent& agent;
  };

  struct Agent {
    explicit Agent(Host& host)
        : gate(
              host.runtime, [&host](const std::string& call) { return host.verdict(call); },
              [&host] { host.CheckInvariants(); }),
          stream(host.io.get_executor()),
          view(host.io.get_executor(), host.clock, gate, stream, "node-a"),
          images(host.io.get_executor(), host.clock, gate, Images::Tarballs()),
          caches(host.objects, host.clock),
          references(host.objects, host.clock, host.io.get_executor()),
          tokens(host.client, host.clock, host.random, host.io.get_executor()),
          writer(host.io.get_executor(), host.clock, host.client),
          reports(host, *this),
          recorder(host, *this),
          checks(host, *this),
          prober({host.io.get_executor(), host.clock, host.pool, host.layout, checks, recorder}),
          sync(host.MakeServices(*this), caches.Of<api::Pod>()) {
      view.OnChange([this](const std::string& uid) { sync.RuntimeChanged(uid); });
      view.OnImage([this](const std::string&) { sync.ImageArrived(); });
      caches.Of<api::Pod>().OnChange([this](const objects::Change<api::Pod>& change) {
        if (!gate.closed()) writer.Follow(change);
      });
      Spawn(host.io.get_executor(), "view", view.Run());
      caches.Start(host.io.get_executor());
      Spawn(host.io.get_executor(), "podsync", sync.Run());
    }

    Gate gate;
    fakes::FakeEvents stream;
    observe::RuntimeView view;
    Images images;
    objects::Caches caches;
    references::References references;
    references::AccountTokens tokens;
    status::PodStatusWriter writer;
    Reports reports;
    Recorder recorder;
    Checks checks;
    probes::Prober prober;
    PodSync sync;
  };

  template <class T>
  static auto NothingStored() {
    return [](const auto&...) { return api::Ref<T>(); };
  }

  Services MakeServices(Agent& agent) {
    NodeFacts node;
    node.node_name = "node-a";
    node.memory_capacity = 1LL << 33;
    node.cpu_capacity_milli = cpu_milli;
    node.limited_swap = node.unified_cgroups = limited_swap;
    if (limited_swap) node.swap_capacity = 1LL << 32;
    node.host_ips = {"192.0.2.1"};
    node.own_ports = own_ports;
    node.node_api_ports = node_api_ports;
    node.cgroup_root = directory / "cgroup";
    node.pod_pids_limit = 64;
    node.restart_backoff = restart_backoff;
    Agent* a = &agent;
    return Services{io.get_executor(),
                    clock,
                    a->gate,
                    a->view,
                    pod_volumes,
                    layout,
                    a->images,
                    pool,
                    node,
                    {NothingStored<api::PersistentVolumeClaim>(), NothingStored<api::PersistentVolume>()},
                    a->references,
                    a->tokens,
                    a->checks,
                    a->prober,
                    a->reports,
                    a->recorder,
                    [this, a](std::string id, int number) { return Signal(a, std::move(id), number); },
                    handler_of,
                    std::make_shared<UserNamespaces>(),
                    allocatable,
                    nullptr,
                    refusal,
                    &counts};
  }

  Task<Status> Signal(Agent* agent, std::string id, int number) {
    if (agent->gate.closed()) co_await Sleep(clock, std::chrono::hours(24 * 365));
    signals.push_back(number);
    if (!on_signal) co_return MakeError(ErrorCode::kNotSupported, "only the runtime reaches it");
    on_signal(id);
    co_return Status();
  }

  /// The runtime has one stream; each agent that lives subscribes to it anew.
  Task<void> PumpEvents() {
    while (true) {
      const auto event = co_await runtime.events().Next();
      if (!event.ok()) co_return;
      if (!agents_.empty() && !agents_.back()->gate.closed()) agents_.back()->stream.Send(*event);
    }
  }

  std::vector<std::unique_ptr<Agent>> agents_;  ///< the dead ones too: their calls wait for ever
};

}  // namespace ordinal::podsync
