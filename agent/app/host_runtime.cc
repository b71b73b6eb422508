#include "agent/app/host_runtime.h"

#include <string>
#include <utility>

#include "agent/app/host.h"
#include "agent/app/node_images.h"
#include "agent/app/sweep.h"
#include "agent/base/capabilities.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "cri/grpc/container_info.h"
#include "cri/grpc/grpc_streaming.h"
#include "cri/grpc/task_list.h"
#include "cri/images/reference.h"

namespace ordinal {
namespace {

constexpr Duration kRuntimeRetry = std::chrono::milliseconds(200);

}  // namespace

HostRuntime::HostRuntime(Parts parts)
    : parts_(std::move(parts)),
      connection_(std::make_shared<cri::Connection>(parts_.config.runtime_endpoint)),
      importer_(connection_, parts_.pool, parts_.clock, parts_.random),
      calls_(WithNotes(
          cri::MakeGrpcRuntime(connection_, [this](std::string name) { return MakeSandboxImage(std::move(name)); }),
          parts_.pool, parts_.layout)),
      streaming_(cri::MakeGrpcStreaming(connection_)),
      stats_(cri::MakeGrpcStats(connection_)),
      events_(cri::MakeContainerdEvents(parts_.executor, connection_, parts_.clock)),
      commands_({parts_.clock, parts_.pool, *calls_,
                 [this](std::string id) { return cri::ContainerInfo(connection_, std::move(id)); }}),
      view_(parts_.executor, parts_.clock, *calls_, *events_, parts_.config.node_name),
      kernel_log_(parts_.executor, observe::OpenKernelLog()),
      exits_(parts_.executor, parts_.pool),
      images_folder_(parts_.executor, parts_.layout.Images(), importer_, parts_.pool, parts_.clock) {
  connection_->CountBy(parts_.clock);
}

Task<void> HostRuntime::AwaitReady() {
  const std::string& endpoint = parts_.config.runtime_endpoint;
  bool said = false;
  while (true) {
    Result<cri::RuntimeStatus> status = co_await calls_->GetStatus();
    const bool ready = status.ok() && status->runtime_ready;
    std::string why = status.ok() ? status->message : status.error().message;
    if (ready) {
      status_ = std::move(*status);
      Result<cri::Version> version = co_await calls_->GetVersion();
      if (version.ok()) {
        version_ = std::move(*version);
        break;
      }
      why = version.error().message;
    }
    if (!std::exchange(said, true)) log::Warning("waiting for the container runtime at {}: {}", endpoint, why);
    co_await Sleep(parts_.clock, kRuntimeRetry);
  }
  log::Info("runtime {} {} at {}", version_.runtime_name, version_.runtime_version, endpoint);
  if (!HasCapability(kCapSysResource) && !status_.restrict_oom_score_adj) {
    log::Warning(
        "this host lacks CAP_SYS_RESOURCE: runc cannot lower oom_score_adj and sandboxes will fail; set "
        "restrict_oom_score_adj = true in the CRI section of containerd's configuration");
  }
}

Task<void> HostRuntime::PrepareImages() {
  SpawnLoop(parts_.executor, parts_.clock, "images folder", [this] { return FollowImages(); });
  const std::string name =
      co_await PrepareSandboxImage(importer_, parts_.pool, status_, parts_.config.runtime_endpoint);
  NoteSandboxImage(name);
}

Task<Status> HostRuntime::MakeSandboxImage(std::string name) {
  NoteSandboxImage(name);
  co_return co_await importer_.ImportPause(std::move(name));
}

void HostRuntime::NoteSandboxImage(const std::string& name) {
  Result<std::string> full = cri::NormalizeReference(name);
  if (full.ok()) sandbox_images_.insert(std::move(*full));
}

Task<void> HostRuntime::FollowImages() {
  const Status followed = co_await images_folder_.Run();
  if (!followed.ok()) log::Error("images folder: {}", followed.error().message);
}

Task<void> HostRuntime::Follow() {
  kernel_log_.OnOutOfMemory([this](const std::string& id) { view_.NoteOom(id); });
  exits_.OnExit([this](const std::string& id, int32_t code) { view_.NoteExit(id, code); });
  view_.OnConnected(
      [this] { SpawnLoop(parts_.executor, parts_.clock, "running tasks", [this] { return WatchRunning(); }); });
  view_.OnStarted([this](const std::string& id, uint32_t pid) { exits_.Started(id, pid); });
  SpawnLoop(parts_.executor, parts_.clock, "runtime view", [this] { return view_.Run(); });
  SpawnLoop(parts_.executor, parts_.clock, "kernel log", [this] { return kernel_log_.Run(); });
  co_await view_.WaitSynced();
}

/// What was started while nobody heard of it.
Task<void> HostRuntime::WatchRunning() {
  const auto running = co_await cri::RunningTasks(connection_);
  if (!running.ok()) log::Debug("{}: ends of what runs are told by the runtime alone", running.error().message);
  if (!running.ok()) co_return;
  for (const auto& [id, pid] : *running) exits_.Started(id, pid);
}

}  // namespace ordinal
