#include "agent/apiserver/proxy/location.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>
#include <vector>

namespace ordinal::apiserver::proxy {
namespace {

using api::Json;
using api::Member;
using api::ReadString;

std::optional<int> PortNumber(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) return std::nullopt;
  return port;
}

/// ::ffff:127.0.0.1 is the loopback of this host as 127.0.0.1 is.
boost::asio::ip::address Plain(const boost::asio::ip::address& address) {
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return mapped ? boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()) : address;
}

/// Go's IsGlobalUnicast: what a proxy may be sent to.
bool Allowed(const std::string& text) {
  boost::system::error_code code;
  const auto address = Plain(boost::asio::ip::make_address(text, code));
  if (code || address.is_unspecified() || address.is_loopback() || address.is_multicast()) return false;
  if (address.is_v6()) return !address.to_v6().is_link_local();
  const auto bytes = address.to_v4().to_bytes();
  const bool link_local = bytes[0] == 169 && bytes[1] == 254;
  return !link_local && address.to_v4() != boost::asio::ip::address_v4::broadcast();
}

Error NotAllowed() { return MakeError(ErrorCode::kInvalid, "address not allowed"); }

std::string PodAddress(const api::Object& pod) {
  const Json& status = Member(pod.body(), "status");
  const Json& all = Member(status, "podIPs");
  return all.is_array() && !all.empty() ? ReadString(all.front(), "ip") : ReadString(status, "podIP");
}

/// The container port that has this name; without one the first there is. Empty: none.
std::string DeclaredPort(const api::Object& pod, const std::string& name) {
  for (const Json& container : Member(Member(pod.body(), "spec"), "containers")) {
    for (const Json& port : Member(container, "ports")) {
      if (!name.empty() && ReadString(port, "name") != name) continue;
      const Json& number = Member(port, "containerPort");
      if (number.is_number_integer()) return std::to_string(number.get<int>());
    }
  }
  return {};
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

std::string SchemeOf(const Named& asked) { return asked.scheme.empty() ? "http" : asked.scheme; }

/// The name of the service's port that has this number.
std::optional<std::string> PortName(const api::Object& service, int number) {
  for (const Json& port : Member(Member(service.body(), "spec"), "ports")) {
    const Json& have = Member(port, "port");
    if (have.is_number_integer() && have.get<int>() == number) return ReadString(port, "name");
  }
  return std::nullopt;
}

/// Every "address, port" of the Endpoints whose port has this name.
std::vector<std::pair<std::string, int>> Ready(const api::Object& endpoints, const std::string& name) {
  std::vector<std::pair<std::string, int>> found;
  for (const Json& subset : Member(endpoints.body(), "subsets")) {
    for (const Json& port : Member(subset, "ports")) {
      if (ReadString(port, "name") != name || !Member(port, "port").is_number_integer()) continue;
      for (const Json& address : Member(subset, "addresses")) {
        found.emplace_back(ReadString(address, "ip"), Member(port, "port").get<int>());
      }
      break;
    }
  }
  return found;
}

}  // namespace

Result<Named> ReadName(std::string_view kind, const std::string& text) {
  const std::vector<std::string> parts = Split(text);
  Named named;
  if (parts.size() == 1) named.name = parts[0];
  if (parts.size() == 2) named = {"", parts[0], parts[1]};
  if (parts.size() == 3) named = {parts[0], parts[1], parts[2]};
  const bool known = named.scheme.empty() || named.scheme == "http" || named.scheme == "https";
  if (!named.name.empty() && known) return named;
  return MakeError(ErrorCode::kInvalid, fmt::format("invalid {} request \"{}\"", kind, text));
}

std::string Location::Authority() const {
  const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port.empty() ? bracketed : bracketed + ":" + port;
}

Result<Location> OfPod(const Named& asked, const api::Object& pod) {
  Location location{SchemeOf(asked), PodAddress(pod), asked.port};
  if (!Allowed(location.host)) return NotAllowed();
  const bool number = PortNumber(asked.port).has_value();
  if (!number) location.port = DeclaredPort(pod, asked.port);
  if (!number && !asked.port.empty() && location.port.empty()) {
    return MakeError(ErrorCode::kInvalid, fmt::format("pod {} has no port \"{}\"", pod.name(), asked.port));
  }
  return location;
}

Result<Location> OfService(const Named& asked, const api::Object& service, const api::Object& endpoints,
                           const std::function<size_t(size_t)>& choose) {
  std::string name = asked.port;
  if (const auto number = PortNumber(asked.port)) {
    const auto named = PortName(service, *number);
    if (!named) {
      return MakeError(ErrorCode::kUnavailable,
                       fmt::format("no service port {} found for service \"{}\"", *number, asked.name));
    }
    name = *named;
  }
  const auto ready = Ready(endpoints, name);
  if (ready.empty()) {
    return MakeError(ErrorCode::kUnavailable, fmt::format("no endpoints available for service \"{}\"", asked.name));
  }
  const auto& [address, port] = ready[choose(ready.size())];
  if (!Allowed(address)) return NotAllowed();
  return Location{SchemeOf(asked), address, std::to_string(port)};
}

Result<Location> OfNode(const Named& asked, const api::Object& node) {
  if (!PortNumber(asked.port)) {
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not a port from 1 to 65535", asked.port));
  }
  for (const Json& address : Member(Member(node.body(), "status"), "addresses")) {
    if (ReadString(address, "type") != "InternalIP") continue;
    if (!Allowed(ReadString(address, "address"))) continue;
    return Location{SchemeOf(asked), ReadString(address, "address"), asked.port};
  }
  return NotAllowed();
}

Cut CutTarget(std::string_view target, size_t words) {
  const size_t scheme = target.find("://");  // a target may name its host (RFC 9112 3.2.2)
  if (!target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(std::min(target.find_first_of("/?", scheme + 3), target.size()));
  }
  target = target.substr(0, target.find('#'));
  const size_t path = std::min(target.find('?'), target.size());
  size_t at = 0;
  for (size_t word = 0; word < words; ++word) {
    at = std::min(target.find_first_not_of('/', at), path);
    at = std::min(target.find('/', at), path);
  }
  return {std::string(target.substr(0, at)), std::string(target.substr(at))};
}

}  // namespace ordinal::apiserver::proxy
