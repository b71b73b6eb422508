// A stub resolver: the nameservers and the search list of resolv.conf, UDP first, TCP when truncated.
#pragma once

#include <string>
#include <vector>

#include "examples/kubia/server/dns.h"
#include "examples/kubia/server/net.h"

namespace kubia {

struct Peer {
  std::string hostname;  ///< the SRV target, a full name without the last dot
  std::string address;   ///< IPv4; empty when DNS knows none
};

struct PeerList {
  std::string error;  ///< why there is no list; empty when there is one
  std::vector<Peer> peers;
};

class Resolver {
 public:
  Resolver(std::string resolv_conf, uint16_t port) : resolv_conf_(std::move(resolv_conf)), port_(port) {}

  /// The targets of the service's SRV records with their addresses: from the additional section, else asked for.
  /// resolv.conf is read anew each time. Blocks until `deadline` at most; callable from any thread.
  PeerList FindPeers(const std::string& service, Deadline deadline) const;

 private:
  std::optional<Answer> Ask(const std::vector<std::string>& servers, const std::string& name, uint16_t type,
                            Deadline deadline) const;

  std::string resolv_conf_;
  uint16_t port_;
};

}  // namespace kubia
