#include "cri/grpc/grpc_runtime.h"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "agent/base/log.h"
#include "cri/grpc/convert.h"
#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/grpc/lost_task.h"
#include "cri/grpc/runtime_config.h"
#include "cri/images/sandbox_image.h"
#include "cri/proto/cri.pb.h"

namespace ordinal::cri {
namespace {

namespace pb = runtime::v1;
using std::chrono::milliseconds;

// Service and method names of CRI v1 (cri/proto/cri.proto).
constexpr Method<pb::VersionResponse> kVersion{"/runtime.v1.RuntimeService/Version"};
constexpr Method<pb::StatusResponse> kStatus{"/runtime.v1.RuntimeService/Status"};
constexpr Method<pb::RunPodSandboxResponse> kRunPodSandbox{"/runtime.v1.RuntimeService/RunPodSandbox"};
constexpr Method<pb::StopPodSandboxResponse> kStopPodSandbox{"/runtime.v1.RuntimeService/StopPodSandbox"};
constexpr Method<pb::RemovePodSandboxResponse> kRemovePodSandbox{"/runtime.v1.RuntimeService/RemovePodSandbox"};
constexpr Method<pb::PodSandboxStatusResponse> kPodSandboxStatus{"/runtime.v1.RuntimeService/PodSandboxStatus"};
constexpr Method<pb::ListPodSandboxResponse> kListPodSandbox{"/runtime.v1.RuntimeService/ListPodSandbox"};
constexpr Method<pb::CreateContainerResponse> kCreateContainer{"/runtime.v1.RuntimeService/CreateContainer"};
constexpr Method<pb::StartContainerResponse> kStartContainer{"/runtime.v1.RuntimeService/StartContainer"};
constexpr Method<pb::StopContainerResponse> kStopContainer{"/runtime.v1.RuntimeService/StopContainer"};
constexpr Method<pb::RemoveContainerResponse> kRemoveContainer{"/runtime.v1.RuntimeService/RemoveContainer"};
constexpr Method<pb::ContainerStatusResponse> kContainerStatus{"/runtime.v1.RuntimeService/ContainerStatus"};
constexpr Method<pb::ListContainersResponse> kListContainers{"/runtime.v1.RuntimeService/ListContainers"};
constexpr Method<pb::UpdateContainerResourcesResponse> kUpdateContainer{
    "/runtime.v1.RuntimeService/UpdateContainerResources"};
constexpr Method<pb::ExecSyncResponse> kExecSync{"/runtime.v1.RuntimeService/ExecSync"};
constexpr Method<pb::ReopenContainerLogResponse> kReopenLog{"/runtime.v1.RuntimeService/ReopenContainerLog"};
constexpr Method<pb::ImageStatusResponse> kImageStatus{"/runtime.v1.ImageService/ImageStatus"};
constexpr Method<pb::ListImagesResponse> kListImages{"/runtime.v1.ImageService/ListImages"};
constexpr Method<pb::PullImageResponse> kPullImage{"/runtime.v1.ImageService/PullImage"};
constexpr Method<pb::RemoveImageResponse> kRemoveImage{"/runtime.v1.ImageService/RemoveImage"};
constexpr Method<pb::ImageFsInfoResponse> kImageFsInfo{"/runtime.v1.ImageService/ImageFsInfo"};

constexpr milliseconds kShimEnds{10};  // a shim that is just ending has, by then
constexpr int kShimLooks = 20;

CallOptions Read(milliseconds deadline) {
  CallOptions options(deadline);
  options.idempotent = true;
  return options;
}

CallOptions Change(milliseconds deadline) { return CallOptions(deadline); }

class GrpcRuntime final : public Runtime {
 public:
  GrpcRuntime(std::shared_ptr<Connection> connection, MakeSandboxImage make_sandbox_image)
      : connection_(std::move(connection)), make_sandbox_image_(std::move(make_sandbox_image)) {}

  Task<Result<Version>> GetVersion() override;
  Task<Result<RuntimeStatus>> GetStatus() override;
  Task<Result<std::string>> RunSandbox(SandboxConfig config) override;
  Task<Status> StopSandbox(std::string id) override;
  Task<Status> RemoveSandbox(std::string id) override;
  Task<Result<Sandbox>> SandboxStatus(std::string id) override;
  Task<Result<std::vector<Sandbox>>> ListSandboxes(SandboxFilter filter) override;
  Task<Result<std::string>> CreateContainer(std::string sandbox_id, ContainerConfig config,
                                            SandboxConfig sandbox) override;
  Task<Status> StartContainer(std::string id) override;
  Task<Status> StopContainer(std::string id, std::chrono::seconds grace) override;
  Task<Status> RemoveContainer(std::string id) override;
  Task<Status> UpdateContainer(std::string id, Resources resources) override;
  Task<Result<Container>> ContainerStatus(std::string id) override;
  Task<Result<std::vector<Container>>> ListContainers(ContainerFilter filter) override;
  Task<Result<ExecResult>> ExecSync(std::string id, std::vector<std::string> command,
                                    std::chrono::seconds timeout) override;
  Task<Status> ReopenContainerLog(std::string id) override;
  Task<Result<Image>> ImageStatus(std::string reference) override;
  Task<Result<std::vector<Image>>> ListImages() override;
  Task<Result<std::string>> PullImage(std::string reference, ImageAuth auth) override;
  Task<Status> RemoveImage(std::string reference) override;
  Task<Result<ImageFilesystem>> ImageFsInfo() override;

 private:
  Task<Result<std::string>> TrySandbox(SandboxConfig config);
  Task<Status> TryStopSandbox(std::string id);
  Task<Status> TryStopContainer(std::string id, std::chrono::seconds grace);
  Task<Status> TryRemoveSandbox(std::string id);
  Task<Status> TryRemoveContainer(std::string id);
  Task<bool> EndedLostTask(const Status& refused);

  /// One call; a status that is not ok becomes an Error.
  template <class Reply, class Request>
  Task<Result<std::shared_ptr<Reply>>> Do(Method<Reply> method, Request request, CallOptions options,
                                          Operation operation, std::string what) {
    auto [status, reply] = co_await connection_->Call(method, std::move(request), std::move(options));
    if (!status.ok()) co_return CallError(status, operation, what);
    co_return std::move(reply);
  }

  /// The same for calls that answer nothing, of which kNotFound is success where `gone_is_success`.
  template <class Reply, class Request>
  Task<Status> DoEmpty(Method<Reply> method, Request request, CallOptions options, Operation operation,
                       std::string what, bool gone_is_success = false) {
    auto done = co_await Do(method, std::move(request), std::move(options), operation, std::move(what));
    if (!done.ok() && !(gone_is_success && done.error().code == ErrorCode::kNotFound)) co_return done.error();
    co_return Status();
  }

  std::shared_ptr<Connection> connection_;
  const MakeSandboxImage make_sandbox_image_;
};

Task<Result<Version>> GrpcRuntime::GetVersion() {
  CO_TRY(const auto reply, co_await Do(kVersion, pb::VersionRequest(), Read(kStatusDeadline), Operation::kStatus,
                                       "ask the runtime at " + connection_->endpoint() + " for its version"));
  co_return Version{reply->runtime_name(), reply->runtime_version(), reply->runtime_api_version()};
}

Task<Result<RuntimeStatus>> GrpcRuntime::GetStatus() {
  pb::StatusRequest request;
  request.set_verbose(true);
  CO_TRY(const auto reply, co_await Do(kStatus, std::move(request), Read(kStatusDeadline), Operation::kStatus,
                                       "ask the runtime at " + connection_->endpoint() + " for its status"));
  co_return ReadRuntimeStatus(*reply);
}

Task<Result<std::string>> GrpcRuntime::RunSandbox(SandboxConfig config) {
  Result<std::string> first = co_await TrySandbox(config);
  if (first.ok() || !make_sandbox_image_) co_return first;
  std::optional<std::string> image = SandboxImageOfError(first.error().message);
  if (!image) co_return first;
  const Status made = co_await make_sandbox_image_(std::move(*image));
  if (!made.ok()) co_return first;
  co_return co_await TrySandbox(std::move(config));
}

Task<Result<std::string>> GrpcRuntime::TrySandbox(SandboxConfig config) {
  pb::RunPodSandboxRequest request;
  *request.mutable_config() = ToProto(config);
  request.set_runtime_handler(config.runtime_handler);
  CO_TRY(const auto reply,
         co_await Do(kRunPodSandbox, std::move(request), Change(kSandboxDeadline), Operation::kRunSandbox,
                     fmt::format("run a sandbox for pod {}/{}", config.ns, config.name)));
  co_return reply->pod_sandbox_id();
}

/// containerd 2.x: the shim ended while it was asked, as when a container comes to its end just then. A moment later
/// containerd knows.
bool ShimWasEnding(const Status& status) {
  return !status.ok() && status.error().message.find("ttrpc: closed") != std::string::npos;
}

/// False when the caller gave up meanwhile.
Task<bool> Moment() {
  asio::steady_timer pause(co_await asio::this_coro::executor, kShimEnds);
  boost::system::error_code given_up;
  co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, given_up));
  co_return !given_up;
}

/// Calls `stop` until no shim is ending, or the caller gives up. `stop` outlives the call.
Task<Status> PastEndingShims(const std::function<Task<Status>()>& stop) {
  Status stopped = co_await stop();
  for (int again = 0; again < kShimLooks && ShimWasEnding(stopped); ++again) {
    const bool wanted = co_await Moment();
    if (!wanted) break;
    stopped = co_await stop();
  }
  co_return stopped;
}

Task<Status> GrpcRuntime::StopSandbox(std::string id) {
  const std::function<Task<Status>()> stop = [this, &id] { return TryStopSandbox(id); };
  co_return co_await PastEndingShims(stop);
}

Task<Status> GrpcRuntime::TryStopSandbox(std::string id) {
  pb::StopPodSandboxRequest request;
  request.set_pod_sandbox_id(id);
  co_return co_await DoEmpty(kStopPodSandbox, std::move(request), Change(kSandboxDeadline), Operation::kStopSandbox,
                             "stop sandbox " + id, /*gone_is_success=*/true);
}

/// True when the refusal named a task that the CRI plugin had lost, and it is gone now.
Task<bool> GrpcRuntime::EndedLostTask(const Status& refused) {
  if (refused.ok()) co_return false;
  std::optional<std::string> task = LostTaskOfError(refused.error().message);
  if (!task) co_return false;
  const Status ended = co_await EndLostTask(connection_, std::move(*task));
  if (!ended.ok()) log::Warning("{}", ended.error().message);
  co_return ended.ok();
}

Task<Status> GrpcRuntime::RemoveSandbox(std::string id) {
  Status removed = co_await TryRemoveSandbox(id);
  const bool again = co_await EndedLostTask(removed);
  if (!again) co_return removed;
  co_return co_await TryRemoveSandbox(std::move(id));
}

Task<Status> GrpcRuntime::TryRemoveSandbox(std::string id) {
  pb::RemovePodSandboxRequest request;
  request.set_pod_sandbox_id(id);
  co_return co_await DoEmpty(kRemovePodSandbox, std::move(request), Change(kSandboxDeadline), Operation::kStopSandbox,
                             "remove sandbox " + id, /*gone_is_success=*/true);
}

Task<Result<Sandbox>> GrpcRuntime::SandboxStatus(std::string id) {
  pb::PodSandboxStatusRequest request;
  request.set_pod_sandbox_id(id);
  CO_TRY(const auto reply, co_await Do(kPodSandboxStatus, std::move(request), Read(kStatusDeadline), Operation::kStatus,
                                       "read the status of sandbox " + id));
  co_return FromProto(reply->status());
}

Task<Result<std::vector<Sandbox>>> GrpcRuntime::ListSandboxes(SandboxFilter filter) {
  pb::ListPodSandboxRequest request;
  *request.mutable_filter() = ToProto(filter);
  CO_TRY(const auto reply,
         co_await Do(kListPodSandbox, std::move(request), Read(kListDeadline), Operation::kStatus, "list sandboxes"));
  std::vector<Sandbox> sandboxes;
  sandboxes.reserve(static_cast<size_t>(reply->items_size()));
  for (const auto& item : reply->items()) sandboxes.push_back(FromProto(item));
  co_return sandboxes;
}

Task<Result<std::string>> GrpcRuntime::CreateContainer(std::string sandbox_id, ContainerConfig config,
                                                       SandboxConfig sandbox) {
  pb::CreateContainerRequest request;
  request.set_pod_sandbox_id(sandbox_id);
  *request.mutable_config() = ToProto(config);
  *request.mutable_sandbox_config() = ToProto(sandbox);
  CO_TRY(const auto reply,
         co_await Do(kCreateContainer, std::move(request), Change(kWorkDeadline), Operation::kCreateContainer,
                     fmt::format("create container {} of pod {}/{}", config.name, sandbox.ns, sandbox.name)));
  co_return reply->container_id();
}

Task<Status> GrpcRuntime::StartContainer(std::string id) {
  pb::StartContainerRequest request;
  request.set_container_id(id);
  co_return co_await DoEmpty(kStartContainer, std::move(request), Change(kWorkDeadline), Operation::kStartContainer,
                             "start container " + id);
}

Task<Status> GrpcRuntime::StopContainer(std::string id, std::chrono::seconds grace) {
  const std::function<Task<Status>()> stop = [this, &id, grace] { return TryStopContainer(id, grace); };
  co_return co_await PastEndingShims(stop);
}

Task<Status> GrpcRuntime::TryStopContainer(std::string id, std::chrono::seconds grace) {
  pb::StopContainerRequest request;
  request.set_container_id(id);
  request.set_timeout(grace.count());
  co_return co_await DoEmpty(kStopContainer, std::move(request), Change(kWorkDeadline + grace),
                             Operation::kStopContainer, "stop container " + id);
}

Task<Status> GrpcRuntime::RemoveContainer(std::string id) {
  Status removed = co_await TryRemoveContainer(id);
  const bool again = co_await EndedLostTask(removed);
  if (!again) co_return removed;
  co_return co_await TryRemoveContainer(std::move(id));
}

Task<Status> GrpcRuntime::TryRemoveContainer(std::string id) {
  pb::RemoveContainerRequest request;
  request.set_container_id(id);
  co_return co_await DoEmpty(kRemoveContainer, std::move(request), Change(kWorkDeadline), Operation::kStopContainer,
                             "remove container " + id, /*gone_is_success=*/true);
}

Task<Status> GrpcRuntime::UpdateContainer(std::string id, Resources resources) {
  pb::UpdateContainerResourcesRequest request;
  request.set_container_id(id);
  *request.mutable_linux() = ToProto(resources);
  co_return co_await DoEmpty(kUpdateContainer, std::move(request), Change(kWorkDeadline), Operation::kStatus,
                             "change the resources of container " + id);
}

Task<Result<Container>> GrpcRuntime::ContainerStatus(std::string id) {
  pb::ContainerStatusRequest request;
  request.set_container_id(id);
  CO_TRY(const auto reply, co_await Do(kContainerStatus, std::move(request), Read(kStatusDeadline), Operation::kStatus,
                                       "read the status of container " + id));
  co_return FromProto(reply->status());
}

Task<Result<std::vector<Container>>> GrpcRuntime::ListContainers(ContainerFilter filter) {
  pb::ListContainersRequest request;
  *request.mutable_filter() = ToProto(filter);
  CO_TRY(const auto reply,
         co_await Do(kListContainers, std::move(request), Read(kListDeadline), Operation::kStatus, "list containers"));
  std::vector<Container> containers;
  containers.reserve(static_cast<size_t>(reply->containers_size()));
  for (const auto& item : reply->containers()) containers.push_back(FromProto(item));
  co_return containers;
}

Task<Result<ExecResult>> GrpcRuntime::ExecSync(std::string id, std::vector<std::string> command,
                                               std::chrono::seconds timeout) {
  pb::ExecSyncRequest request;
  request.set_container_id(id);
  for (auto& word : command) request.add_cmd(std::move(word));
  request.set_timeout(timeout.count());
  CO_TRY(const auto reply, co_await Do(kExecSync, std::move(request), Change(kWorkDeadline + timeout),
                                       Operation::kStatus, "run a command in container " + id));
  co_return ExecResult{reply->stdout(), reply->stderr(), reply->exit_code()};
}

Task<Status> GrpcRuntime::ReopenContainerLog(std::string id) {
  pb::ReopenContainerLogRequest request;
  request.set_container_id(id);
  co_return co_await DoEmpty(kReopenLog, std::move(request), Change(kStatusDeadline), Operation::kStatus,
                             "begin a new log file of container " + id);
}

Task<Result<Image>> GrpcRuntime::ImageStatus(std::string reference) {
  pb::ImageStatusRequest request;
  request.mutable_image()->set_image(reference);
  CO_TRY(const auto reply, co_await Do(kImageStatus, std::move(request), Read(kStatusDeadline),
                                       Operation::kInspectImage, "look for image " + reference));
  // The runtime says "not there" with an empty answer.
  if (!reply->has_image()) co_return MakeError(ErrorCode::kNotFound, "image " + reference + " is not in the runtime");
  co_return FromProto(reply->image());
}

Task<Result<std::vector<Image>>> GrpcRuntime::ListImages() {
  CO_TRY(const auto reply,
         co_await Do(kListImages, pb::ListImagesRequest(), Read(kListDeadline), Operation::kStatus, "list images"));
  std::vector<Image> images;
  images.reserve(static_cast<size_t>(reply->images_size()));
  for (const auto& image : reply->images()) images.push_back(FromProto(image));
  co_return images;
}

Task<Result<std::string>> GrpcRuntime::PullImage(std::string reference, ImageAuth auth) {
  pb::PullImageRequest request;
  request.mutable_image()->set_image(reference);
  if (auth != ImageAuth()) *request.mutable_auth() = ToProto(auth);
  CO_TRY(const auto reply, co_await Do(kPullImage, std::move(request), Change(kPullDeadline), Operation::kPullImage,
                                       "pull image " + reference));
  co_return reply->image_ref();
}

Task<Status> GrpcRuntime::RemoveImage(std::string reference) {
  pb::RemoveImageRequest request;
  request.mutable_image()->set_image(reference);
  co_return co_await DoEmpty(kRemoveImage, std::move(request), Change(kWorkDeadline), Operation::kStatus,
                             "remove image " + reference, /*gone_is_success=*/true);
}

Task<Result<ImageFilesystem>> GrpcRuntime::ImageFsInfo() {
  CO_TRY(const auto reply, co_await Do(kImageFsInfo, pb::ImageFsInfoRequest(), Read(kListDeadline), Operation::kStatus,
                                       "ask where images are kept"));
  std::optional<ImageFilesystem> images = FromProto(*reply);
  if (!images) co_return MakeError(ErrorCode::kNotFound, "the runtime does not tell where images are kept");
  co_return std::move(*images);
}

}  // namespace

std::unique_ptr<Runtime> MakeGrpcRuntime(std::shared_ptr<Connection> connection, MakeSandboxImage make_sandbox_image) {
  return std::make_unique<GrpcRuntime>(std::move(connection), std::move(make_sandbox_image));
}

}  // namespace ordinal::cri
