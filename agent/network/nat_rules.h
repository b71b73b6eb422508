// What CNI plugins leave in iptables' table nat of a container that is gone, and the input of iptables-restore that
// takes it away. Pure: text in, text out.
//
// Names and comments are those of containernetworking/plugins (pkg/utils/utils.go, pkg/ip/ipmasq_linux.go,
// plugins/meta/portmap/portmap.go):
//
//   -A POSTROUTING -s 10.244.0.5/32 -m comment --comment "name: \"ordinal0\" id: \"<container>\"" -j CNI-<hash>
//   -A CNI-HOSTPORT-DNAT … --comment "dnat name: \"ordinal0\" id: \"<container>\"" … -j CNI-DN-<hash>
//
// A plugin that is killed between emptying a chain and deleting it leaves one without any comment: it is known by its
// name alone, the hash of network and container.
#pragma once

#include <compare>
#include <functional>
#include <set>
#include <string>

namespace ordinal::network {

/// A container in a network, as a comment names them.
struct Attachment {
  std::string network, container;
  auto operator<=>(const Attachment&) const = default;
};

/// The chains that bridge (masquerading) and portmap (ports of the host) make for one container.
std::set<std::string> ChainsOf(const Attachment& attachment);

/// Everybody named in the comments of `saved`, the text of iptables-save.
std::set<Attachment> AttachmentsIn(const std::string& saved);

/// The input of `iptables-restore --noflush` that removes the rules whose comment names somebody `dead`, the chains
/// they lead to, and `chains` where they are there. Chains that other rules lead to stay. Empty when there is nothing
/// to do.
std::string RemovalOf(const std::string& saved, const std::function<bool(const Attachment&)>& dead,
                      const std::set<std::string>& chains);

/// True when portmap's chains that all its containers share are there.
bool HasPortChains(const std::string& saved);
/// Removes those, provided no container has a rule in them any more; empty when there is nothing to do.
std::string RemovalOfPortChains(const std::string& saved);

}  // namespace ordinal::network
