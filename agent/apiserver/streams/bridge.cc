#include "agent/apiserver/streams/bridge.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/http/target.h"

namespace ordinal::apiserver::streams {
namespace {

/// The upgrade that a client of SPDY asks for.
http::Request SpdyRequest(const std::string& protocol) {
  http::Request request;
  request.method = "POST";
  request.headers = {{"connection", "Upgrade"}, {"upgrade", "SPDY/3.1"}, {"x-stream-protocol-version", protocol}};
  return request;
}

}  // namespace

void Bridge::Abort() {
  aborted_ = over_ = true;
  if (runtime_) runtime_->Abort();
  if (turn_) turn_->Notify();
}

Task<std::optional<http::Response>> Bridge::Run(http::Wire& wire, const http::Request& request,
                                                const http::Failure& failure) {
  executor_.emplace(wire.socket().get_executor());
  runtime_.emplace(*executor_);
  client_.emplace(wire);
  client_done_.emplace(*executor_);
  turn_.emplace(*executor_);
  http::Proxy proxy;
  proxy.url = terms_.url;
  const http::Request asked = SpdyRequest(terms_.spdy_protocol);
  Result<http::Switched> switched = co_await http::AskUpgrade(*runtime_, asked, proxy);
  if (!switched.ok()) {
    const std::string why = fmt::format("{} cannot be reached: {}", proxy.to, switched.error().message);
    log::Warning("http: {} {}: {}", request.method, http::PathOf(request.target), why);
    co_return failure(502, why);
  }
  if (switched->refusal) co_return std::move(switched->refusal);
  const Status accepted = co_await client_->Accept(request, terms_.subprotocol);
  if (!accepted.ok() || aborted_) {
    log::Debug("http: {}", accepted.ok() ? "the server ends" : accepted.error().message);
    co_return std::nullopt;
  }
  const Status begun = co_await Begin();
  Spawn(*executor_, "websocket bridge", ReadClient());
  if (begun.ok()) co_await ReadRuntime(std::move(switched->first));
  over_ = true;
  runtime_->Abort();  // whoever writes there ends
  turn_->Notify();
  Release();
  if (!aborted_) co_await End();
  if (!aborted_) co_await client_->Close();
  co_await client_done_->Wait();
  co_return std::nullopt;
}

Task<void> Bridge::ReadClient() {
  bool goes_on = true;
  while (goes_on) {
    Result<http::WebSocket::Piece> piece = co_await client_->Read();
    if (!piece.ok()) break;
    if (over_) continue;  // until its goodbye
    const Status taken = co_await Caught(FromClient(std::move(*piece)));
    if (!taken.ok() && !over_) runtime_->Abort();
  }
  over_ = true;
  runtime_->Abort();
  client_done_->Notify();
}

Task<void> Bridge::ReadRuntime(std::string first) {
  if (!first.empty()) {
    const Status taken = co_await Caught(FromRuntime(first));
    if (!taken.ok()) co_return;
  }
  while (!over_) {
    const Result<size_t> count = co_await runtime_->ReadSome(asio::buffer(read_), std::nullopt);
    if (!count.ok() || *count == 0) co_return;
    const Status taken = co_await Caught(FromRuntime(std::string_view(read_.data(), *count)));
    if (!taken.ok()) co_return;
  }
}

Task<Status> Bridge::ToRuntime(std::string bytes) {
  while (writing_ && !over_) co_await turn_->Wait();
  if (over_) co_return MakeError(ErrorCode::kCancelled, "the session is over");
  writing_ = true;
  const Status written = co_await runtime_->Write(bytes, std::nullopt);
  writing_ = false;
  turn_->Notify();
  co_return written;
}

TunnelBridge::TunnelBridge(std::string url) : Bridge({std::move(url), kTunnel, "portforward.k8s.io"}) {}

Task<Status> TunnelBridge::Begin() { co_return Status(); }

Task<Status> TunnelBridge::FromClient(http::WebSocket::Piece piece) {
  co_return co_await ToRuntime(std::move(piece.bytes));
}

Task<Status> TunnelBridge::FromRuntime(std::string_view bytes) { co_return co_await client().Write(bytes, false); }

Task<void> TunnelBridge::End() { co_return; }

}  // namespace ordinal::apiserver::streams
