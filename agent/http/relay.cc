#include "agent/http/relay.h"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/buffers_to_string.hpp>

#include "agent/base/log.h"
#include "agent/http/target.h"

namespace ordinal::http {
namespace {

constexpr std::chrono::seconds kLastMoment{5};  // for the client, once the upstream has ended

}  // namespace

Relay::Relay(Wire& wire, const Failure& failure, Duration after_half)
    : wire_(wire),
      failure_(failure),
      after_half_(after_half),
      upstream_(wire.socket().get_executor()),
      other_way_done_(wire.socket().get_executor()) {}

void Relay::Abort() { upstream_.Abort(); }

Task<std::optional<Response>> Relay::Run(const Request& request, const Proxy& proxy) {
  Result<Switched> switched = co_await AskUpgrade(upstream_, request, proxy);
  if (!switched.ok()) {
    log::Warning("http: {} {}: {}", request.method, PathOf(request.target), switched.error().message);
    co_return failure_(502, fmt::format("{} cannot be reached: {}", proxy.to, switched.error().message));
  }
  if (switched->refusal) co_return std::move(switched->refusal);
  co_await PassBoth(switched->head + switched->first, boost::beast::buffers_to_string(wire_.buffer().data()));
  co_return std::nullopt;
}

Task<void> Relay::PassBoth(std::string first_to_client, std::string first_to_upstream) {
  wire_.buffer().clear();
  Spawn(wire_.socket().get_executor(), "http relay", ClientToUpstream(std::move(first_to_upstream)));
  co_await UpstreamToClient(std::move(first_to_client));
  // The upstream has ended: the client hears it, and what it still sends has a last moment to arrive.
  co_await wire_.Shutdown(kLastMoment);
  wire_.Abort();
  Abort();
  co_await other_way_done_.Wait();
}

Task<void> Relay::ClientToUpstream(std::string first) {
  const Status begun = co_await upstream_.Write(first, std::nullopt);
  bool goes_on = begun.ok(), half = false;
  while (goes_on) {
    boost::system::error_code code;
    const size_t count =
        co_await wire_.transport().async_read_some(asio::buffer(up_), asio::redirect_error(asio::use_awaitable, code));
    half = code == asio::error::eof;
    if (code) break;
    const Status sent = co_await upstream_.Write(std::string_view(up_.data(), count), std::nullopt);
    goes_on = sent.ok();
  }
  // A proper goodbye of TLS ends one direction; anything else means that the client is gone.
  if (half) {
    upstream_.EndWriting();
    silence_.emplace(upstream_.alarm(), after_half_);
  } else {
    upstream_.Abort();
  }
  other_way_done_.Notify();
}

Task<void> Relay::UpstreamToClient(std::string first) {
  const Status begun = co_await wire_.Write(first, std::nullopt);
  bool goes_on = begun.ok();
  while (goes_on) {
    const Result<size_t> count = co_await upstream_.ReadSome(asio::buffer(down_), std::nullopt);
    if (!count.ok() || *count == 0) co_return;
    if (silence_) silence_.emplace(upstream_.alarm(), after_half_);
    const Status written = co_await wire_.Write(std::string_view(down_.data(), *count), std::nullopt);
    goes_on = written.ok();
  }
}

}  // namespace ordinal::http
