// What CNI plugins leave on the host of containers that are gone: rules and chains of iptables, addresses that
// host-local has reserved, network namespaces, libcni's records. All calls block.
//
// How it comes about: a plugin that is killed between two steps does not find the second one again. bridge removes its
// masquerade rules only together with the container's link; once that is gone, no later DEL looks for them.
// Who is dead is the caller's to know: nothing here asks the runtime.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::network {

/// Where CNI plugins and libcni keep what they know.
struct CniPlaces {
  std::string address_book = "/var/lib/cni/networks";  ///< host-local: <network>/<address>
  std::vector<std::string> records = {"/var/lib/cni/results", "/var/lib/cni/cache/results"};  ///< of libcni
  std::string namespaces = "/run/netns";  ///< containerd's: cni-<uuid>
};

/// A program with its arguments, and what it is given on its standard input → its standard output.
using RunCommand =
    std::function<Result<std::string>(const std::vector<std::string>& command, const std::string& input)>;

/// As a program of the host (it blocks): iptables has no library. kNotFound when there is no such program; kInternal,
/// with what it complained of, when it ended otherwise than with 0.
Result<std::string> RunOnHost(const std::vector<std::string>& command, const std::string& input);

class Leftovers {
 public:
  explicit Leftovers(CniPlaces places = {}, RunCommand run = RunOnHost);

  /// Removes all that is attached under these containers' ids, in whatever network. The error is of what could not be
  /// removed; what could be is gone.
  Status Remove(const std::set<std::string>& containers) const;

  /// The containers that something of `network` names, but for those whose network namespace is there: they live.
  Result<std::set<std::string>> AttachedTo(const std::string& network) const;

  /// The containers attached to `network` whose network namespace is there: they live, or are being made or ended.
  std::set<std::string> AliveIn(const std::string& network) const;

  /// Whether portmap's chains, which all containers with ports of the host share, are there.
  Result<bool> HasPortChains() const;
  /// Removes them when nobody's port leads through them any more.
  Status RemovePortChains() const;

 private:
  struct Record {
    std::string path, network, container, name_space;
  };
  std::vector<std::string> Networks() const;
  std::vector<Record> Records() const;
  Status RemoveRules(const std::set<std::string>& containers) const;
  void RemoveAddresses(const std::set<std::string>& containers) const;
  void RemoveRecords(const std::set<std::string>& containers) const;
  void RemoveNamespace(const std::string& path) const;
  Status Change(const std::string& family, const std::function<std::string(const std::string& saved)>& plan) const;
  Result<std::string> Saved(const std::string& family) const;

  const CniPlaces places_;
  const RunCommand run_;
};

}  // namespace ordinal::network
