#include "agent/network/links.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "agent/network/rtnetlink.h"

namespace ordinal::network {
namespace {

/// An address in the kernel's form; `text` is as the kernel would write it.
struct ParsedAddress {
  uint8_t family = 0;
  std::vector<uint8_t> bytes;
  std::string text;
};

Result<ParsedAddress> Parse(const std::string& address) {
  ParsedAddress parsed;
  parsed.family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  parsed.bytes.resize(parsed.family == AF_INET6 ? sizeof(in6_addr) : sizeof(in_addr));
  if (inet_pton(parsed.family, address.c_str(), parsed.bytes.data()) != 1) {
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not an IP address", address));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  parsed.text = inet_ntop(parsed.family, parsed.bytes.data(), text.data(), text.size());
  return parsed;
}

Result<std::optional<Link>> FindLink(const std::string& name) {
  TRY(const std::vector<Link> links, ListLinks());
  for (const Link& link : links) {
    if (link.name == name) return std::optional<Link>(link);
  }
  return std::optional<Link>();
}

/// The kernel takes an alias only of a link that exists. A link whose maker was killed before it set the alias is
/// known by its hardware address, which is given at birth: locally administered, the rest a hash (FNV-1a) of owner.
HardwareAddress BirthMark(const std::string& owner) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : owner) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211ULL;
  HardwareAddress mark{0x02};
  for (size_t i = 1; i < mark.size(); ++i) mark[i] = static_cast<uint8_t>(hash >> (8 * i));
  return mark;
}

bool IsOurs(const Link& link, const std::string& owner) {
  return link.alias == owner || (link.alias.empty() && link.kind == "bridge" && link.hardware == BirthMark(owner));
}

Status CreateBridge(const std::string& name, const std::string& owner) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  request.Extra<ifinfomsg>()->ifi_family = AF_UNSPEC;
  mnl_attr_put_strz(request.header(), IFLA_IFNAME, name.c_str());
  const HardwareAddress mark = BirthMark(owner);
  mnl_attr_put(request.header(), IFLA_ADDRESS, mark.size(), mark.data());
  nlattr* linkinfo = mnl_attr_nest_start(request.header(), IFLA_LINKINFO);
  mnl_attr_put_strz(request.header(), IFLA_INFO_KIND, "bridge");
  mnl_attr_nest_end(request.header(), linkinfo);
  const int failure = request.Send();
  if (failure == 0 || failure == EEXIST) return {};  // EEXIST: made meanwhile; the caller looks at whose it is
  return ErrnoError(fmt::format("make link {} (needs CAP_NET_ADMIN and the bridge module)", name), failure);
}

Status MarkAndSetUp(const Link& link, const std::string& owner) {
  Request request(RTM_SETLINK, 0);
  auto* info = request.Extra<ifinfomsg>();
  info->ifi_index = static_cast<int>(link.index);
  info->ifi_flags = IFF_UP;
  info->ifi_change = IFF_UP;
  mnl_attr_put_strz(request.header(), IFLA_IFALIAS, owner.c_str());
  if (const int failure = request.Send(); failure != 0) {
    return ErrnoError(fmt::format("mark link {} and bring it up", link.name), failure);
  }
  return {};
}

int ChangeAddress(uint16_t type, uint16_t flags, unsigned link, const ParsedAddress& address) {
  Request request(type, flags);
  auto* info = request.Extra<ifaddrmsg>();
  info->ifa_family = address.family;
  info->ifa_prefixlen = static_cast<uint8_t>(address.bytes.size() * 8);
  info->ifa_index = link;
  info->ifa_flags = IFA_F_PERMANENT;
  if (address.family == AF_INET6) info->ifa_flags |= IFA_F_NODAD;  // nobody else is on this link
  mnl_attr_put(request.header(), IFA_LOCAL, address.bytes.size(), address.bytes.data());
  mnl_attr_put(request.header(), IFA_ADDRESS, address.bytes.size(), address.bytes.data());
  return request.Send();
}

Status AdjustAddresses(const Link& link, const std::vector<ParsedAddress>& wanted) {
  TRY(const std::vector<LinkAddress> present, ListAddresses());
  for (const LinkAddress& address : present) {
    const bool keep =
        std::any_of(wanted.begin(), wanted.end(), [&](const ParsedAddress& one) { return one.text == address.text; });
    if (address.link != link.index || address.by_kernel || keep) continue;
    TRY(const ParsedAddress stale, Parse(address.text));
    const int failure = ChangeAddress(RTM_DELADDR, 0, link.index, stale);
    if (failure != 0 && failure != EADDRNOTAVAIL) {
      return ErrnoError(fmt::format("take {} off link {}", stale.text, link.name), failure);
    }
  }
  for (const ParsedAddress& address : wanted) {
    const int failure = ChangeAddress(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, link.index, address);
    if (failure != 0 && failure != EEXIST) {
      return ErrnoError(fmt::format("add {} to link {}", address.text, link.name), failure);
    }
  }
  return {};
}

/// Those of `addresses` that no link but `name` has.
Result<std::vector<ParsedAddress>> NotElsewhere(const std::vector<std::string>& addresses, const std::string& name) {
  TRY(const std::optional<Link> own, FindLink(name));
  TRY(const std::vector<LinkAddress> present, ListAddresses());
  std::vector<ParsedAddress> missing;
  for (const std::string& address : addresses) {
    TRY(ParsedAddress parsed, Parse(address));
    const bool elsewhere = std::any_of(present.begin(), present.end(), [&](const LinkAddress& one) {
      return one.text == parsed.text && !(own && own->index == one.link);
    });
    if (!elsewhere) missing.push_back(std::move(parsed));
  }
  return missing;
}

Status Delete(const Link& link) {
  Request request(RTM_DELLINK, 0);
  request.Extra<ifinfomsg>()->ifi_index = static_cast<int>(link.index);
  const int failure = request.Send();
  if (failure != 0 && failure != ENODEV) return ErrnoError(fmt::format("remove link {}", link.name), failure);
  return {};
}

}  // namespace

Status CheckLinkName(const std::string& name) {
  // dev_valid_name of the kernel, less what a configuration file would have to quote.
  const bool valid = !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '"' && c != '\\';
                     });
  if (valid) return {};
  return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is no link name: 1 to {} characters without '/' and spaces",
                                                    name, IFNAMSIZ - 1));
}

Status EnsureLink(const std::string& name, const std::string& owner, const std::vector<std::string>& addresses) {
  TRYV(CheckLinkName(name));
  TRY(const std::vector<ParsedAddress> wanted, NotElsewhere(addresses, name));
  TRY(std::optional<Link> link, FindLink(name));
  if (wanted.empty() && !link) return {};
  if (!link) {
    TRYV(CreateBridge(name, owner));
    TRY(link, FindLink(name));
  }
  if (!link) return ErrnoError(fmt::format("find link {}", name), ENODEV);
  if (!IsOurs(*link, owner)) {
    return MakeError(ErrorCode::kAlreadyExists, fmt::format("link {} (alias \"{}\") is not this agent's: choose "
                                                            "another name with --dns-link",
                                                            name, link->alias));
  }
  TRYV(MarkAndSetUp(*link, owner));
  return AdjustAddresses(*link, wanted);
}

Status RemoveLink(const std::string& name, const std::string& owner) {
  TRY(const std::optional<Link> link, FindLink(name));
  if (!link) return {};
  if (!IsOurs(*link, owner)) {
    return MakeError(ErrorCode::kFailedPrecondition, fmt::format("link {} is not this agent's and stays", name));
  }
  return Delete(*link);
}

Status CheckBridge(const std::string& name, const std::vector<std::string>& gateways) {
  TRY(const std::optional<Link> link, FindLink(name));
  if (!link) return {};
  const auto theirs = [&](const std::string& what) {
    return MakeError(ErrorCode::kAlreadyExists,
                     fmt::format("link {} {}: it is not this agent's and stays as it is; choose another name with "
                                 "--bridge",
                                 name, what));
  };
  if (link->kind != "bridge") return theirs("is no bridge");
  TRY(const std::vector<LinkAddress> addresses, ListAddresses());
  for (const LinkAddress& address : addresses) {
    const bool own = std::find(gateways.begin(), gateways.end(), address.text) != gateways.end();
    if (address.link == link->index && !address.by_kernel && !own) return theirs("has the address " + address.text);
  }
  return {};
}

Status RemoveEmptyBridge(const std::string& name, const std::string& gateway) {
  TRYV(CheckBridge(name, {gateway}));
  TRY(const std::vector<Link> links, ListLinks());
  const auto bridge = std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  if (bridge == links.end()) return {};
  if (std::any_of(links.begin(), links.end(), [&](const Link& link) { return link.master == bridge->index; })) {
    return MakeError(ErrorCode::kFailedPrecondition, fmt::format("bridge {} still has ports and stays", name));
  }
  return Delete(*bridge);
}

}  // namespace ordinal::network
