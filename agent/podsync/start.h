// Carrying out a plan for a pod that is wanted:
//
//   stop dead sandboxes ─> volumes ─> sandbox ─> /etc/hosts ─> containers (image, files, create, start) ─> tidy up
//
// Failures are kept in Memory with the reason that ends in the pod's status, and with the time of the next try.
#pragma once

#include <functional>

#include "agent/podsync/plan.h"
#include "agent/podsync/services.h"

namespace ordinal::podsync {

class PodStart {
 public:
  /// `wake` makes the worker look again (an image was pulled).
  PodStart(Services& services, const api::Pod& pod, Memory& memory, std::function<void()> wake);

  /// Runs the plan. Returns when the worker should look again at the latest; absent when nothing failed and
  /// nothing waits.
  Task<std::optional<WallTime>> Execute(const Plan& plan, const cri::PodState& state);

 private:
  EnvFacts Facts() const;
  Task<Status> StopOne(std::string id);
  Task<bool> StopAndTidy(const Plan& plan, const cri::PodState& state);
  void Tidied(const std::string& id, const Status& removed);
  Task<Status> CreateSandbox(const Plan& plan);
  Task<Status> FindAddresses(const std::string& sandbox_id);
  Task<Status> ResolveAndMount();
  Task<Status> StartContainer(const ContainerStart& start);
  Task<Status> CreateAndStart(const ContainerStart& start, const api::Container& container, cri::Image image);
  Task<Result<std::vector<cri::Mount>>> Mounts(const api::Container& container, uint32_t attempt);
  Task<Status> WriteFiles(const api::Container& container, uint32_t attempt);
  void CountRestart(const ContainerStart& start, const std::string& name);
  Task<void> LimitProcessesOfPod();
  bool HeldUp(const std::string& name, const Error& error);
  void SayNoImage(const std::string& container, const Waiting& waiting);
  void Fail(const ContainerStart& start, const Error& error);
  void FailPod(const std::string& step, const Error& error);
  void LookAgain(WallTime when);
  const api::Container& ContainerOf(const ContainerStart& start) const;

  Services& services_;
  const api::Pod& pod_;
  Memory& memory_;
  std::function<void()> wake_;
  std::string sandbox_id_;
  std::vector<std::string> ips_;
  cri::SandboxConfig sandbox_config_;
  volumes::PodVolumesSpec volumes_;
  std::optional<WallTime> look_again_;
};

}  // namespace ordinal::podsync
