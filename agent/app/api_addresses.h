// Where pods reach the Kubernetes API of this node. Part of the composition root.
#pragma once

#include <string>
#include <vector>

#include "agent/app/config.h"
#include "agent/controllers/api_service/documents.h"

namespace ordinal {

/// In the network that this agent configures the API listens on the gateway too, which the bridge gets with the first
/// pod. In another one pods reach it where it listens beyond the loopback. Pods in the host's network use the loopback.
struct ApiAddresses {
  std::string listen_ahead;        ///< "10.244.0.1:6443"; empty: the API listens there anyway, or its port is not known
  std::string own_network;         ///< host for pods, in the network of this agent
  std::string other_network;       ///< host for pods, in anybody else's; empty: they do not reach it
  std::string host_network, port;  ///< for pods in the host's network
};

/// `host_addresses`: the node's own, the first one first. Pure.
ApiAddresses ApiAddressesOf(const Config& config, const std::vector<std::string>& host_addresses);

/// What the service "kubernetes" leads to. Reads the host's addresses; does not block.
controllers::api_service::Address ServiceAddressOf(const Config& config, bool own_network);

}  // namespace ordinal
