// EndingSandboxes: the runtime, with a note on disk of each sandbox while it is being stopped.
//
//   note <state-dir>/ending/<sandbox> ─> StopSandbox ─> note removed
//
// When the caller of StopSandbox goes away (the agent is killed) or the runtime does, the runtime kills the CNI plugin
// that is taking the pod's network down, and what that plugin had not come to is not found by a second StopSandbox
// (agent/network/leftovers.h). A note that is older than its call says so: then what is left under the sandbox's id is
// swept as soon as the sandbox was stopped, or is gone.
//
// Notes need not survive a crash of the host, after which no rule and no link is left: nothing is synced to the disk.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "agent/base/blocking_pool.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

class EndingSandboxes final : public cri::Runtime {
 public:
  /// Removes what is left of these sandboxes' networks. Blocks; called on the pool.
  using Sweep = std::function<Status(const std::set<std::string>& sandboxes)>;

  /// `directory` holds the notes; made when needed.
  EndingSandboxes(std::unique_ptr<cri::Runtime> runtime, BlockingPool& pool, std::string directory, Sweep sweep);

  /// Sweeps every noted sandbox that the runtime does not have any more. One that it has is for whoever stops it.
  Task<Status> SweepGone();

  Task<Status> StopSandbox(std::string id) override;

  // All else is the runtime's.
  Task<Result<cri::Version>> GetVersion() override { return runtime_->GetVersion(); }
  Task<Result<cri::RuntimeStatus>> GetStatus() override { return runtime_->GetStatus(); }
  Task<Result<std::string>> RunSandbox(cri::SandboxConfig config) override {
    return runtime_->RunSandbox(std::move(config));
  }
  Task<Status> RemoveSandbox(std::string id) override { return runtime_->RemoveSandbox(std::move(id)); }
  Task<Result<cri::Sandbox>> SandboxStatus(std::string id) override { return runtime_->SandboxStatus(std::move(id)); }
  Task<Result<std::vector<cri::Sandbox>>> ListSandboxes(cri::SandboxFilter filter) override {
    return runtime_->ListSandboxes(std::move(filter));
  }
  Task<Result<std::string>> CreateContainer(std::string sandbox_id, cri::ContainerConfig config,
                                            cri::SandboxConfig sandbox) override {
    return runtime_->CreateContainer(std::move(sandbox_id), std::move(config), std::move(sandbox));
  }
  Task<Status> StartContainer(std::string id) override { return runtime_->StartContainer(std::move(id)); }
  Task<Status> StopContainer(std::string id, std::chrono::seconds grace) override {
    return runtime_->StopContainer(std::move(id), grace);
  }
  Task<Status> RemoveContainer(std::string id) override { return runtime_->RemoveContainer(std::move(id)); }
  Task<Status> UpdateContainer(std::string id, cri::Resources resources) override {
    return runtime_->UpdateContainer(std::move(id), std::move(resources));
  }
  Task<Result<cri::Container>> ContainerStatus(std::string id) override {
    return runtime_->ContainerStatus(std::move(id));
  }
  Task<Result<std::vector<cri::Container>>> ListContainers(cri::ContainerFilter filter) override {
    return runtime_->ListContainers(std::move(filter));
  }
  Task<Result<cri::ExecResult>> ExecSync(std::string id, std::vector<std::string> command,
                                         std::chrono::seconds timeout) override {
    return runtime_->ExecSync(std::move(id), std::move(command), timeout);
  }
  Task<Status> ReopenContainerLog(std::string id) override { return runtime_->ReopenContainerLog(std::move(id)); }
  Task<Result<cri::Image>> ImageStatus(std::string reference) override {
    return runtime_->ImageStatus(std::move(reference));
  }
  Task<Result<std::vector<cri::Image>>> ListImages() override { return runtime_->ListImages(); }
  Task<Result<std::string>> PullImage(std::string reference, cri::ImageAuth auth) override {
    return runtime_->PullImage(std::move(reference), std::move(auth));
  }
  Task<Status> RemoveImage(std::string reference) override { return runtime_->RemoveImage(std::move(reference)); }
  Task<Result<cri::ImageFilesystem>> ImageFsInfo() override { return runtime_->ImageFsInfo(); }

 private:
  Task<Status> SweepAndForget(std::set<std::string> sandboxes);

  const std::unique_ptr<cri::Runtime> runtime_;
  BlockingPool& pool_;
  const std::string directory_;
  const Sweep sweep_;
};

}  // namespace ordinal::podsync
