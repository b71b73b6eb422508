// Stream: one streaming call, read and written by one coroutine on the control thread.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "cri/grpc/await.h"

namespace ordinal::cri {

/// A call that gRPC still holds.
class CallUnderWay {
 public:
  virtual ~CallUnderWay() = default;
  /// Cancels the call and gives up every claim on it, so that gRPC lets go of it soon.
  virtual void Abandon() = 0;
};

/// The calls that gRPC still holds, so that closing a connection can cancel them and wait. Thread-safe.
class CallsUnderWay {
 public:
  void Add(std::shared_ptr<CallUnderWay> call);
  void Remove(CallUnderWay* call);
  /// Abandons every call and returns when all were removed. No call may be added any more.
  void AbandonAll();

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  std::map<CallUnderWay*, std::shared_ptr<CallUnderWay>> calls_;
};

class Stream : public grpc::ClientBidiReactor<google::protobuf::MessageLite, google::protobuf::MessageLite>,
               public CallUnderWay,
               public std::enable_shared_from_this<Stream> {
 public:
  using Message = google::protobuf::MessageLite;

  explicit Stream(std::shared_ptr<CallsUnderWay> under_way) : under_way_(std::move(under_way)) {}

  /// Sends one message; `last` also closes our side. False: the stream is broken, Finish() says why.
  Task<bool> Write(std::shared_ptr<const Message> message, bool last);
  /// Receives one message. False: there is none any more, Finish() says why.
  Task<bool> Read(std::shared_ptr<Message> message);
  /// Ends the stream (cancelling what the other side still does) and returns its status. Called once, when no
  /// Read() or Write() is under way; a stream that was opened must be finished.
  Task<grpc::Status> Finish();
  /// Makes the pending and all later operations return false.
  void Cancel() { context_.TryCancel(); }
  void Abandon() override;

 private:
  friend class Connection;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  std::shared_ptr<CallsUnderWay> under_way_;
  std::shared_ptr<Stream> self_;  ///< gRPC's reference, from the start until OnDone.
  grpc::ClientContext context_;
  bool closed_ = false;  ///< No operation may be started any more. Control thread.
  std::shared_ptr<Message> reading_;
  std::shared_ptr<const Message> writing_;
  Resume<bool> read_done_, write_done_;
  std::mutex mutex_;  ///< Guards what Finish() and OnDone() share.
  bool done_ = false;
  grpc::Status status_;
  Resume<grpc::Status> finished_;
};

}  // namespace ordinal::cri
