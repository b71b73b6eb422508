#include "cri/grpc/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "cri/grpc/deadlines.h"

namespace ordinal::cri {
namespace {

/// What one unary call needs until gRPC is done with it, whatever happens to the coroutine that made it.
struct UnaryCall final : CallUnderWay, Completion {
  using Message = google::protobuf::MessageLite;
  grpc::ClientContext context;
  std::shared_ptr<Message> reply;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Message>> reader;  // in memory of the call: ends before its context
  grpc::Status status;
  Resume<grpc::Status> resume;
  std::shared_ptr<CallsUnderWay> under_way;

  void Abandon() override { context.TryCancel(); }
  void Done(bool ok) override {
    if (!ok && status.ok()) status = grpc::Status(grpc::StatusCode::INTERNAL, "the answer cannot be read");
    std::exchange(resume, nullptr)(std::move(status));
    std::shared_ptr(under_way)->Remove(this);
  }
};

void Apply(const CallOptions& options, grpc::ClientContext& context) {
  if (options.deadline.count() > 0) context.set_deadline(gpr_time_from_millis(options.deadline.count(), GPR_TIMESPAN));
  context.set_wait_for_ready(options.wait_for_ready);
  for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
}

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& endpoint) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(kReconnectFirst.count()));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kReconnectMost.count()));
  // Despite its name, the least time that one attempt to connect gets.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, static_cast<int>(kConnectDeadline.count()));
  // containerd's own limit for one message is 16 MiB; gRPC's default of 4 MiB ends at some thousand containers.
  arguments.SetMaxReceiveMessageSize(16 << 20);
  // None of this is of use on a unix socket, all of it costs memory per channel or per call.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  arguments.SetInt(GRPC_ARG_MAX_CHANNEL_TRACE_EVENT_MEMORY_PER_NODE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // containerd (Go) refuses the percent-encoded socket path that gRPC would send as :authority.
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  // A channel of its own for each Connection, so that two of them never share a broken socket.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), arguments);
}

/// containerd accepts connections before its CRI plugin has read its state; until then every call fails with these
/// words (containerd 1.6 pkg/cri/server/instrumented_service.go), which CallOnce() turns into UNAVAILABLE.
constexpr char kStarting[] = "server is not initialized yet";

bool IsStarting(const grpc::Status& status) { return !status.ok() && status.error_message() == kStarting; }

}  // namespace

Connection::Connection(const std::string& endpoint)
    : endpoint_(endpoint),
      under_way_(std::make_shared<CallsUnderWay>()),
      channel_(OpenChannel(endpoint)),
      stub_(channel_) {}

Connection::~Connection() { under_way_->AbandonAll(); }

Task<grpc::Status> Connection::Call(const char* path, std::shared_ptr<const Message> request,
                                    std::shared_ptr<Message> reply, CallOptions options) {
  const SteadyTime began = clock_ == nullptr ? SteadyTime() : clock_->Steady();
  grpc::Status status = co_await CallInTime(path, std::move(request), std::move(reply), std::move(options));
  if (clock_ != nullptr) counts_.Note(path, clock_->Steady() - began, status.ok());
  co_return status;
}

/// Once more where the runtime was away or starting.
Task<grpc::Status> Connection::CallInTime(const char* path, std::shared_ptr<const Message> request,
                                          std::shared_ptr<Message> reply, CallOptions options) {
  grpc::Status status = co_await CallOnce(path, request, reply, options);
  if (!options.idempotent) co_return status;
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && !IsStarting(status)) {
    CallOptions again = options;
    again.wait_for_ready = true;
    again.deadline = std::min(kReconnectWait, options.deadline);
    const grpc::Status second = co_await CallOnce(path, request, reply, std::move(again));
    // Nobody came back in time: that is an absent runtime, not a slow one.
    if (second.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) status = second;
  }
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (auto waited = kStartingPause; IsStarting(status) && waited < kReconnectWait; waited += kStartingPause) {
    pause.expires_after(kStartingPause);
    boost::system::error_code given_up;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, given_up));
    if (given_up) co_return grpc::Status(grpc::StatusCode::CANCELLED, "the caller gave up");
    status = co_await CallOnce(path, request, reply, options);
  }
  co_return status;
}

Task<grpc::Status> Connection::CallOnce(const char* path, std::shared_ptr<const Message> request,
                                        std::shared_ptr<Message> reply, CallOptions options) {
  auto call = std::make_shared<UnaryCall>();
  Apply(options, call->context);
  call->reply = std::move(reply);
  call->under_way = under_way_;
  auto start = [this, path, call, request = std::move(request)](Resume<grpc::Status> resume, auto slot) {
    if (slot.is_connected()) slot.assign([call](asio::cancellation_type) { call->Abandon(); });
    call->resume = std::move(resume);
    under_way_->Add(call);
    call->reader = stub_.PrepareUnaryCall(&call->context, path, *request, &completions_.queue());
    call->reader->StartCall();
    call->reader->Finish(call->reply.get(), &call->status, static_cast<Completion*>(call.get()));
  };
  grpc::Status status = co_await Await<grpc::Status>(std::move(start));
  if (IsStarting(status)) status = grpc::Status(grpc::StatusCode::UNAVAILABLE, kStarting);
  co_return status;
}

std::shared_ptr<Stream> Connection::Open(const char* path, const CallOptions& options) {
  auto stream = std::make_shared<Stream>(under_way_);
  Apply(options, stream->context_);
  under_way_->Add(stream);
  stream->Begin(stub_.PrepareCall(&stream->context_, path, &completions_.queue()));
  return stream;
}

}  // namespace ordinal::cri
