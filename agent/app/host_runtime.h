// HostRuntime: the container runtime of this host, and what the agent sees and asks of it. Part of the composition
// root.
//
//   containerd <── connection <─┬─ calls, with a note of each sandbox that ends (sweep.h)
//                               ├─ events ──> view: what runs of each pod
//                               ├─ exec, logs, port forwarding; usage
//                               └─ images: tarballs of the images folder, the sandbox image
#pragma once

#include <memory>

#include "agent/app/config.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/base/random.h"
#include "agent/observe/runtime_view.h"
#include "agent/podsync/ending_sandboxes.h"
#include "cri/grpc/events.h"
#include "cri/grpc/grpc_runtime.h"
#include "cri/images/importer.h"
#include "cri/images/watch.h"
#include "cri/stats.h"
#include "cri/streaming.h"

namespace ordinal {

class HostRuntime {
 public:
  /// All of it outlives the runtime.
  struct Parts {
    Executor executor;
    Clock& clock;
    Random& random;
    BlockingPool& pool;
    const Config& config;
    const Layout& layout;
  };
  /// Connects when it is first asked.
  explicit HostRuntime(Parts parts);

  podsync::EndingSandboxes& calls() { return *calls_; }
  cri::Streaming& streaming() { return *streaming_; }
  cri::Stats& stats() { return *stats_; }
  observe::RuntimeView& view() { return view_; }
  const observe::RuntimeView& view() const { return view_; }
  cri::ImageDirectory& images_folder() { return images_folder_; }
  /// As AwaitReady() found it.
  const cri::RuntimeStatus& status() const { return status_; }

  /// Returns when the runtime answers and can make pods.
  Task<void> AwaitReady();
  /// Makes the sandbox image; tarballs are imported beside everything else: only a pod that needs one waits for it.
  Task<void> PrepareImages();
  /// Begins to follow what runs, and returns when all of it is known.
  Task<void> Follow();

 private:
  Task<void> FollowImages();

  const Parts parts_;
  const std::shared_ptr<cri::Connection> connection_;
  cri::ImageImporter importer_;
  const std::unique_ptr<podsync::EndingSandboxes> calls_;
  const std::unique_ptr<cri::Streaming> streaming_;
  const std::unique_ptr<cri::Stats> stats_;
  const std::unique_ptr<cri::ContainerdEvents> events_;
  observe::RuntimeView view_;
  cri::ImageDirectory images_folder_;
  cri::RuntimeStatus status_;
};

}  // namespace ordinal
