// FakeRuntime's containers and images; its sandboxes are in fake_runtime.cc.
#include <fmt/format.h>

#include <fstream>

#include "agent/observe/pod_state.h"
#include "tests/fakes/fake_runtime.h"

namespace ordinal::fakes {
namespace {

using cri::Container;
using cri::ContainerState;
using cri::RuntimeEvent;
using cri::SandboxState;

constexpr char kCreateReason[] = "CreateContainerError";
constexpr char kStartReason[] = "RunContainerError";
constexpr int32_t kStartErrorCode = 128;  // containerd, pkg/cri/server/container_start.go
constexpr int32_t kKilled = 137;

Error NoContainer(const std::string& id) {
  return MakeError(ErrorCode::kNotFound, fmt::format("container {}: not found", id));
}

std::string PodUid(const cri::StringMap& labels) {
  const auto uid = labels.find(observe::kPodUidLabel);
  return uid == labels.end() ? std::string() : uid->second;
}

RuntimeEvent Started(const std::string& id) {
  RuntimeEvent event;
  event.kind = RuntimeEvent::Kind::kContainerStarted;
  event.container_id = id;
  return event;
}

std::string ReservedName(const cri::SandboxConfig& pod, const std::string& name, uint32_t attempt) {
  return fmt::format("{}_{}_{}_{}_{}", name, pod.name, pod.ns, pod.uid, attempt);
}

}  // namespace

Task<Result<std::string>> FakeRuntime::CreateContainer(std::string sandbox_id, cri::ContainerConfig config,
                                                       cri::SandboxConfig sandbox) {
  CO_TRYV(co_await Begin(Call::kCreateContainer, "CreateContainer " + config.name));
  const auto found = sandboxes_.find(sandbox_id);
  if (found == sandboxes_.end() || found->second.state != SandboxState::kReady) {
    co_return MakeError(ErrorCode::kNotFound, fmt::format("sandbox {}: not found", sandbox_id), kCreateReason);
  }
  cri::Image* image = nullptr;
  for (auto& [reference, candidate] : images_) {
    if (reference == config.image || candidate.id == config.image) image = &candidate;
  }
  if (image == nullptr) {
    co_return MakeError(ErrorCode::kNotFound, fmt::format("image {}: not found", config.image), kCreateReason);
  }
  if (!reserved_names_.insert(ReservedName(sandbox, config.name, config.attempt)).second) {
    co_return MakeError(ErrorCode::kAlreadyExists, "failed to reserve container name " + config.name, kCreateReason);
  }
  Container container;
  container.id = NewId();
  container.sandbox_id = sandbox_id;
  container.name = config.name;
  container.attempt = config.attempt;
  container.state = ContainerState::kCreated;
  container.image = config.image;
  container.image_ref = image->id;
  container.created_at = clock_.Now();
  container.log_path = sandbox.log_directory.empty() ? "" : sandbox.log_directory + "/" + config.log_path;
  container.labels = config.labels;
  container.annotations = config.annotations;
  const std::string id = container.id;
  ids_of_pod_[PodUid(config.labels)].insert(id);
  containers_of_[sandbox_id].insert(id);
  if (keeps_configs_) container_configs_[id] = std::move(config);
  containers_[id] = std::move(container);
  co_return id;
}

Task<Status> FakeRuntime::StartContainer(std::string id) {
  CO_TRYV(co_await Begin(Call::kStartContainer, "StartContainer " + NameOf(id)));
  const auto found = containers_.find(id);
  if (found == containers_.end()) co_return NoContainer(id);
  Container& container = found->second;
  if (container.state != ContainerState::kCreated) {
    co_return MakeError(ErrorCode::kInternal, fmt::format("container {} was started before", id), kStartReason);
  }
  if (const auto sandbox = sandboxes_.find(container.sandbox_id);
      sandbox == sandboxes_.end() || sandbox->second.state != SandboxState::kReady) {
    co_return MakeError(ErrorCode::kInternal, "sandbox container is not running", kStartReason);
  }
  const Behaviour behaviour = BehaviourOf(container);
  if (behaviour.refuses_to_start) {
    container.state = ContainerState::kExited;
    container.finished_at = clock_.Now();
    container.exit_code = kStartErrorCode;
    container.reason = "StartError";
    container.message = behaviour.refusal;
    co_return MakeError(ErrorCode::kInternal, container.message, kStartReason);
  }
  container.state = ContainerState::kRunning;
  container.started_at = clock_.Now();
  events_.Send(Started(id));
  if (behaviour.exits_with) {
    exits_[id] =
        clock_.After(behaviour.runs_for, [this, id, code = *behaviour.exits_with] { ExitContainer(id, code); });
  }
  co_return Status();
}

Task<Status> FakeRuntime::StopContainer(std::string id, std::chrono::seconds grace) {
  CO_TRYV(co_await Begin(Call::kStopContainer, fmt::format("StopContainer {} {}s", NameOf(id), grace.count())));
  const auto found = containers_.find(id);
  if (found == containers_.end()) co_return NoContainer(id);
  if (found->second.state != ContainerState::kRunning) co_return Status();
  const Behaviour behaviour = BehaviourOf(found->second);
  const bool obeys = behaviour.stop_takes <= grace && grace.count() > 0;
  const Duration takes = obeys ? behaviour.stop_takes : Duration(grace);
  if (takes > Duration(0)) co_await Sleep(clock_, takes);
  // It may have been removed meanwhile.
  if (containers_.contains(id)) ExitContainer(id, obeys ? behaviour.stopped_with : kKilled);
  co_return Status();
}

void FakeRuntime::EraseContainer(const std::string& id) {
  const auto found = containers_.find(id);
  if (found == containers_.end()) return;
  const Container& container = found->second;
  if (const auto pod = sandbox_configs_.find(container.sandbox_id); pod != sandbox_configs_.end()) {
    reserved_names_.erase(ReservedName(pod->second, container.name, container.attempt));
  }
  const std::string uid = PodUid(container.labels);
  ids_of_pod_[uid].erase(id);
  if (ids_of_pod_[uid].empty()) ids_of_pod_.erase(uid);
  exits_.erase(id);
  containers_of_[container.sandbox_id].erase(id);
  container_configs_.erase(id);
  containers_.erase(found);
}

Task<Status> FakeRuntime::RemoveContainer(std::string id) {
  CO_TRYV(co_await Begin(Call::kRemoveContainer, "RemoveContainer " + NameOf(id)));
  if (!containers_.contains(id)) co_return Status();
  ExitContainer(id, kKilled);
  EraseContainer(id);
  co_return Status();
}

Task<Status> FakeRuntime::UpdateContainer(std::string id, cri::Resources resources) {
  CO_TRYV(co_await Begin(Call::kUpdateContainer, "UpdateContainer " + NameOf(id)));
  const auto found = containers_.find(id);
  if (found == containers_.end()) co_return NoContainer(id);
  const auto config = container_configs_.find(id);
  if (config == container_configs_.end()) co_return Status();
  cri::Resources& own = config->second.resources;
  const auto take = [](int64_t wanted, int64_t& now) { now = wanted == 0 ? now : wanted; };
  take(resources.cpu_period, own.cpu_period);
  take(resources.cpu_quota, own.cpu_quota);
  take(resources.cpu_shares, own.cpu_shares);
  take(resources.memory_limit, own.memory_limit);
  take(resources.memory_swap_limit, own.memory_swap_limit);
  for (const auto& [file, text] : resources.unified) own.unified[file] = text;
  co_return Status();
}

Task<Result<Container>> FakeRuntime::ContainerStatus(std::string id) {
  CO_TRYV(co_await Begin(Call::kContainerStatus));
  const auto found = containers_.find(id);
  if (found == containers_.end()) co_return NoContainer(id);
  Container status = found->second;
  status.sandbox_id.clear();
  co_return status;
}

Task<Result<std::vector<Container>>> FakeRuntime::ListContainers(cri::ContainerFilter filter) {
  CO_TRYV(co_await Begin(Call::kListContainers));
  std::vector<Container> listed;
  for (const Container* container : Candidates(containers_, filter.labels)) {
    if (!filter.id.empty() && container->id != filter.id) continue;
    if (!filter.sandbox_id.empty() && container->sandbox_id != filter.sandbox_id) continue;
    Container& copy = listed.emplace_back(*container);
    copy.started_at = copy.finished_at = WallTime();
    copy.exit_code = 0;
    copy.reason = copy.message = copy.log_path = std::string();
  }
  co_return listed;
}

Task<Result<cri::ExecResult>> FakeRuntime::ExecSync(std::string id, std::vector<std::string> command,
                                                    std::chrono::seconds) {
  CO_TRYV(co_await Begin(Call::kExecSync, "ExecSync " + NameOf(id)));
  const auto found = containers_.find(id);
  if (found == containers_.end()) co_return NoContainer(id);
  if (found->second.state != ContainerState::kRunning) {
    co_return MakeError(ErrorCode::kInternal, fmt::format("container {} is not running", id));
  }
  if (exec_) co_return exec_(found->second, command);
  co_return cri::ExecResult();
}

Task<Status> FakeRuntime::ReopenContainerLog(std::string id) {
  CO_TRYV(co_await Begin(Call::kReopenContainerLog, "ReopenContainerLog " + NameOf(id)));
  const auto found = containers_.find(id);
  if (found == containers_.end()) co_return NoContainer(id);
  const Container& container = found->second;
  if (container.state != ContainerState::kRunning) {
    co_return MakeError(ErrorCode::kInternal, fmt::format("container {} is not running", id));
  }
  const std::ofstream log(container.log_path, std::ios::app);
  if (!log) co_return MakeError(ErrorCode::kInternal, "no directory for the log " + container.log_path);
  co_return Status();
}

Task<Result<cri::Image>> FakeRuntime::ImageStatus(std::string reference) {
  CO_TRYV(co_await Begin(Call::kImageStatus));
  for (const auto& [name, image] : images_) {
    if (name == reference || image.id == reference) co_return image;
  }
  co_return MakeError(ErrorCode::kNotFound, "image " + reference + " is not in the runtime");
}

Task<Result<std::vector<cri::Image>>> FakeRuntime::ListImages() {
  CO_TRYV(co_await Begin(Call::kListImages));
  std::vector<cri::Image> listed;
  for (const auto& [name, image] : images_) listed.push_back(image);
  co_return listed;
}

Task<Result<std::string>> FakeRuntime::PullImage(std::string reference, cri::ImageAuth auth) {
  const std::string as = auth == cri::ImageAuth() ? "" : " as " + auth.username + auth.identity_token;
  CO_TRYV(co_await Begin(Call::kPullImage, "PullImage " + reference + as));
  const auto remote = remote_images_.find(reference);
  if (remote == remote_images_.end()) {
    co_return MakeError(ErrorCode::kInternal, reference + ": connection refused", "ErrImagePull");
  }
  const auto reader = remote->second.find(auth.username);
  if (!remote->second.empty() && (reader == remote->second.end() || reader->second != auth.password)) {
    co_return MakeError(ErrorCode::kInternal, reference + ": 401 Unauthorized" + as, "ErrImagePull");
  }
  AddImage(reference);
  co_return images_.at(reference).id;
}

Task<Status> FakeRuntime::RemoveImage(std::string reference) {
  CO_TRYV(co_await Begin(Call::kRemoveImage, "RemoveImage " + reference));
  // By a name or an id, with all other names.
  std::string id = reference;
  if (const auto named = images_.find(reference); named != images_.end()) id = named->second.id;
  std::erase_if(images_, [&](const auto& entry) { return entry.second.id == id; });
  co_return Status();
}

Task<Result<cri::ImageFilesystem>> FakeRuntime::ImageFsInfo() {
  CO_TRYV(co_await Begin(Call::kImageFsInfo));
  cri::ImageFilesystem kept{"/images", 0};
  for (const auto& [name, image] : images_) kept.used_bytes += image.size;
  co_return kept;
}

}  // namespace ordinal::fakes
