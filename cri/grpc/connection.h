// Connection: one gRPC channel to containerd's unix socket, shared by the CRI client, the event stream and the image
// import. Reconnects by itself within half a second of a containerd restart.
//
// Calls are made from the control thread, never block it, and resume there.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "agent/base/task.h"
#include "cri/call_counts.h"
#include "cri/grpc/completions.h"
#include "cri/grpc/stream.h"

namespace ordinal::cri {

/// Not an aggregate on purpose: GCC 12 destroys a braced temporary twice when it is an argument inside a co_await.
struct CallOptions {
  explicit CallOptions(std::chrono::milliseconds whole_call = {}) : deadline(whole_call) {}
  std::chrono::milliseconds deadline;  ///< Of the whole call; zero = none (streams).
  bool idempotent = false;             ///< Sent again when the runtime was away or starting.
  bool wait_for_ready = false;         ///< Waits for a connection instead of failing at once.
  std::map<std::string, std::string> metadata;
};

/// For a call to one of containerd's own services, in the namespace where the CRI plugin keeps pods and images.
inline CallOptions InCriNamespace(std::chrono::milliseconds deadline) {
  CallOptions options(deadline);
  options.metadata = {{"containerd-namespace", "k8s.io"}};
  return options;
}

/// A method's path on the wire ("/package.Service/Method") and the message it answers with. The path is a string
/// literal; the request's type is whatever is passed.
template <class ReplyType>
struct Method {
  using Reply = ReplyType;
  const char* path;
};

class Connection {
 public:
  /// `endpoint` is "unix:///run/containerd/containerd.sock". Does not block and does not fail: the first call connects.
  explicit Connection(const std::string& endpoint);
  /// Cancels what is under way and waits (some milliseconds) until gRPC has let go of it. Destroy the connection
  /// before the io_context of its callers.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Calls `method` with `request`. Not ok: the status as gRPC gave it (cri/grpc/errors.h makes an Error of it).
  /// Cancelling the awaiting coroutine cancels the call.
  template <class Reply, class Request>
  Task<std::pair<grpc::Status, std::shared_ptr<Reply>>> Call(Method<Reply> method, Request request,
                                                             CallOptions options) {
    auto reply = std::make_shared<Reply>();
    auto shared_request = std::make_shared<const Request>(std::move(request));
    grpc::Status status = co_await Call(method.path, std::move(shared_request), reply, std::move(options));
    co_return std::pair(std::move(status), std::move(reply));
  }

  /// Opens a stream. It is up or has failed when its first Read() says so.
  std::shared_ptr<Stream> Open(const char* path, const CallOptions& options);

  const std::string& endpoint() const { return endpoint_; }

  /// Counts calls from now on, by this clock, which outlives the connection.
  void CountBy(const Clock& clock) { clock_ = &clock; }
  const CallCounts& counts() const { return counts_; }

 private:
  using Message = google::protobuf::MessageLite;
  Task<grpc::Status> Call(const char* path, std::shared_ptr<const Message> request, std::shared_ptr<Message> reply,
                          CallOptions options);
  Task<grpc::Status> CallInTime(const char* path, std::shared_ptr<const Message> request,
                                std::shared_ptr<Message> reply, CallOptions options);
  Task<grpc::Status> CallOnce(const char* path, std::shared_ptr<const Message> request, std::shared_ptr<Message> reply,
                              CallOptions options);

  std::string endpoint_;
  const Clock* clock_ = nullptr;  ///< null: calls are not counted
  CallCounts counts_;
  std::shared_ptr<CallsUnderWay> under_way_;
  Completions completions_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::TemplatedGenericStub<Message, Message> stub_;
};

}  // namespace ordinal::cri
