// Stream: one streaming call, read and written by one coroutine on the control thread.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/async_stream.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "cri/grpc/await.h"
#include "cri/grpc/completions.h"

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

class Stream : public CallUnderWay, public std::enable_shared_from_this<Stream> {
 public:
  using Message = google::protobuf::MessageLite;
  using Call = grpc::ClientAsyncReaderWriter<Message, Message>;

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

  /// One kind of operation, of which one at a time is under way, and who waits for it. Guarded by mutex_.
  struct Operation final : Completion {
    explicit Operation(Stream& of) : stream(of) {}
    void Done(bool ok) override { stream.Done(*this, ok); }
    Stream& stream;
    bool under_way = false;
    std::optional<bool> outcome;
    Resume<bool> resume;
  };

  /// Starts the call; `call` was made with context_.
  void Begin(std::unique_ptr<Call> call);
  /// Notes that gRPC has it now; returns the tag.
  Completion* Give(Operation& operation);
  bool Closed();
  void Close();
  void Done(Operation& operation, bool ok);
  /// The outcome of one that was given to gRPC.
  Task<bool> Outcome(Operation& operation);

  std::shared_ptr<CallsUnderWay> under_way_;
  grpc::ClientContext context_;
  std::unique_ptr<Call> call_;  ///< in memory of the call: ends before its context
  std::shared_ptr<Message> reading_;
  std::shared_ptr<const Message> writing_;
  grpc::Status status_;
  std::mutex mutex_;
  bool closed_ = false;  ///< No operation but the last may be started any more. Guarded by mutex_.
  bool broken_ = false;  ///< An operation failed. Guarded by mutex_.
  int given_ = 0;        ///< Operations that gRPC holds. Guarded by mutex_.
  Operation begin_{*this}, read_{*this}, write_{*this}, finish_{*this};
};

}  // namespace ordinal::cri
