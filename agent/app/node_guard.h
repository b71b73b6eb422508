// NodeGuard: what protects the node as a whole: pressure and evictions, and the end of its pods before the host goes
// down. Part of the composition root.
#pragma once

#include <functional>
#include <string>

#include "agent/app/node_pods.h"
#include "agent/base/fd.h"
#include "agent/node/image_collection.h"
#include "agent/node/node_status.h"
#include "agent/node/pressure/evictions.h"
#include "agent/node/shutdown/shutdown.h"
#include "systemd/login.h"

namespace ordinal {

class NodeGuard {
 public:
  /// All of it outlives the guard.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    const Config& config;
    const Layout& layout;
    HostRuntime& runtime;
    objects::Caches& caches;
    NodePods& pods;
    node::ImageCollection& images;
    events::Recorder& recorder;
    std::function<Task<void>()> tell;  ///< writes the Node object
  };
  /// Before the caches run.
  explicit NodeGuard(Parts parts);

  /// When it is known what runs, and before the Node object is written: measures and shows pressure once, so that a
  /// taint of an earlier run is not taken away in between, then goes on in the background and listens for shutdowns of
  /// the host.
  Task<void> Begin();

  void PodChanged(const std::string& uid);
  /// What the Node object says of all this.
  void Tell(node::NodeFacts& facts) const;

 private:
  node::Evictions::Sources EvictionSources();
  node::Shutdown::Sources ShutdownSources();
  podsync::Waiting WhyRefused(const api::Pod& pod) const;
  Task<void> FollowStalls();
  Task<void> FollowHost();
  Task<Status> FollowLogin(systemd::Login& login);
  Task<void> AskForTime(systemd::Login& login);
  Task<void> GoOn(systemd::Login& login);
  Task<void> Inhibit(systemd::Login& login);
  Task<void> EndPods();

  const Parts parts_;
  node::Evictions evictions_;
  node::Shutdown shutdown_;
  Fd lock_;              ///< delays a shutdown while it is open
  bool ending_ = false;  ///< EndPods() is under way
  Signal ended_;
};

}  // namespace ordinal
