// Upstreams: the host's resolvers, as resolv.conf(5) lists them. One object a DNS thread.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "dns/server/address.h"

namespace ordinal::dns {

/// The `nameserver` lines of a resolv.conf, in order, with `port`. Lines that are not addresses are left out, and so
/// is everything equal to one of `own` (a wildcard of ours covers every local address): asking ourselves would
/// never end.
std::vector<SocketAddress> ParseResolvConf(std::string_view text, uint16_t port, const std::vector<SocketAddress>& own);

struct UpstreamOptions {
  std::string resolv_conf = "/etc/resolv.conf";
  uint16_t port = 53;
  std::vector<SocketAddress> own;  ///< Where this server listens.
};

class Upstreams {
 public:
  explicit Upstreams(UpstreamOptions options) : options_(std::move(options)) {}

  /// The resolvers to ask, best first: in the file's order, those that lately failed behind the others. Reads the
  /// file again when it has changed, which is looked at once a second at most. Reads a small local file: may block
  /// that long.
  std::vector<SocketAddress> InOrder(SteadyTime now);

  /// `address` did not answer: it goes behind the others for a while.
  void MarkFailed(const SocketAddress& address, SteadyTime now);
  void MarkAnswered(const SocketAddress& address);

 private:
  struct Upstream {
    SocketAddress address;
    std::optional<SteadyTime> failed;
  };
  void Refresh();
  Upstream* Find(const SocketAddress& address);

  UpstreamOptions options_;
  std::vector<Upstream> upstreams_;
  std::optional<SteadyTime> looked_;
  struct stat seen_ {};
};

}  // namespace ordinal::dns
