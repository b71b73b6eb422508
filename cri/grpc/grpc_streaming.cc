#include "cri/grpc/grpc_streaming.h"

#include <utility>

#include "cri/grpc/convert.h"
#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/proto/cri.pb.h"

namespace ordinal::cri {
namespace {

namespace pb = runtime::v1;

constexpr Method<pb::ExecResponse> kExec{"/runtime.v1.RuntimeService/Exec"};
constexpr Method<pb::AttachResponse> kAttach{"/runtime.v1.RuntimeService/Attach"};
constexpr Method<pb::PortForwardResponse> kPortForward{"/runtime.v1.RuntimeService/PortForward"};
constexpr Method<pb::ListContainerStatsResponse> kListContainerStats{"/runtime.v1.RuntimeService/ListContainerStats"};

class GrpcStreaming final : public Streaming {
 public:
  explicit GrpcStreaming(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  Task<Result<std::string>> Exec(std::string container_id, std::vector<std::string> command,
                                 StreamOptions options) override {
    pb::ExecRequest request;
    request.set_container_id(container_id);
    for (auto& word : command) request.add_cmd(std::move(word));
    Fill(options, request);
    return Address(kExec, std::move(request), "prepare a command in container " + container_id);
  }

  Task<Result<std::string>> Attach(std::string container_id, StreamOptions options) override {
    pb::AttachRequest request;
    request.set_container_id(container_id);
    Fill(options, request);
    return Address(kAttach, std::move(request), "prepare to attach to container " + container_id);
  }

  Task<Result<std::string>> PortForward(std::string sandbox_id, std::vector<int32_t> ports) override {
    pb::PortForwardRequest request;
    request.set_pod_sandbox_id(sandbox_id);
    for (const int32_t port : ports) request.add_port(port);
    return Address(kPortForward, std::move(request), "prepare to forward ports of sandbox " + sandbox_id);
  }

 private:
  template <class Request>
  static void Fill(const StreamOptions& options, Request& request) {
    request.set_stdin(options.in);
    request.set_stdout(options.out);
    request.set_stderr(options.err);
    request.set_tty(options.tty);
  }

  /// Asking twice does no harm: an address that nobody connects to is forgotten by the runtime.
  template <class Reply, class Request>
  Task<Result<std::string>> Address(Method<Reply> method, Request request, std::string what) {
    CallOptions options(kStatusDeadline);
    options.idempotent = true;
    auto [status, reply] = co_await connection_->Call(method, std::move(request), std::move(options));
    if (!status.ok()) co_return CallError(status, Operation::kStatus, what);
    co_return reply->url();
  }

  std::shared_ptr<Connection> connection_;
};

ContainerUsage FromProto(const pb::ContainerStats& stats) {
  ContainerUsage usage;
  usage.id = stats.attributes().id();
  usage.name = stats.attributes().metadata().name();
  usage.attempt = stats.attributes().metadata().attempt();
  usage.labels = {stats.attributes().labels().begin(), stats.attributes().labels().end()};
  if (stats.cpu().has_usage_core_nano_seconds()) {
    usage.cpu_at = ToTime(stats.cpu().timestamp());
    usage.cpu_nanoseconds = stats.cpu().usage_core_nano_seconds().value();
  }
  if (stats.memory().has_working_set_bytes()) {
    usage.memory_at = ToTime(stats.memory().timestamp());
    usage.working_set = stats.memory().working_set_bytes().value();
  }
  if (stats.writable_layer().has_used_bytes()) {
    usage.written_bytes = stats.writable_layer().used_bytes().value();
    usage.written_inodes = stats.writable_layer().inodes_used().value();
  }
  return usage;
}

class GrpcStats final : public Stats {
 public:
  explicit GrpcStats(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  Task<Result<std::vector<ContainerUsage>>> ListContainerStats(StringMap labels) override {
    pb::ListContainerStatsRequest request;
    auto& wanted = *request.mutable_filter()->mutable_label_selector();
    for (const auto& [key, value] : labels) wanted[key] = value;
    CallOptions options(kListDeadline);
    options.idempotent = true;
    auto [status, reply] = co_await connection_->Call(kListContainerStats, std::move(request), std::move(options));
    if (!status.ok()) co_return CallError(status, Operation::kStatus, "list what containers use");
    std::vector<ContainerUsage> usages;
    usages.reserve(static_cast<size_t>(reply->stats_size()));
    for (const auto& stats : reply->stats()) {
      if (stats.has_cpu() || stats.has_memory()) usages.push_back(FromProto(stats));  // else it does not run
    }
    co_return usages;
  }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Streaming> MakeGrpcStreaming(std::shared_ptr<Connection> connection) {
  return std::make_unique<GrpcStreaming>(std::move(connection));
}

std::unique_ptr<Stats> MakeGrpcStats(std::shared_ptr<Connection> connection) {
  return std::make_unique<GrpcStats>(std::move(connection));
}

}  // namespace ordinal::cri
