// HostRuntime: the container runtime of this host, and what the agent sees and asks of it. Part of the composition
// root.
//
//   containerd <── connection <─┬─ calls, with a note of each sandbox that ends (sweep.h)
//                               ├─ events ──> view: what runs of each pod (<── the kernel's log)
//                               ├─ exec, logs, port forwarding; usage
//                               └─ images: tarballs of the images folder, the sandbox image
#pragma once

#include <memory>
#include <set>
#include <string>

#include "agent/app/config.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/base/random.h"
#include "agent/observe/exit_watch.h"
#include "agent/observe/kernel_log.h"
#include "agent/observe/runtime_view.h"
#include "agent/podsync/ending_sandboxes.h"
#include "cri/enter/commands.h"
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
  const cri::CallCounts& counts() const { return connection_->counts(); }
  cri::Commands& commands() { return commands_; }
  observe::RuntimeView& view() { return view_; }
  const observe::RuntimeView& view() const { return view_; }
  cri::ImageDirectory& images_folder() { return images_folder_; }
  const cri::ImageDirectory& images_folder() const { return images_folder_; }
  /// Whether sandboxes are made of the image of this name (NormalizeReference()), as far as it is known.
  bool IsSandboxImage(const std::string& normalized) const { return sandbox_images_.contains(normalized); }
  /// As AwaitReady() found it.
  const cri::RuntimeStatus& status() const { return status_; }
  const cri::Version& version() const { return version_; }

  /// Returns when the runtime answers and can make pods.
  Task<void> AwaitReady();
  /// Makes the sandbox image; tarballs are imported beside everything else: only a pod that needs one waits for it.
  Task<void> PrepareImages();
  /// Begins to follow what runs, and returns when all of it is known.
  Task<void> Follow();

 private:
  Task<void> FollowImages();
  Task<void> WatchRunning();
  Task<Status> MakeSandboxImage(std::string name);
  void NoteSandboxImage(const std::string& name);

  const Parts parts_;
  const std::shared_ptr<cri::Connection> connection_;
  cri::ImageImporter importer_;
  const std::unique_ptr<podsync::EndingSandboxes> calls_;
  const std::unique_ptr<cri::Streaming> streaming_;
  const std::unique_ptr<cri::Stats> stats_;
  const std::unique_ptr<cri::ContainerdEvents> events_;
  cri::Commands commands_;
  observe::RuntimeView view_;
  observe::KernelLog kernel_log_;
  observe::ExitWatch exits_;
  cri::ImageDirectory images_folder_;
  cri::RuntimeStatus status_;
  cri::Version version_;
  std::set<std::string> sandbox_images_;  ///< names in their full form
};

}  // namespace ordinal
