// What is to be named, as plain values: the input of SnapshotSource.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ordinal::dns {

struct PortEntry {
  std::string name = {};      ///< Empty: found by the bare service name only.
  std::string protocol = {};  ///< "tcp", "udp", "sctp".
  uint16_t port = 0;
  bool operator==(const PortEntry&) const = default;
};

struct EndpointEntry {
  std::string hostname = {};                ///< Empty: each address is named after itself, "10-244-0-3".
  std::vector<std::string> addresses = {};  ///< IPv4 or IPv6 text.
  std::vector<PortEntry> ports = {};        ///< The ports as the endpoint listens on them.
  bool operator==(const EndpointEntry&) const = default;
};

struct ServiceEntry {
  std::string ns = {}, name = {};
  bool headless = false;
  std::vector<std::string> cluster_ips = {};  ///< Of a service with cluster addresses.
  std::string external_name = {};             ///< Not empty: an ExternalName service, the rest is ignored.
  std::vector<PortEntry> ports = {};          ///< The service's own ports, for SRV of a service with cluster addresses.
  std::vector<EndpointEntry> endpoints = {};  ///< Only those to be published.
  bool operator==(const ServiceEntry&) const = default;
};

}  // namespace ordinal::dns
