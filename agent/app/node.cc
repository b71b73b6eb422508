#include "agent/app/node.h"

#include <fmt/format.h>
#include <malloc.h>

#include "agent/api/stored.h"
#include "agent/app/directories.h"
#include "agent/app/host.h"
#include "agent/app/node_images.h"
#include "agent/app/state_disk.h"
#include "agent/app/sweep.h"
#include "agent/app/trim.h"
#include "agent/app/update_images.h"
#include "agent/base/beside.h"
#include "agent/base/log.h"
#include "agent/controllers/claims/classes.h"
#include "agent/network/cni_config.h"
#include "agent/network/links.h"
#include "agent/podsync/cgroups.h"
#include "agent/store/volatile_kinds.h"
#include "cri/grpc/grpc_streaming.h"
#include "systemd/notify.h"
#include "systemd/watchdog.h"

namespace ordinal {
namespace {

constexpr Duration kRuntimeRetry = std::chrono::milliseconds(200);
// File and mount calls are short; more threads only cost memory. Reclaiming volumes, which may take minutes, happens
// one volume at a time and so leaves the other thread to pods.
constexpr size_t kBlockingThreads = 2;

}  // namespace

Node::Node(asio::io_context& io, const Config& config)
    : io_(io), config_(config), layout_(DirectoriesOf(config)), clock_(io.get_executor()), pool_(kBlockingThreads) {}

Node::~Node() = default;

Status Node::Start() {
  // Names are what pods miss first: the runtime is asked while the store is read, and answered when it answers.
  Beside store(io_, [this] { return OpenStore(); });
  ConnectRuntime();
  Spawn(io_.get_executor(), "names of the last run", RestoreNames());
  const Status dns_started = StartDns();
  TRYV(store.Wait());
  TRYV(dns_started);
  BuildParts();
  TRYV(debug_->Start());
  TRYV(StartApi());
  caches_->Start(io_.get_executor());
  Spawn(io_.get_executor(), "events", event_log_->Run());
  Spawn(io_.get_executor(), "boot", Boot());
  Spawn(io_.get_executor(), "watchdog", BeatForWatchdog());
  Spawn(io_.get_executor(), "backups", store_->KeepBackups(clock_));
  Spawn(io_.get_executor(), "state disk", state_disk_->Run());
  Spawn(io_.get_executor(), "memory", TrimMemory(clock_, [this] { store_->PackHistory(); }));
  return {};
}

void Node::ConnectRuntime() {
  connection_ = std::make_shared<cri::Connection>(config_.runtime_endpoint);
  auto make_sandbox_image = [this](std::string name) { return importer_->ImportPause(std::move(name)); };
  runtime_ = WithNotes(cri::MakeGrpcRuntime(connection_, std::move(make_sandbox_image)), pool_, layout_);
}

Status Node::OpenStore() {
  store::SqliteStore::Options options;
  options.directory = config_.state_dir;
  options.now = clock_.Now();
  options.volatile_kinds = store::VolatileKinds();
  options.memory_while_failing = {"Node"};
  options.volatile_change = node::OnlyHeartbeat;
  options.complete = api::Completed;
  TRY(store_, store::SqliteStore::Open(options, io_.get_executor()));
  caches_ = std::make_unique<objects::Caches>(*store_, clock_);
  written_ = std::make_unique<objects::ReadYourWrites>(*store_, *caches_);
  client_ = std::make_unique<objects::LocalObjects>(*written_, clock_, random_);
  return {};
}

Status Node::StartDns() {
  TRYV(dns::Snapshot::CheckZone(config_.cluster_domain));
  std::vector<std::string> addresses;
  for (const std::string& listen : config_.dns_listen) {
    const std::string address = AddressOf(listen);
    if (!NeedsNoLink(address)) addresses.push_back(address);
  }
  if (!addresses.empty()) TRYV(network::EnsureLink(config_.dns_link, OwnerMark(config_), addresses));
  dns::ServerOptions options;
  options.listen = config_.dns_listen;
  dns_ = std::make_unique<dns::Server>(options, clock_, dns_random_);
  dns_->Publish(restored_ ? restored_ : dns::Snapshot::NotSynced(config_.cluster_domain));
  return dns_->Start();
}

Status Node::StartApi() {
  streaming_ = cri::MakeGrpcStreaming(connection_);
  stats_ = cri::MakeGrpcStats(connection_);
  api_ = std::make_unique<ApiFront>(ApiParts{
      .config = config_,
      .executor = io_.get_executor(),
      .clock = clock_,
      .random = random_,
      .pool = pool_,
      .client = *client_,
      .runtime = *runtime_,
      .streaming = *streaming_,
      .stats = *stats_,
      .readiness = [this] { return Readiness(); },
  });
  Beside keys(io_, [this] { return api_->ReadyKeys(); });
  TRYV(keys.Wait());
  return api_->Start();
}

void Node::BuildParts() {
  const Executor executor = io_.get_executor();
  events_ = cri::MakeContainerdEvents(executor, connection_, clock_);
  importer_ = std::make_unique<cri::ImageImporter>(connection_, pool_, clock_, random_);
  image_directory_ = std::make_unique<cri::ImageDirectory>(executor, layout_.Images(), *importer_, pool_, clock_);
  view_ = std::make_unique<observe::RuntimeView>(executor, clock_, *runtime_, *events_, config_.node_name);
  volumes_ = volumes::MakePodVolumes(layout_, mounter_, pool_);
  images_ = std::make_unique<podsync::Images>(executor, clock_, *runtime_, TarballsOf(*image_directory_));
  image_directory_->OnProgress([this] { ImageArrived(); });
  statuses_ = std::make_unique<status::PodStatusWriter>(executor, clock_, *client_);
  manifests_ = std::make_unique<manifests::ManifestWatcher>(executor, clock_, *client_, pool_, config_.manifest_dir);
  event_log_ = std::make_unique<events::EventLog>(executor, clock_, *client_);
  pod_events_ = std::make_unique<events::StoreRecorder>(*event_log_, recorder_,
                                                        events::Source{"kubelet", config_.node_name, false});
  const controllers::Context context{executor, clock_, *client_, recorder_, random_, config_.node_name};
  claim_storage_ =
      std::make_unique<ClaimStorage>(layout_, std::vector<std::string>{config_.manifest_dir}, pool_, *view_);
  workloads_ = std::make_unique<Workloads>(
      context, *event_log_, *caches_,
      Workloads::Host{UpdateImages(*images_, clock_), *claim_storage_, [this] { return api_->ca_certificate(); },
                      SettlingOf(config_), OwnPorts(config_.api_listen, config_.dns_listen)});
  names_ = std::make_unique<NamesFeed>(executor, clock_, *caches_, *view_, config_.cluster_domain,
                                       [this](std::shared_ptr<const dns::Snapshot> snapshot) {
                                         dns_->Publish(std::move(snapshot));
                                         kept_names_->Changed();
                                       });
  kept_names_ = std::make_unique<KeptNames>(
      KeptNames::Parts{executor, clock_, pool_, *view_, layout_.KeptNames(), config_.cluster_domain},
      [this] { return names_->Collect(); });
  pods_ = std::make_unique<podsync::PodSync>(PodServices(), caches_->Of<api::Pod>());
  // However a pod's object went: by its node, or at once because nobody granted it time.
  caches_->Of<api::Pod>().OnChange([this](const objects::Change<api::Pod>& change) { statuses_->Follow(change); });
  view_->OnChange([this](const std::string& uid) {
    pods_->RuntimeChanged(uid);
    names_->PodChanged(uid);
  });
  view_->OnImage([this](const std::string&) { ImageArrived(); });
  node_object_ = std::make_unique<node::NodeObject>(clock_, *client_, [this] { return LookAtHost(); });
  state_disk_ = MakeStateDisk(clock_, *store_, layout_, *pod_events_, config_.node_name);
  debug_ = std::make_unique<debug::Server>(executor, layout_.Socket(), DebugSources());
}

podsync::Services Node::PodServices() {
  podsync::NodeFacts node;
  node.node_name = config_.node_name;
  node.memory_capacity = MemoryCapacity();
  node.cpu_capacity_milli = CpuCapacityMilli();
  node.host_ips = HostAddresses();
  node.own_ports = OwnPorts(config_.api_listen, config_.dns_listen);
  node.pod_pids_limit =
      config_.pod_pids_limit != 0 ? config_.pod_pids_limit : podsync::DefaultProcessLimit(node.cgroup_root, "/proc");
  for (const std::string& listen : config_.dns_listen) node.dns.cluster_servers.push_back(AddressOf(listen));
  node.dns.cluster_domain = config_.cluster_domain;
  node.dns.host = podsync::ParseResolvConf(HostResolvConf());
  podsync::VolumeLookups lookups;
  lookups.claim = [&claims = caches_->Of<api::PersistentVolumeClaim>()](
                      const std::string& ns, const std::string& name) { return claims.Find(ns, name); };
  lookups.volume = [&volumes = caches_->Of<api::PersistentVolume>()](const std::string& name) {
    return volumes.Find("", name);
  };
  return podsync::Services{
      .executor = io_.get_executor(),
      .clock = clock_,
      .runtime = *runtime_,
      .states = *view_,
      .volumes = *volumes_,
      .layout = layout_,
      .images = *images_,
      .pool = pool_,
      .node = std::move(node),
      .lookups = std::move(lookups),
      .reports = *statuses_,
      .recorder = *pod_events_,
  };
}

/// Until everything is known, DNS answers what it answered before and still holds.
Task<void> Node::RestoreNames() {
  auto known_better = [this] { return names_ && names_->published(); };
  LastRun run{clock_, *runtime_, config_.node_name, layout_.KeptNames(), config_.cluster_domain};
  std::shared_ptr<const dns::Snapshot> kept = co_await NamesOf(std::move(run), known_better);
  if (kept == nullptr || known_better()) co_return;
  restored_ = kept;
  if (dns_) dns_->Publish(std::move(kept));
}

Task<void> Node::Boot() {
  const Status namespaces = co_await apiserver::MakeSystemNamespaces(*client_);
  if (!namespaces.ok()) log::Warning("system namespaces: {}", namespaces.error().message);
  const Status classed = co_await controllers::claims::MakeNodeClass(*client_);
  if (!classed.ok()) log::Warning("storage class {}: {}", controllers::claims::kNodeClass, classed.error().message);
  co_await AwaitRuntime();
  pods_->SetSystemdCgroup(runtime_status_.systemd_cgroup);
  waiting_for_ = "the pod network";
  co_await PrepareNetwork();
  waiting_for_ = "the sandbox image";
  co_await PrepareImages();
  waiting_for_ = "the list of what runs";
  const Executor executor = io_.get_executor();
  Spawn(executor, "runtime view", view_->Run());
  co_await view_->WaitSynced();
  Spawn(executor, "sweep",
        SweepHost(*runtime_, clock_, pool_, NetworkOwner{runtime_status_.cni_conf_dir, OwnerMark(config_)}));
  co_await caches_->WaitSynced();
  // What was placed before runs on untouched; only then may anything new be wanted.
  Spawn(executor, "pods", pods_->Run());
  workloads_->Start();
  Spawn(executor, "manifests", manifests_->Run());
  waiting_for_ = "manifests";
  while (!manifests_->Synced()) co_await Sleep(clock_, std::chrono::milliseconds(5));
  waiting_for_.clear();
  names_->Begin();
  Spawn(executor, "node object", node_object_->Run());
  ReportReadiness();
}

Task<void> Node::AwaitRuntime() {
  bool said = false;
  while (true) {
    Result<cri::RuntimeStatus> status = co_await runtime_->GetStatus();
    if (status.ok() && status->runtime_ready) {
      runtime_status_ = std::move(*status);
      break;
    }
    if (!std::exchange(said, true)) {
      log::Warning("waiting for the container runtime at {}: {}", config_.runtime_endpoint,
                   status.ok() ? status->message : status.error().message);
    }
    co_await Sleep(clock_, kRuntimeRetry);
  }
  const Result<cri::Version> version = co_await runtime_->GetVersion();
  if (version.ok())
    log::Info("runtime {} {} at {}", version->runtime_name, version->runtime_version, config_.runtime_endpoint);
  if (!HasCapSysResource() && !runtime_status_.restrict_oom_score_adj) {
    log::Warning(
        "this host lacks CAP_SYS_RESOURCE: runc cannot lower oom_score_adj and sandboxes will fail; set "
        "restrict_oom_score_adj = true in the CRI section of containerd's configuration");
  }
}

Task<void> Node::PrepareNetwork() {
  network::CniOptions options;
  options.bridge = config_.bridge;
  options.pod_cidr = config_.pod_cidr;
  options.owner = OwnerMark(config_);
  options.bin_dirs = runtime_status_.cni_bin_dirs;
  const std::string directory = runtime_status_.cni_conf_dir;
  auto write = [directory, options, note = layout_.PortChains()] {
    NotePortChains(note);
    return network::EnsureCniConfig(directory, options);
  };
  const Result<network::CniOutcome> outcome = co_await pool_.Run(std::move(write));
  if (!outcome.ok()) {
    log::Error("pod network: {}", outcome.error().message);
  } else if (*outcome == network::CniOutcome::kWritten || *outcome == network::CniOutcome::kRefreshed) {
    log::Info("pod network: wrote {}/{} (bridge {}, {})", directory, network::kCniFile, config_.bridge,
              config_.pod_cidr);
  } else if (*outcome == network::CniOutcome::kForeign) {
    log::Info("pod network: using the host's CNI configuration in {}", directory);
  }
  bool said = false;
  while (true) {
    const Result<cri::RuntimeStatus> status = co_await runtime_->GetStatus();
    if (status.ok() && status->network_ready) co_return;
    if (!std::exchange(said, true)) {
      log::Info("waiting for the runtime to load its network: {}",
                status.ok() ? status->message : status.error().message);
    }
    co_await Sleep(clock_, std::chrono::milliseconds(20));
  }
}

/// Tarballs are imported beside everything else: only a pod that needs one of them waits for it.
Task<void> Node::PrepareImages() {
  Spawn(io_.get_executor(), "images folder", FollowImages());
  co_await PrepareSandboxImage(*importer_, pool_, runtime_status_, config_.runtime_endpoint);
}

Task<void> Node::FollowImages() {
  const Status followed = co_await image_directory_->Run();
  if (!followed.ok()) log::Error("images folder: {}", followed.error().message);
}

/// Containers and updates that wait for an image look again.
void Node::ImageArrived() {
  pods_->ImageArrived();
  workloads_->ImageArrived();
}

api::Json Node::Readiness() const {
  api::Json parts;
  const auto state = [](bool good, const std::string& why) { return good ? api::Json(true) : api::Json(why); };
  const std::string unwritable = state_disk_ ? state_disk_->Trouble() : "not open";
  parts["store"] = state(unwritable.empty(), unwritable);
  parts["runtime"] = state(view_->Synced() && view_->Connected(),
                           waiting_for_.empty() ? "it does not answer" : "waiting for " + waiting_for_);
  parts["dns"] = state(names_->published(), "waiting for " + waiting_for_);
  parts["manifests"] = state(manifests_->Synced(), "waiting for " + waiting_for_);
  return parts;
}

Task<node::NodeFacts> Node::LookAtHost() {
  node::NodeFacts facts = HostFacts(config_.node_name, config_.state_dir);
  facts.disk_pressure = state_disk_->pressure();
  const api::Json parts = Readiness();
  for (const auto& [part, state] : parts.items()) {
    if (state != true)
      facts.not_ready += (facts.not_ready.empty() ? "" : "; ") + part + ": " + state.get<std::string>();
  }
  const Result<cri::Version> version = co_await runtime_->GetVersion();
  if (version.ok()) facts.runtime_version = version->runtime_name + "://" + version->runtime_version;
  const Result<std::vector<cri::Image>> images = co_await runtime_->ListImages();
  if (images.ok()) facts.images = ImagesOf(*images);
  co_return facts;
}

void Node::ReportReadiness() {
  log::Info("ready: node {}", config_.node_name);
  malloc_trim(0);  // importing images and reading manifests took memory that is not needed again
  const Status told = systemd::NotifyReady("runs the pods of node " + config_.node_name);
  if (!told.ok()) log::Warning("{}", told.error().message);
}

/// A beat is a round through the control thread and the store. Not through the blocking pool: a long walk of a large
/// volume may fill it for minutes, which is no reason to be killed.
Task<void> Node::BeatForWatchdog() {
  const Result<std::optional<Duration>> interval = systemd::WatchdogInterval();
  if (!interval.ok()) log::Warning("watchdog: {}", interval.error().message);
  if (!interval.ok() || !interval->has_value()) co_return;
  systemd::Watchdog watchdog(clock_, **interval, [] {
    const Status told = systemd::NotifyWatchdog();
    if (!told.ok()) log::Warning("{}", told.error().message);
  });
  while (true) {
    const store::ObjectKey any{"Namespace", "", "default"};
    const auto read = co_await store_->Get(any);
    if (read.ok() || read.error().code == ErrorCode::kNotFound) watchdog.Beat();
    co_await Sleep(clock_, watchdog.BeatEvery());
  }
}

debug::Sources Node::DebugSources() {
  debug::Sources sources;
  sources.readiness = [this] { return Readiness(); };
  sources.objects = [this](std::string kind, std::string ns) -> Task<Result<std::vector<api::Object>>> {
    if (api::FindKind(kind) == nullptr) {
      co_return MakeError(ErrorCode::kNotFound, fmt::format("there is no kind \"{}\"", kind));
    }
    store::ListOptions options;
    options.ns = ns;
    CO_TRY(store::ListResult listed, co_await store_->List(kind, options));
    co_return std::move(listed.items);
  };
  sources.manifests = [this] {
    api::Json out = api::Json::object();
    for (const auto& [file, errors] : manifests_->Errors()) out[file] = errors;
    return out;
  };
  return sources;
}

void Node::Stop() {
  const Status told = systemd::NotifyStopping();
  if (!told.ok()) log::Warning("{}", told.error().message);
  const Status closed = store_ ? store_->Close() : Status();
  if (!closed.ok()) log::Error("closing the store: {}", closed.error().message);
  if (dns_) dns_->Stop();
  if (api_) api_->Stop();
}

}  // namespace ordinal
