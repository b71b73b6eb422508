// PodSync: makes the pods of this node real. Follows the pods of the store that name this node, gives each uid a
// worker, and ends what the runtime or the disk still holds of pods nobody wants any more.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "agent/objects/cache.h"
#include "agent/podsync/services.h"
#include "agent/podsync/worker.h"

namespace ordinal::podsync {

class PodSync {
 public:
  using Pods = objects::Cache<api::Pod>;

  /// `services.node.node_name` selects the pods of this node.
  PodSync(Services services, Pods& pods);

  /// Which cgroup driver the runtime uses (RuntimeStatus::systemd_cgroup). Called before Run().
  void SetSystemdCgroup(bool systemd) { services_.node.systemd_cgroup = systemd; }
  /// What the runtime and the host can (RuntimeFeatures). Called before Run().
  void SetFeatures(RuntimeFeatures features) { services_.node.runtime = std::move(features); }
  /// Where pods reach the API (NodeFacts::api_host).
  void SetApi(std::string host, std::string host_of_host_network, std::string port) {
    services_.node.api_host = std::move(host);
    services_.node.api_host_of_host_network = std::move(host_of_host_network);
    services_.node.api_port = std::move(port);
  }

  /// Runs for ever. Nothing is started or ended before the store and the runtime have both been read once.
  Task<void> Run();

  /// The runtime's state of a pod changed: observe/ calls it.
  void RuntimeChanged(const std::string& uid);
  void ImageArrived();
  /// What pods may take of the node is something else.
  void NodeChanged() { allocations_.NodeChanged(); }

  /// Worker::EndByNode() of the pod; nothing where there is none of this uid.
  void EndByNode(const std::string& uid, NodeEnd end);
  /// Whether a pod that was evicted still has its volumes.
  bool HoldsVolumes(const std::string& uid) const;
  /// The cgroup that the runtime was given for the pod.
  std::string CgroupOf(const api::Pod& pod) const;
  /// All pods that rest run again.
  void GoOn();

  size_t workers() const { return workers_.size(); }

 private:
  using Name = std::pair<std::string, std::string>;  ///< namespace, name

  bool Mine(const api::Pod& pod) const { return pod.spec.node_name == services_.node.node_name; }
  bool MayStart(const api::Pod& pod) const;
  void OnPod(const objects::Change<api::Pod>& change);
  void Start(const std::string& uid);
  void Want(Worker& worker, const api::Ref<api::Pod>& pod);
  void Ended(const std::string& uid, const Worker& worker);
  Task<void> RunWorker(std::string uid, std::shared_ptr<Worker> worker);
  static Task<Status> RunOnce(std::shared_ptr<Worker> worker);
  Task<void> RecallAllocations();
  void AdmitAll();
  Task<void> LimitProcessesOfAll();
  Task<void> EndStrangers();

  Services services_;
  Allocations allocations_;
  Pods& pods_;
  std::map<std::string, std::shared_ptr<Worker>> workers_;  ///< by uid
  std::map<Name, std::set<std::string>> named_;             ///< uids of the workers that had an object, by its name
  bool running_ = false;
};

}  // namespace ordinal::podsync
