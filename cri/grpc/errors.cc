#include "cri/grpc/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "agent/base/utf8.h"

namespace ordinal::cri {
namespace {

bool SaysAny(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// Failures whose words do not say what to do.
struct KnownFailure {
  std::string_view words;
  std::string_view cure;
};

constexpr std::array<KnownFailure, 4> kKnownFailures{{
    // runc's child dies while it lowers oom_score_adj, which needs CAP_SYS_RESOURCE.
    {"can't get final child's PID from pipe: EOF",
     "the host lacks CAP_SYS_RESOURCE, as containers and some CI machines do: set restrict_oom_score_adj = true in "
     "[plugins.\"io.containerd.grpc.v1.cri\"] (2.x: io.containerd.cri.v1.runtime) of containerd's configuration and "
     "restart containerd"},
    {"failed to find plugin",
     "install the CNI plugins (Debian: containernetworking-plugins) or point bin_dir in "
     "[plugins.\"io.containerd.grpc.v1.cri\".cni] (2.x: bin_dirs in io.containerd.cri.v1.runtime) of containerd's "
     "configuration at them"},
    {"cni plugin not initialized", "containerd found no CNI configuration yet; look at its cni conf_dir"},
    {"failed to get sandbox image", "the sandbox image is not in containerd and could not be pulled"},
}};

/// gRPC's words for a socket at which nobody answers: "failed to connect to all addresses; last error: UNKNOWN:
/// unix:/run/containerd/containerd.sock: Connection refused". Others stay as they are.
std::string WhoIsAway(std::string message) {
  if (!message.starts_with("failed to connect to all addresses")) return message;
  const size_t address = message.find("unix:");
  const size_t why = address == std::string::npos ? address : message.find(": ", address);
  if (why == std::string::npos) return fmt::format("containerd does not answer: start it ({})", message);
  return fmt::format("containerd does not answer at {} ({}): start it", message.substr(address, why - address),
                     message.substr(why + 2));
}

std::string ImageReason(const grpc::Status& status, std::string_view otherwise) {
  const std::string message = status.error_message();
  if (SaysAny(message, {"invalid reference format", "failed to parse image reference", "couldn't parse image name",
                        "repository name must be"})) {
    return "InvalidImageName";
  }
  return std::string(otherwise);
}

std::string Reason(const grpc::Status& status, Operation operation) {
  switch (operation) {
    case Operation::kStatus: return {};
    case Operation::kRunSandbox: return "FailedCreatePodSandBox";
    case Operation::kStopSandbox: return "KillPodSandboxError";
    case Operation::kCreateContainer: return "CreateContainerError";
    case Operation::kStartContainer: return "RunContainerError";
    case Operation::kStopContainer: return "KillContainerError";
    case Operation::kInspectImage: return ImageReason(status, "ImageInspectError");
    case Operation::kPullImage: return ImageReason(status, "ErrImagePull");
  }
  return {};
}

/// These errors end in events and statuses of pods, as the runtime's own words: with an id in them none would be like
/// the one before, and they would not be counted.
bool NamedByCaller(Operation operation) {
  return operation == Operation::kCreateContainer || operation == Operation::kStartContainer ||
         operation == Operation::kPullImage;
}

}  // namespace

ErrorCode ToErrorCode(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE: return ErrorCode::kInvalid;
    case grpc::StatusCode::NOT_FOUND: return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS: return ErrorCode::kAlreadyExists;
    case grpc::StatusCode::ABORTED: return ErrorCode::kConflict;
    case grpc::StatusCode::UNAVAILABLE: return ErrorCode::kUnavailable;
    case grpc::StatusCode::DEADLINE_EXCEEDED: return ErrorCode::kDeadlineExceeded;
    case grpc::StatusCode::CANCELLED: return ErrorCode::kCancelled;
    case grpc::StatusCode::UNIMPLEMENTED: return ErrorCode::kNotSupported;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::kPermissionDenied;
    case grpc::StatusCode::FAILED_PRECONDITION: return ErrorCode::kFailedPrecondition;
    default: return ErrorCode::kInternal;
  }
}

Error CallError(const grpc::Status& status, Operation operation, std::string_view what) {
  std::string message = ValidText(status.error_message());
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) message = WhoIsAway(std::move(message));
  if (!NamedByCaller(operation) || message.empty()) message = fmt::format("{}: {}", what, message);
  for (const auto& [words, cure] : kKnownFailures) {
    if (SaysAny(message, {words})) message += fmt::format(" ({})", cure);
  }
  ErrorCode code = ToErrorCode(status.error_code());
  std::string reason = Reason(status, operation);
  // A sandbox or container of that name and attempt is there: an earlier call, given up or forgotten, made it.
  if (SaysAny(message, {"is reserved for"})) code = ErrorCode::kAlreadyExists;
  // A bad name is told by UNKNOWN, yet the same call will fail again.
  if (reason == "InvalidImageName") code = ErrorCode::kInvalid;
  // Nothing is wrong with the pod while the runtime is away or the agent stops.
  if (code == ErrorCode::kUnavailable || code == ErrorCode::kCancelled) reason.clear();
  return MakeError(code, std::move(message), std::move(reason));
}

}  // namespace ordinal::cri
