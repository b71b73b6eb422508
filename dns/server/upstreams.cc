#include "dns/server/upstreams.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "agent/base/log.h"

namespace ordinal::dns {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLookInterval = 1s;
/// How long a resolver that did not answer stays behind the others: long enough that not every query waits for it
/// first, short enough that it is found again soon.
constexpr Duration kFailedFor = 10s;
constexpr size_t kMaxUpstreams = 8;

bool IsOwn(const SocketAddress& address, const std::vector<SocketAddress>& own) {
  return std::any_of(own.begin(), own.end(), [&address](const SocketAddress& listen) {
    if (listen == address) return true;
    return listen.IsWildcard() && listen.port() == address.port() && IsLocal(address);
  });
}

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

std::vector<SocketAddress> ParseResolvConf(std::string_view text, uint16_t port,
                                           const std::vector<SocketAddress>& own) {
  std::vector<SocketAddress> found;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line) && found.size() < kMaxUpstreams;) {
    std::istringstream words(line);
    std::string keyword, host;
    if (!(words >> keyword >> host) || keyword != "nameserver") continue;
    const auto address = SocketAddress::FromHost(host, port);
    if (!address.ok() || address->IsWildcard() || IsOwn(*address, own)) continue;
    if (std::find(found.begin(), found.end(), *address) == found.end()) found.push_back(*address);
  }
  return found;
}

void Upstreams::Refresh() {
  struct stat now {};
  if (stat(options_.resolv_conf.c_str(), &now) != 0) now = {};
  if (looked_ && SameFile(now, seen_)) return;
  seen_ = now;
  std::ifstream file(options_.resolv_conf);
  std::ostringstream text;
  text << file.rdbuf();
  std::vector<Upstream> fresh;
  for (const SocketAddress& address : ParseResolvConf(text.str(), options_.port, options_.own)) {
    const Upstream* known = Find(address);
    fresh.push_back({address, known == nullptr ? std::nullopt : known->failed});
  }
  upstreams_ = std::move(fresh);
  if (upstreams_.empty()) {
    log::Warning("no usable nameserver in {}: names outside the cluster get SERVFAIL", options_.resolv_conf);
  }
}

std::vector<SocketAddress> Upstreams::InOrder(SteadyTime now) {
  if (!looked_ || now - *looked_ >= kLookInterval) {
    Refresh();
    looked_ = now;
  }
  std::vector<SocketAddress> good, failed;
  for (const Upstream& upstream : upstreams_) {
    const bool lately = upstream.failed && now - *upstream.failed < kFailedFor;
    (lately ? failed : good).push_back(upstream.address);
  }
  good.insert(good.end(), failed.begin(), failed.end());
  return good;
}

Upstreams::Upstream* Upstreams::Find(const SocketAddress& address) {
  const auto found = std::find_if(upstreams_.begin(), upstreams_.end(),
                                  [&address](const Upstream& upstream) { return upstream.address == address; });
  return found == upstreams_.end() ? nullptr : &*found;
}

void Upstreams::MarkFailed(const SocketAddress& address, SteadyTime now) {
  if (Upstream* upstream = Find(address)) upstream->failed = now;
}

void Upstreams::MarkAnswered(const SocketAddress& address) {
  if (Upstream* upstream = Find(address)) upstream->failed.reset();
}

}  // namespace ordinal::dns
