#include "agent/probes/dial.h"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <cctype>
#include <vector>

#include "agent/base/scope.h"

namespace ordinal::probes {
namespace {

using asio::ip::tcp;

std::string Told(const std::string& host, uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Task<Result<std::vector<tcp::endpoint>>> Endpoints(std::string host, uint16_t port) {
  boost::system::error_code code;
  const asio::ip::address address = asio::ip::make_address(host, code);
  if (!code) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};
  tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found =
      co_await resolver.async_resolve(host, std::to_string(port), asio::redirect_error(asio::use_awaitable, code));
  if (code) co_return MakeError(ErrorCode::kNotFound, fmt::format("dial tcp: lookup {}: {}", host, code.message()));
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  co_return endpoints;
}

}  // namespace

std::string NetworkWords(const boost::system::error_code& code) {
  std::string words = code.message();
  if (!words.empty()) words.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(words.front())));
  return words;
}

Task<Result<tcp::socket>> Dial(std::string host, uint16_t port) {
  CO_TRY(const std::vector<tcp::endpoint> endpoints, co_await Endpoints(host, port));
  const Executor executor = co_await asio::this_coro::executor;
  boost::system::error_code code = asio::error::host_not_found;
  for (const tcp::endpoint& endpoint : endpoints) {
    tcp::socket socket(executor);
    socket.open(endpoint.protocol(), code);
    if (!code) co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    const bool given_up = co_await GivenUp();
    if (given_up) co_return MakeError(ErrorCode::kCancelled, fmt::format("dial tcp {}: i/o timeout", Told(host, port)));
    if (!code) co_return std::move(socket);
  }
  co_return MakeError(ErrorCode::kUnavailable,
                      fmt::format("dial tcp {}: connect: {}", Told(host, port), NetworkWords(code)));
}

}  // namespace ordinal::probes
