#include "agent/app/agent.h"

#include <fmt/format.h>

#include <utility>

#include "agent/apiserver/auth/follow_roles.h"
#include "agent/app/api_addresses.h"
#include "agent/app/api_front.h"
#include "agent/app/claim_storage.h"
#include "agent/app/directories.h"
#include "agent/app/host.h"
#include "agent/app/host_look.h"
#include "agent/app/host_runtime.h"
#include "agent/app/name_service.h"
#include "agent/app/node_api.h"
#include "agent/app/node_api_address.h"
#include "agent/app/node_events.h"
#include "agent/app/node_guard.h"
#include "agent/app/node_images.h"
#include "agent/app/node_pods.h"
#include "agent/app/pod_network.h"
#include "agent/app/readiness.h"
#include "agent/app/state_disk.h"
#include "agent/app/stored_objects.h"
#include "agent/app/sweep.h"
#include "agent/app/token_subjects.h"
#include "agent/app/trim.h"
#include "agent/app/update_images.h"
#include "agent/app/watchdog_beat.h"
#include "agent/app/workloads.h"
#include "agent/base/beside.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/base/memory.h"
#include "agent/controllers/claims/classes.h"
#include "agent/controllers/roles/repair.h"
#include "agent/manifests/manifest_watcher.h"
#include "agent/node/image_collection.h"
#include "agent/node/node_object.h"
#include "agent/node/node_subject.h"
#include "agent/objects/system_priorities.h"
#include "systemd/notify.h"

namespace ordinal {
namespace {

// File and mount calls are short; more threads only cost memory. Reclaiming volumes, which may take minutes, happens
// one volume at a time and so leaves the other thread to pods.
constexpr size_t kBlockingThreads = 2;
constexpr Duration kManifestsLook = std::chrono::milliseconds(5);
constexpr Duration kPatienceWithRoles = std::chrono::seconds(3);  // that are made or mended
constexpr Duration kWhileStarting = std::chrono::seconds(3);      // controllers look at everything once

}  // namespace

Agent::Agent(asio::io_context& io, const Config& config)
    : io_(io),
      executor_(io.get_executor()),
      config_(config),
      layout_(DirectoriesOf(config)),
      clock_(executor_),
      pool_(kBlockingThreads),
      boot_(BootSteps()) {}

Agent::~Agent() = default;

std::vector<Boot::Step> Agent::BootSteps() {
  return {
      {"the first objects", [this] { return MakeFirstObjects(); }},
      {"the container runtime", [this] { return runtime_->AwaitReady(); }},
      {"the pod network", [this] { return PrepareNetwork(); }},
      {"the sandbox image", [this] { return runtime_->PrepareImages(); }},
      {"the list of what runs", [this] { return runtime_->Follow(); }},
      // What was placed before runs on untouched; only then may anything new be wanted.
      {"the list of what is wanted", [this] { return StartPods(); }},
      {"manifests", [this] { return ReadManifests(); }},
  };
}

Task<void> Agent::RunBoot() {
  co_await boot_.Run();
  names_->Begin();
  co_await guard_->Begin();
  SpawnLoop(executor_, clock_, "node object", [this] { return node_object_->Run(); });
  SpawnLoop(executor_, clock_, "image collection", [this] { return image_collection_->Run(); });
  ReportReadiness();
}

Status Agent::Start() {
  const Status guarded = ProtectFromOomKiller(config_.oom_score_adj);
  if (!guarded.ok()) log::Warning("{}", guarded.error().message);
  // Names are what pods miss first: the runtime is asked while the store is read, and answered when it answers.
  Beside store(io_, [this]() -> Status {
    TRY(objects_, StoredObjects::Open(executor_, clock_, random_, config_.state_dir));
    return {};
  });
  runtime_ = std::make_unique<HostRuntime>(HostRuntime::Parts{executor_, clock_, random_, pool_, config_, layout_});
  names_ = std::make_unique<NameService>(NameService::Parts{executor_, clock_, pool_, config_, layout_});
  SpawnOnce(executor_, "names of the last run", names_->Restore(runtime_->calls()));
  const Status dns_started = names_->Start();
  TRYV(store.Wait());
  TRYV(dns_started);
  BuildPods();
  BuildWorkloads();
  BuildNode();
  BuildImageCollection();
  BuildGuard();
  Connect();
  TRYV(StartApi());
  StartLoops();
  return {};
}

void Agent::BuildPods() {
  events_ = std::make_unique<NodeEvents>(executor_, clock_, objects_->verbs(), config_.node_name);
  pods_ = std::make_unique<NodePods>(NodePods::Parts{
      .executor = executor_,
      .clock = clock_,
      .pool = pool_,
      .config = config_,
      .layout = layout_,
      .runtime = *runtime_,
      .caches = objects_->caches(),
      .objects = objects_->verbs(),
      .recorder = events_->node,
      .random = random_,
  });
}

void Agent::BuildWorkloads() {
  manifests_ =
      std::make_unique<manifests::ManifestWatcher>(executor_, clock_, objects_->verbs(), pool_, config_.manifest_dir);
  claim_storage_ =
      std::make_unique<ClaimStorage>(layout_, std::vector<std::string>{config_.manifest_dir}, pool_, runtime_->view());
  const controllers::Context context{executor_, clock_, objects_->verbs(), events_->lines, random_, config_.node_name};
  workloads_ = std::make_unique<Workloads>(
      context, events_->log, objects_->caches(),
      Workloads::Host{UpdateImages(pods_->images(), objects_->verbs(), clock_), *claim_storage_,
                      [this] { return api_->ca_certificate(); },
                      [this](const std::string& request, const std::vector<std::string>& usages, Duration length) {
                        return api_->Sign(request, usages, length);
                      },
                      [this] { return ServiceAddressOf(config_, own_network_); }, SettlingOf(config_),
                      OwnPorts(config_.api_listen, config_.dns_listen, NodeApiListen(config_)),
                      [this] { return api_->usage().Pods(); }, std::chrono::seconds(config_.autoscaling_sync_period)});
}

void Agent::BuildNode() {
  host_look_ = std::make_unique<HostLook>(HostLook::Parts{clock_, *runtime_, config_.node_name, config_.state_dir});
  node_object_ = std::make_unique<node::NodeObject>(
      clock_, objects_->verbs(), [this] { return LookAtHost(); },
      [this](node::NodeFacts& facts) { guard_->Tell(facts); },
      [this](const std::string& reason) {
        events_->node.Record({node::NodeSubject(config_.node_name), events::Severity::kNormal, reason,
                              fmt::format("Node {} status is now: {}", config_.node_name, reason)});
      });
  state_disk_ = MakeStateDisk(clock_, objects_->store(), layout_, [this] {
    if (boot_.waiting_for().empty()) Spawn(executor_, "node object", TellNode());  // else the boot does, in its turn
  });
}

Task<void> Agent::TellNode() {
  const Status written = co_await node_object_->Write();
  if (!written.ok()) log::Warning("node object: {}", written.error().message);
}

void Agent::BuildImageCollection() {
  node::ImageCollection::Sources sources;
  sources.names = [this] { return NamesInUse(*runtime_, objects_->caches().Of<api::Pod>(), config_.node_name); };
  sources.disk = DiskUseAt;
  image_collection_ = std::make_unique<node::ImageCollection>(
      node::ImageCollection::Parts{executor_, clock_, pool_, runtime_->calls(), events_->node, config_.node_name,
                                   layout_.PulledImages()},
      std::move(sources), CollectionPolicyOf(config_));
  pods_->images().OnPulled(
      [this](const std::string& name, const std::string& id) { image_collection_->Pulled(name, id); });
}

void Agent::BuildGuard() {
  guard_ = std::make_unique<NodeGuard>(NodeGuard::Parts{executor_, clock_, pool_, config_, layout_, *runtime_,
                                                        objects_->caches(), *pods_, *image_collection_, events_->node,
                                                        [this] { return TellNode(); }});
}

/// Who hears of what.
void Agent::Connect() {
  names_->Follow(objects_->caches(), runtime_->view());
  runtime_->view().OnChange([this](const std::string& uid) {
    pods_->RuntimeChanged(uid);
    names_->PodChanged(uid);
    guard_->PodChanged(uid);
  });
  runtime_->view().OnImage([this](const std::string&) {
    host_look_->ImagesChanged();
    ImageArrived();
  });
  runtime_->images_folder().OnProgress([this] { ImageArrived(); });
}

/// Containers and updates that wait for an image look again.
void Agent::ImageArrived() {
  pods_->ImageArrived();
  workloads_->ImageArrived();
}

Status Agent::StartApi() {
  api_ = std::make_unique<ApiFront>(ApiParts{
      .config = config_,
      .executor = executor_,
      .clock = clock_,
      .random = random_,
      .pool = pool_,
      .client = objects_->verbs(),
      .runtime = runtime_->calls(),
      .streaming = runtime_->streaming(),
      .stats = runtime_->stats(),
      .socket = layout_.Socket(),
      .readiness = [this] { return Readiness(); },
      .manifest_errors = [this] { return ManifestErrors(); },
  });
  Beside keys(io_, [this] { return api_->ReadyKeys(); });
  TRYV(keys.Wait());
  objects_->SignWith(api_->accounts());
  FollowSubjects(objects_->caches(), api_->accounts().subjects());
  apiserver::auth::FollowRoles(objects_->caches(), api_->access());
  node_api_ = std::make_unique<NodeApi>(NodeApi::Parts{
      .config = config_,
      .layout = layout_,
      .executor = executor_,
      .clock = clock_,
      .runtime = *runtime_,
      .pods = *pods_,
      .caches = objects_->caches(),
      .objects = objects_->store(),
      .pool = pool_,
      .waiting_for = [this] { return boot_.waiting_for(); },
      .authenticator = [this]() -> const apiserver::auth::Authenticator& { return api_->authenticator(); },
      .access = api_->access(),
  });
  node_api_->ServeBy(*api_);
  return api_->Start();
}

void Agent::StartLoops() {
  objects_->caches().Start(executor_);
  SpawnLoop(executor_, clock_, "access rules", [this] { return CompleteAccess(); });
  SpawnLoop(executor_, clock_, "token subjects",
            [this] { return CompleteSubjects(objects_->caches(), api_->accounts().subjects()); });
  SpawnLoop(executor_, clock_, "events", [this] { return events_->log.Run(); });
  Spawn(executor_, "boot", RunBoot());
  SpawnLoop(executor_, clock_, "watchdog", [this] { return BeatForWatchdog(clock_, objects_->store()); });
  SpawnLoop(executor_, clock_, "backups", [this] { return objects_->store().KeepBackups(clock_); });
  SpawnLoop(executor_, clock_, "state disk", [this] { return state_disk_->Run(); });
  SpawnLoop(executor_, clock_, "resting documents", [this] { return LetDocumentsRest(clock_, kWhileStarting); });
  SpawnLoop(executor_, clock_, "memory",
            [this] { return TrimMemory(clock_, [this] { objects_->store().PackHistory(); }); });
}

Task<void> Agent::MakeFirstObjects() {
  const Status namespaces = co_await apiserver::MakeSystemNamespaces(objects_->verbs());
  if (!namespaces.ok()) log::Warning("system namespaces: {}", namespaces.error().message);
  const Status priorities = co_await objects::MakeSystemPriorities(objects_->verbs());
  if (!priorities.ok()) log::Warning("system priority classes: {}", priorities.error().message);
  const Status classed = co_await controllers::claims::MakeNodeClass(objects_->verbs());
  if (!classed.ok()) log::Warning("storage class {}: {}", controllers::claims::kNodeClass, classed.error().message);
}

/// Beside the boot, which needs no roles.
Task<void> Agent::CompleteAccess() {
  const auto made = std::make_shared<Signal>(executor_);
  SpawnLoop(executor_, clock_, "default roles", [this, made] { return MakeDefaultRoles(made); });
  co_await apiserver::auth::AwaitRoles(objects_->caches());
  // What is stored counts, however long a disk takes for what has to be mended.
  const TimerHandle patience = clock_.After(kPatienceWithRoles, [made] { made->Notify(); });
  co_await made->Wait();
  api_->access().Complete();
}

Task<void> Agent::MakeDefaultRoles(std::shared_ptr<Signal> made) {
  const Status done = co_await controllers::roles::MakeDefaults(executor_, objects_->verbs());
  made->Notify();
  if (!done.ok()) co_await controllers::roles::RepeatDefaults(executor_, clock_, objects_->verbs(), done.error());
}

Task<void> Agent::PrepareNetwork() {
  const cri::RuntimeStatus& status = runtime_->status();
  network::CniOptions options;
  options.bridge = config_.bridge;
  options.pod_cidr = config_.pod_cidr;
  options.owner = OwnerMark(config_);
  options.bin_dirs = status.cni_bin_dirs;
  PodNetwork network{runtime_->calls(), clock_, pool_, status.cni_conf_dir, std::move(options), layout_.PortChains()};
  return PreparePodNetwork(std::move(network));
}

Task<void> Agent::StartPods() {
  NetworkOwner owner{runtime_->status().cni_conf_dir, OwnerMark(config_)};
  SpawnLoop(executor_, clock_, "sweep",
            [this, owner = std::move(owner)] { return SweepHost(runtime_->calls(), clock_, pool_, owner); });
  co_await objects_->caches().WaitSynced();
  auto look = [directory = runtime_->status().cni_conf_dir, owner = OwnerMark(config_)] {
    return Result<std::string>(network::NetworkOf(directory, owner));
  };
  const Result<std::string> own = co_await pool_.Run(std::move(look));
  own_network_ = own.ok() && !own->empty();
  pods_->Start(runtime_->status().systemd_cgroup, own_network_);
}

Task<void> Agent::ReadManifests() {
  workloads_->Start();
  SpawnLoop(executor_, clock_, "manifests", [this] { return manifests_->Run(); });
  while (!manifests_->Synced()) co_await Sleep(clock_, kManifestsLook);
}

api::Json Agent::Readiness() const {
  return ReadinessOf(Standing{
      .store_trouble = state_disk_ ? state_disk_->Trouble() : "not open",
      .runtime_followed = runtime_->view().Synced() && runtime_->view().Connected(),
      .names_published = names_->published(),
      .manifests_read = manifests_->Synced(),
      .roles_read = api_->access().complete(),
      .waiting_for = boot_.waiting_for(),
  });
}

api::Json Agent::ManifestErrors() const {
  api::Json out = api::Json::object();
  for (const auto& [file, errors] : manifests_->Errors()) out[file] = errors;
  return out;
}

Task<node::NodeFacts> Agent::LookAtHost() {
  node::NodeFacts facts = co_await host_look_->Look();
  facts.disk_pressure = state_disk_->pressure();
  facts.api_port = node_api_->port();
  api::Json parts = Readiness();
  parts.erase("roles");  // people's, which no pod waits for
  facts.not_ready = WhyNotReady(parts);
  co_return facts;
}

void Agent::ReportReadiness() {
  log::Info("ready: node {}", config_.node_name);
  RestAllDocuments();
  GiveBackMemory();  // importing images and reading manifests took memory that is not needed again
  const Status told = systemd::NotifyReady("runs the pods of node " + config_.node_name);
  if (!told.ok()) log::Warning("{}", told.error().message);
}

void Agent::Stop() {
  const Status told = systemd::NotifyStopping();
  if (!told.ok()) log::Warning("{}", told.error().message);
  const Status closed = objects_ ? objects_->store().Close() : Status();
  if (!closed.ok()) log::Error("closing the store: {}", closed.error().message);
  if (names_) names_->Stop();
  if (node_api_) node_api_->Stop();
  if (api_) api_->Stop();
}

}  // namespace ordinal
