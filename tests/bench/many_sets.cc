// many_sets: StatefulSets on the fake runtime, everything else real: the store on disk, every controller, podsync.
// Prints one JSON line: {"ms": from the first write until the last set is ready, "cpu_ms": …, "rss_mb": …, "next_ms":
// {"median", "max", "last": the median of the last ten} from the moment the container of one ordinal runs until the
// sandbox of the next is asked for, "pod_reads_per_change": typed views made of pods for each of their changes}.
// Without probes an ordinal is ready when its container runs. What the fake runtime is given it forgets, as far as it
// can: the memory is the agent's.
//
//   many_sets [SETS [REPLICAS]]      1,000 sets of 3
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "agent/api/kinds/stateful_set/view.h"
#include "agent/app/trim.h"
#include "agent/app/workloads.h"
#include "agent/base/together.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/observe/runtime_view.h"
#include "agent/podsync/pod_sync.h"
#include "agent/status/pod_status_writer.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "agent/store/volatile_kinds.h"
#include "agent/tokens/issuer.h"
#include "tests/fakes/fake_checks.h"
#include "tests/fakes/fake_pod_volumes.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/scratch_directory.h"

namespace {

using namespace ordinal;  // NOLINT: a small program of its own
using api::Json;

/// No set here has a claim.
class NoStorage final : public controllers::claims::Storage {
 public:
  Task<Status> Wipe(api::PersistentVolume, Volumes) override { co_return Status(); }
  Task<Status> Remove(api::PersistentVolume, Volumes) override { co_return Status(); }
  Task<Result<controllers::claims::MadeDirectory>> Make(api::PersistentVolumeClaim, Volumes) override {
    co_return MakeError(ErrorCode::kNotSupported, "no storage");
  }
  std::vector<controllers::claims::RunningPod> RunningPods() const override { return {}; }
};

class Quiet final : public events::Recorder {
 public:
  void Record(const events::Event&) override {}
};

template <class T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

Json SetNamed(const std::string& name, int replicas) {
  Json body = Json::parse(R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"namespace": "default"},
    "spec": {"serviceName": "none", "template": {"spec": {
      "containers": [{"name": "main", "image": "busybox:1.35"}]}}}})");
  body["metadata"]["name"] = name;
  body["spec"]["replicas"] = replicas;
  body["spec"]["selector"] = Json{{"matchLabels", Json{{"app", name}}}};
  body["spec"]["template"]["metadata"] = Json{{"labels", Json{{"app", name}}}};
  return body;
}

double CpuMilliseconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double ResidentMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

/// The agent without its host: no API, no DNS, and a runtime that only remembers.
class Bench {
 public:
  Bench(int sets, int replicas) : sets_(sets), replicas_(replicas) {
    runtime_.AddImage("busybox:1.35");
    runtime_.ForgetConfigs();
    client_.SignWith(issuer_);
    const controllers::Context context{executor_, clock_, client_, quiet_, random_, "node-a"};
    workloads_ = std::make_unique<Workloads>(
        context, event_log_, caches_, Workloads::Host{{}, storage_, [] { return std::string(); }, nullptr, nullptr});
    pods_ = std::make_unique<podsync::PodSync>(MakeServices(), pod_cache_);
    view_.OnChange([this](const std::string& uid) { pods_->RuntimeChanged(uid); });
    pod_cache_.OnChange([this](const objects::Change<api::Pod>& change) {
      writer_.Follow(change);
      ++pod_changes_;
    });
    set_cache_.OnChange([this](const objects::Change<api::StatefulSet>& change) { Look(change.last()->object); });
  }

  Json Run() {
    Spawn(executor_, "events", event_log_.Run());
    Spawn(executor_, "resting documents", LetDocumentsRest(clock_));
    caches_.Start(executor_);
    Spawn(executor_, "view", view_.Run());
    Spawn(executor_, "podsync", pods_->Run());
    workloads_->Start();
    const SteadyTime begin = clock_.Steady();
    const double cpu = CpuMilliseconds();
    Spawn(executor_, "writes", Write());
    while (static_cast<int>(ready_.size()) < sets_) io_.run_one();
    const std::chrono::duration<double, std::milli> took = clock_.Steady() - begin;
    return {{"ms", took.count()},
            {"cpu_ms", CpuMilliseconds() - cpu},
            {"rss_mb", ResidentMegabytes()},
            {"pod_reads_per_change", static_cast<double>(api::Pod::Made()) / static_cast<double>(pod_changes_)},
            {"next_ms", Gaps()}};
  }

 private:
  Task<void> Write() {
    Json account = {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}};
    account["metadata"] = Json{{"name", "default"}, {"namespace", "default"}};
    Json ca = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"data", {{"ca.crt", "-----BEGIN CERTIFICATE-----"}}}};
    ca["metadata"] = Json{{"name", "kube-root-ca.crt"}, {"namespace", "default"}};
    for (const Json& each : {account, ca}) {
      const auto made = co_await client_.Create(each);  // the agent's own controllers may have been first
      if (!made.ok() && made.error().code != ErrorCode::kAlreadyExists) throw std::runtime_error(made.error().message);
    }
    std::vector<Task<Status>> writes;
    for (int i = 0; i < sets_; ++i) writes.push_back(WriteSet("set-" + std::to_string(i)));
    const Status done = co_await Together(executor_, "write", std::move(writes));
    if (!done.ok()) throw std::runtime_error(done.error().message);
  }

  Task<Status> WriteSet(std::string name) {
    Json body = SetNamed(name, replicas_);
    const auto made = co_await client_.Create(std::move(body));
    if (!made.ok()) co_return made.error();
    co_return Status();
  }

  void Look(const api::Object& set) {
    if (api::ReadInt(api::Member(set.body(), "status"), "readyReplicas") == replicas_) ready_.insert(set.name());
  }

  Json Gaps() const {
    std::vector<double> gaps;
    set_cache_.ForEach("", [&](const api::StatefulSet& set) {
      WallTime ready;
      for (int i = 0; i < replicas_; ++i) {
        const api::Ref<api::Pod> pod = pod_cache_.Find(set.meta.ns, set.meta.name + "-" + std::to_string(i));
        const observe::PodState& state = view_.Get(pod->meta.uid);
        const std::chrono::duration<double, std::milli> gap = state.sandboxes.at(0).created_at - ready;
        if (i > 0) gaps.push_back(gap.count());
        ready = state.containers.at(0).started_at;
      }
    });
    if (gaps.empty()) return {};
    std::vector<double> last(gaps.end() - std::min<long>(10, static_cast<long>(gaps.size())), gaps.end());
    return {{"median", Median(gaps)}, {"max", *std::max_element(gaps.begin(), gaps.end())}, {"last", Median(last)}};
  }

  podsync::Services MakeServices() {
    podsync::NodeFacts node;
    node.node_name = "node-a";
    node.memory_capacity = 1LL << 33;
    node.cpu_capacity_milli = 2000;
    node.host_ips = {"192.0.2.1"};
    podsync::VolumeLookups nothing;
    nothing.claim = [](const auto&...) { return api::Ref<api::PersistentVolumeClaim>(); };
    nothing.volume = [](const auto&...) { return api::Ref<api::PersistentVolume>(); };
    return podsync::Services{executor_, clock_,  runtime_,    view_,   volumes_, layout_, images_, pool_,
                             node,      nothing, references_, tokens_, checks_,  prober_, writer_, quiet_};
  }

  const int sets_, replicas_;
  fakes::ScratchDirectory directory_;
  asio::io_context io_;
  Executor executor_ = io_.get_executor();
  RealClock clock_{executor_};
  SystemRandom random_;
  std::unique_ptr<store::SqliteStore> store_ = Must(store::SqliteStore::Open(
      {.directory = directory_ / "state", .volatile_kinds = store::VolatileKinds()}, executor_));
  objects::Caches caches_{*store_, clock_};
  objects::ReadYourWrites written_{*store_, caches_};
  objects::Cache<api::Pod>& pod_cache_ = caches_.Of<api::Pod>();
  objects::Cache<api::StatefulSet>& set_cache_ = caches_.Of<api::StatefulSet>();
  objects::LocalObjects client_{written_, clock_, random_};
  fakes::FakeRuntime runtime_{clock_, executor_};
  observe::RuntimeView view_{executor_, clock_, runtime_, runtime_.events(), "node-a"};
  podsync::Images images_{executor_, clock_, runtime_, podsync::Images::Tarballs()};
  references::References references_{client_, clock_, executor_};
  references::AccountTokens tokens_{client_, clock_, random_, executor_};
  tokens::Issuer issuer_{"https://kubernetes.default.svc.cluster.local",
                         {Must(tokens::ReadSigningKey(Must(tokens::MakePrivateKey()), clock_.Now()))},
                         clock_,
                         random_};
  status::PodStatusWriter writer_{executor_, clock_, client_};
  const Layout layout_{
      {directory_ / "state", directory_ / "volumes", directory_ / "run", directory_ / "logs", directory_ / "links"}};
  BlockingPool pool_{2};
  fakes::FakePodVolumes volumes_;
  NoStorage storage_;
  Quiet quiet_;
  fakes::FakeChecks checks_{clock_};
  probes::Prober prober_{{executor_, clock_, pool_, layout_, checks_, quiet_}};
  events::EventLog event_log_{executor_, clock_, client_};
  std::unique_ptr<Workloads> workloads_;
  std::unique_ptr<podsync::PodSync> pods_;
  std::set<std::string> ready_;
  uint64_t pod_changes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    Bench bench(argc > 1 ? std::stoi(argv[1]) : 1000, argc > 2 ? std::stoi(argv[2]) : 3);
    std::cout << bench.Run().dump() << std::endl;
    std::_Exit(0);  // what still runs has nothing to clean up
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
