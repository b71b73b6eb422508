// Agent: everything the running agent is made of, built once in the order it is needed. Part of the composition root:
// only main.cc includes it.
//
//   store ─> DNS (SERVFAIL) ─> API ─> BootSteps(): runtime ─> network ─> images ─> what runs ─> pods, manifests ─>
//   ready
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/app/boot.h"
#include "agent/app/config.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/layout.h"
#include "agent/base/random.h"
#include "agent/base/signal.h"

namespace ordinal {

namespace manifests {
class ManifestWatcher;
}
namespace node {
class ImageCollection;
struct NodeFacts;
class NodeObject;
class StateDisk;
}  // namespace node
class ApiFront;
class ClaimStorage;
class HostLook;
class HostRuntime;
class NameService;
class NodeApi;
struct NodeEvents;
class NodeGuard;
class NodePods;
class StoredObjects;
class Workloads;

class Agent {
 public:
  Agent(asio::io_context& io, const Config& config);
  ~Agent();

  /// Opens the store, the DNS sockets and the command socket, and starts everything else in the background.
  /// Blocks for a moment. The error says what could not be had and what would help.
  Status Start();

  /// Ends the agent, not its pods: writes what is to be written and closes the store.
  void Stop();

 private:
  std::vector<Boot::Step> BootSteps();
  Task<void> RunBoot();

  void BuildPods();
  void BuildWorkloads();
  void BuildNode();
  void BuildImageCollection();
  void BuildGuard();
  Task<void> TellNode();
  void Connect();
  Status StartApi();
  void StartLoops();

  Task<void> MakeFirstObjects();
  Task<void> CompleteAccess();
  Task<void> MakeDefaultRoles(std::shared_ptr<Signal> made);
  Task<void> PrepareNetwork();
  Task<void> StartPods();
  Task<void> ReadManifests();
  void ImageArrived();
  void ReportReadiness();
  api::Json Readiness() const;
  api::Json ManifestErrors() const;
  Task<node::NodeFacts> LookAtHost();

  asio::io_context& io_;
  const Executor executor_;
  const Config config_;
  const Layout layout_;
  RealClock clock_;
  SystemRandom random_;
  BlockingPool pool_;
  std::unique_ptr<HostRuntime> runtime_;
  std::unique_ptr<NameService> names_;
  std::unique_ptr<StoredObjects> objects_;
  std::unique_ptr<NodeEvents> events_;
  std::unique_ptr<NodePods> pods_;
  std::unique_ptr<ClaimStorage> claim_storage_;
  std::unique_ptr<Workloads> workloads_;
  std::unique_ptr<manifests::ManifestWatcher> manifests_;
  std::unique_ptr<HostLook> host_look_;
  std::unique_ptr<node::NodeObject> node_object_;
  std::unique_ptr<node::StateDisk> state_disk_;
  std::unique_ptr<node::ImageCollection> image_collection_;
  std::unique_ptr<NodeGuard> guard_;
  std::unique_ptr<ApiFront> api_;
  std::unique_ptr<NodeApi> node_api_;
  bool own_network_ = false;  // pods are in the network that this agent configures
  Boot boot_;
};

}  // namespace ordinal
