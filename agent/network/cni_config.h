// The CNI configuration of a host that has none: bridge, host-local addresses, port mappings.
// Format: CNI specification 0.4.0, "Network Configuration Lists". All calls but RenderCniConfig block.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::network {

/// The file we write.
inline constexpr char kCniFile[] = "10-ordinal.conflist";

struct CniOptions {
  std::string bridge = "ordinal0";         ///< Made by the bridge plugin with the first pod; names the network, too.
  std::string pod_cidr = "10.244.0.0/24";  ///< One IPv4 or IPv6 network.
  std::vector<std::string> bin_dirs;       ///< Where the runtime looks for plugins, in this order.
  std::string owner;                       ///< Written into the file: whose it is ("ordinald:node-a").
  std::string address_book = "/var/lib/cni/networks";  ///< host-local keeps a directory per network here.
};

/// The first address of a network, which the bridge plugin (isGateway) gives to its bridge: there pods reach the host.
/// Empty for what is no network. Pure.
std::string GatewayOf(const std::string& cidr);

/// The configuration list as JSON text. Pure.
std::string RenderCniConfig(const CniOptions& options);

enum class CniOutcome {
  kWritten,    ///< The host had none.
  kRefreshed,  ///< Ours was there and differed.
  kUnchanged,  ///< Ours was there.
  kForeign,    ///< Somebody else's is there, another agent's included: pods use that.
};

/// Writes our configuration into `conf_dir`, atomically, unless somebody else's is there. kInvalid for a pod_cidr
/// that is no network; kFailedPrecondition when a plugin is missing (names the package that has it); kAlreadyExists
/// when the bridge is somebody else's.
Result<CniOutcome> EnsureCniConfig(const std::string& conf_dir, const CniOptions& options);

/// The name of the network whose configuration in `conf_dir` is `owner`'s; empty when there is none of its own.
std::string NetworkOf(const std::string& conf_dir, const std::string& owner);

/// If the configuration in `conf_dir` is `owner`'s: removes its bridge, host-local's records of its addresses and the
/// file, in this order, so that a second try finds what a first one left. kFailedPrecondition while the bridge still
/// connects pods, which need all of it: nothing is removed then. Success when it is not there or not `owner`'s.
Status RemoveCniConfig(const std::string& conf_dir, const std::string& owner);

}  // namespace ordinal::network
