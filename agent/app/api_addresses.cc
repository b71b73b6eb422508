#include "agent/app/api_addresses.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "agent/app/host.h"
#include "agent/network/cni_config.h"

namespace ordinal {
namespace {

asio::ip::address Parsed(const std::string& text) {
  boost::system::error_code code;
  return asio::ip::make_address(text, code);  // 0.0.0.0 for what is none
}

std::string Joined(const std::string& host, const std::string& port) {
  return host.find(':') == std::string::npos ? host + ":" + port : fmt::format("[{}]:{}", host, port);
}

}  // namespace

ApiAddresses ApiAddressesOf(const Config& config, const std::vector<std::string>& host_addresses) {
  ApiAddresses addresses;
  const std::string& first = config.api_listen.front();
  addresses.port = first.substr(first.rfind(':') + 1);
  if (addresses.port == "0") return {};  // the kernel chooses one, when it listens
  const std::string gateway = network::GatewayOf(config.pod_cidr);
  const bool v6 = gateway.find(':') != std::string::npos;
  bool everywhere = false;
  for (const std::string& listen : config.api_listen) {
    if (listen.substr(listen.rfind(':') + 1) != addresses.port) continue;
    const std::string host = AddressOf(listen);
    const asio::ip::address address = Parsed(host);
    if (address.is_unspecified()) {
      everywhere = everywhere || address.is_v6() == v6;
      if (!host_addresses.empty()) addresses.other_network = host_addresses.front();
      addresses.host_network = address.is_v6() ? "::1" : "127.0.0.1";
    } else if (address.is_loopback()) {
      addresses.host_network = host;
    } else {
      addresses.other_network = host;
      everywhere = everywhere || host == gateway;
    }
  }
  if (addresses.host_network.empty()) addresses.host_network = addresses.other_network;
  addresses.own_network = gateway;
  if (!gateway.empty() && !everywhere) addresses.listen_ahead = Joined(gateway, addresses.port);
  return addresses;
}

controllers::api_service::Address ServiceAddressOf(const Config& config, bool own_network) {
  const ApiAddresses addresses = ApiAddressesOf(config, HostAddresses());
  controllers::api_service::Address out{own_network ? addresses.own_network : addresses.other_network, 0};
  std::from_chars(addresses.port.data(), addresses.port.data() + addresses.port.size(), out.port);
  return out;
}

}  // namespace ordinal
