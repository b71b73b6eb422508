#include "agent/app/node_api_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/app/host.h"

namespace ordinal {
namespace {

constexpr int kKubeletPort = 10250;

}  // namespace

std::string NodeApiListen(const Config& config) {
  if (config.node_api_listen == kNoNodeApi) return {};
  if (!config.node_api_listen.empty()) return config.node_api_listen;
  const std::vector<std::string> own = HostAddresses();
  const auto six = [](const std::string& address) { return address.find(':') != std::string::npos; };
  const bool only_six = !own.empty() && std::all_of(own.begin(), own.end(), six);
  return fmt::format("{}:{}", only_six ? "[::]" : "0.0.0.0", kKubeletPort);
}

std::vector<std::string> NodeApiAddresses(const Config& config) {
  const std::string listen = NodeApiListen(config);
  if (listen.empty()) return {};
  std::vector<std::string> addresses = HostAddresses();
  addresses.push_back(AddressOf(listen));
  return addresses;
}

}  // namespace ordinal
