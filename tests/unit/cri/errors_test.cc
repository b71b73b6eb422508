#include "cri/grpc/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cri/grpc/lost_task.h"

namespace ordinal::cri {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CallError, SaysWhatTheRuntimeSaidAsTextThatCanBeStored) {
  const Error error = CallError(grpc::Status(StatusCode::UNKNOWN, "no \xFF text"), Operation::kStopContainer, "do it");
  EXPECT_EQ(error.message, "do it: no \xEF\xBF\xBD text");
  const grpc::Status failed(StatusCode::UNKNOWN, "failed to create containerd task");
  EXPECT_EQ(CallError(failed, Operation::kStartContainer, "start container 1a2b").message, failed.error_message());
  const grpc::Status silent(StatusCode::UNKNOWN, "");
  EXPECT_EQ(CallError(silent, Operation::kStartContainer, "start container 1a2b").message, "start container 1a2b: ");
  const std::string endless(1 << 20, 'x');
  EXPECT_LT(CallError(grpc::Status(StatusCode::UNKNOWN, endless), Operation::kStatus, "do it").message.size(), 5000U);
}

TEST(LostTask, IsNamedByTheRefusalToDeleteIt) {
  EXPECT_EQ(
      LostTaskOfError("remove sandbox 1a: failed to delete containerd container \"2b\": cannot delete running task "
                      "2b: failed precondition"),
      "2b");
  EXPECT_EQ(LostTaskOfError("cannot delete running task 2b"), "2b");
  EXPECT_EQ(LostTaskOfError("cannot delete running task : failed precondition"), std::nullopt);
  EXPECT_EQ(LostTaskOfError("container 2b is running"), std::nullopt);
}

TEST(CallError, CarriesTheReasonThatEndsInThePodsStatus) {
  const struct {
    Operation operation;
    StatusCode code;
    const char* message;
    ErrorCode wanted;
    const char* reason;
  } kCases[] = {
      {Operation::kRunSandbox, StatusCode::UNKNOWN, "boom", ErrorCode::kInternal, "FailedCreatePodSandBox"},
      {Operation::kCreateContainer, StatusCode::NOT_FOUND, "no image", ErrorCode::kNotFound, "CreateContainerError"},
      {Operation::kStartContainer, StatusCode::UNKNOWN, "no exec", ErrorCode::kInternal, "RunContainerError"},
      {Operation::kPullImage, StatusCode::UNKNOWN, "connection refused", ErrorCode::kInternal, "ErrImagePull"},
      {Operation::kPullImage, StatusCode::UNKNOWN, "failed to parse image reference \"A\": invalid reference format",
       ErrorCode::kInvalid, "InvalidImageName"},
      {Operation::kInspectImage, StatusCode::UNKNOWN, "boom", ErrorCode::kInternal, "ImageInspectError"},
      {Operation::kStatus, StatusCode::NOT_FOUND, "gone", ErrorCode::kNotFound, ""},
      {Operation::kStartContainer, StatusCode::UNAVAILABLE, "away", ErrorCode::kUnavailable, ""},
      {Operation::kStartContainer, StatusCode::CANCELLED, "stop", ErrorCode::kCancelled, ""},
      {Operation::kStartContainer, StatusCode::DEADLINE_EXCEEDED, "late", ErrorCode::kDeadlineExceeded,
       "RunContainerError"},
      {Operation::kRunSandbox, StatusCode::UNKNOWN,
       "failed to reserve sandbox name \"x\": name \"x\" is reserved for \"1\"", ErrorCode::kAlreadyExists,
       "FailedCreatePodSandBox"},
      {Operation::kStatus, StatusCode::UNIMPLEMENTED, "no such method", ErrorCode::kNotSupported, ""},
  };
  for (const auto& [operation, code, message, wanted, reason] : kCases) {
    const Error error = CallError(grpc::Status(code, message), operation, "do it");
    EXPECT_EQ(error.code, wanted) << message;
    EXPECT_EQ(error.reason, reason) << message;
    const bool pods_own = operation == Operation::kCreateContainer || operation == Operation::kStartContainer ||
                          operation == Operation::kPullImage;
    EXPECT_THAT(error.message, StartsWith(std::string(pods_own ? "" : "do it: ") + message));
  }
}

TEST(CallError, AddsTheCureOfKnownFailures) {
  const Error error =
      CallError(grpc::Status(StatusCode::UNKNOWN,
                             "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
                             "runc create failed: unable to start container process: can't get final child's PID from "
                             "pipe: EOF: unknown"),
                Operation::kRunSandbox, "run a sandbox for pod default/kubia-0");
  EXPECT_THAT(error.message, HasSubstr("restrict_oom_score_adj = true"));
}

TEST(CallError, SaysWhereARuntimeThatIsAwayIsMissed) {
  const std::string refused =
      "failed to connect to all addresses; last error: UNKNOWN: unix:/run/containerd/containerd.sock: Connection "
      "refused";
  const Error error = CallError(grpc::Status(StatusCode::UNAVAILABLE, refused), Operation::kStatus,
                                "prepare a command in container 1a");
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.message,
            "prepare a command in container 1a: containerd does not answer at unix:/run/containerd/containerd.sock "
            "(Connection refused): start it");
  // When the words have another shape, then they are kept
  const std::string other = "failed to connect to all addresses";
  EXPECT_EQ(CallError(grpc::Status(StatusCode::UNAVAILABLE, other), Operation::kStatus, "do it").message,
            "do it: containerd does not answer: start it (" + other + ")");
  EXPECT_EQ(CallError(grpc::Status(StatusCode::UNAVAILABLE, "Socket closed"), Operation::kStatus, "do it").message,
            "do it: Socket closed");
  EXPECT_EQ(CallError(grpc::Status(StatusCode::UNKNOWN, refused), Operation::kStatus, "do it").message,
            "do it: " + refused);
}

}  // namespace
}  // namespace ordinal::cri
