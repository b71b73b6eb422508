// Node: everything the running agent is made of, built once in the order it is needed. Part of the composition root:
// only main.cc includes it.
//
//   store ─> DNS (SERVFAIL) ─> runtime ─> network ─> images ─> what runs now ─> manifests, controllers, pods ─> ready
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/api_front.h"
#include "agent/app/claim_storage.h"
#include "agent/app/config.h"
#include "agent/app/kept_names.h"
#include "agent/app/names_feed.h"
#include "agent/app/workloads.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/random.h"
#include "agent/debug/server.h"
#include "agent/events/log_recorder.h"
#include "agent/events/store_recorder.h"
#include "agent/manifests/manifest_watcher.h"
#include "agent/node/node_object.h"
#include "agent/node/state_disk.h"
#include "agent/objects/caches.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/observe/runtime_view.h"
#include "agent/podsync/ending_sandboxes.h"
#include "agent/podsync/pod_sync.h"
#include "agent/status/pod_status_writer.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "cri/grpc/events.h"
#include "cri/grpc/grpc_runtime.h"
#include "cri/images/importer.h"
#include "cri/images/watch.h"
#include "dns/server/server.h"
#include "volumes/linux/linux_mounter.h"
#include "volumes/pod_volumes.h"

namespace ordinal {

class Node {
 public:
  Node(asio::io_context& io, const Config& config);
  ~Node();

  /// Opens the store, the DNS sockets and the command socket, and starts everything else in the background.
  /// Blocks for a moment. The error says what could not be had and what would help.
  Status Start();

  /// Ends the agent, not its pods: writes what is to be written and closes the store.
  void Stop();

 private:
  Status OpenStore();
  Status StartDns();
  Status StartApi();
  void BuildParts();
  void ConnectRuntime();
  Task<void> RestoreNames();
  Task<void> Boot();
  Task<void> AwaitRuntime();
  Task<void> PrepareNetwork();
  Task<void> PrepareImages();
  Task<void> FollowImages();
  void ImageArrived();
  podsync::Services PodServices();
  void ReportReadiness();
  Task<void> BeatForWatchdog();
  api::Json Readiness() const;
  Task<node::NodeFacts> LookAtHost();
  debug::Sources DebugSources();

  asio::io_context& io_;
  const Config config_;
  const Layout layout_;
  RealClock clock_;
  SystemRandom random_;
  SystemRandom dns_random_;  ///< of the DNS threads
  BlockingPool pool_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<objects::Caches> caches_;
  std::unique_ptr<objects::ReadYourWrites> written_;  ///< the store as everybody writes to it
  std::unique_ptr<objects::Objects> client_;
  events::LogRecorder recorder_;
  std::unique_ptr<events::EventLog> event_log_;
  std::unique_ptr<events::StoreRecorder> pod_events_;  ///< what the node says about its pods
  std::unique_ptr<dns::Server> dns_;
  std::shared_ptr<cri::Connection> connection_;
  std::unique_ptr<podsync::EndingSandboxes> runtime_;
  std::unique_ptr<cri::ContainerdEvents> events_;
  cri::RuntimeStatus runtime_status_;
  std::unique_ptr<cri::ImageImporter> importer_;
  std::unique_ptr<cri::ImageDirectory> image_directory_;
  std::unique_ptr<observe::RuntimeView> view_;
  volumes::LinuxMounter mounter_;
  std::unique_ptr<volumes::PodVolumes> volumes_;
  std::unique_ptr<podsync::Images> images_;
  std::unique_ptr<status::PodStatusWriter> statuses_;
  std::unique_ptr<podsync::PodSync> pods_;
  std::unique_ptr<manifests::ManifestWatcher> manifests_;
  std::unique_ptr<ClaimStorage> claim_storage_;
  std::unique_ptr<Workloads> workloads_;
  std::shared_ptr<const dns::Snapshot> restored_;  ///< of the last run, when they came before DNS was there
  std::unique_ptr<NamesFeed> names_;
  std::unique_ptr<KeptNames> kept_names_;
  std::unique_ptr<debug::Server> debug_;
  std::unique_ptr<cri::Streaming> streaming_;
  std::unique_ptr<cri::Stats> stats_;
  std::unique_ptr<ApiFront> api_;
  std::unique_ptr<node::NodeObject> node_object_;
  std::unique_ptr<node::StateDisk> state_disk_;
  std::string waiting_for_ = "the container runtime";  ///< what Boot() waits for; empty when it is through
};

}  // namespace ordinal
