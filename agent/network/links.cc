#include "agent/network/links.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

namespace ordinal::network {
namespace {

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, CloseSocket>;

/// One request, one acknowledgement.
class Request {
 public:
  Request(uint16_t type, uint16_t flags) : header_(mnl_nlmsg_put_header(buffer_.data())) {
    header_->nlmsg_type = type;
    header_->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  }

  nlmsghdr* header() { return header_; }
  template <class T>
  T* Extra() {
    return static_cast<T*>(mnl_nlmsg_put_extra_header(header_, sizeof(T)));
  }

  /// 0, or the errno the kernel answered.
  int Send() {
    const Socket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return errno;
    if (mnl_socket_sendto(socket.get(), header_, header_->nlmsg_len) < 0) return errno;
    std::array<char, 8192> reply;
    const ssize_t size = mnl_socket_recvfrom(socket.get(), reply.data(), reply.size());
    if (size < 0) return errno;
    const auto done =
        mnl_cb_run(reply.data(), static_cast<size_t>(size), 0, mnl_socket_get_portid(socket.get()), nullptr, nullptr);
    return done < 0 ? errno : 0;
  }

 private:
  alignas(NLMSG_ALIGNTO) std::array<char, 2048> buffer_{};
  nlmsghdr* header_;
};

std::string AliasOf(const std::string& name) {
  std::ifstream file("/sys/class/net/" + name + "/ifalias");
  std::string alias;
  std::getline(file, alias);
  return alias;
}

Status CreateBridge(const std::string& name, const std::string& alias) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  auto* info = request.Extra<ifinfomsg>();
  info->ifi_family = AF_UNSPEC;
  mnl_attr_put_strz(request.header(), IFLA_IFNAME, name.c_str());
  nlattr* linkinfo = mnl_attr_nest_start(request.header(), IFLA_LINKINFO);
  mnl_attr_put_strz(request.header(), IFLA_INFO_KIND, "bridge");
  mnl_attr_nest_end(request.header(), linkinfo);
  if (const int failure = request.Send(); failure != 0) return ErrnoError(fmt::format("make link {}", name), failure);
  // The kernel takes an alias only of a link that exists.
  Request mark(RTM_SETLINK, 0);
  auto* marked = mark.Extra<ifinfomsg>();
  marked->ifi_index = static_cast<int>(if_nametoindex(name.c_str()));
  mnl_attr_put_strz(mark.header(), IFLA_IFALIAS, alias.c_str());
  if (const int failure = mark.Send(); failure != 0) return ErrnoError(fmt::format("mark link {}", name), failure);
  return {};
}

Status SetUp(unsigned index, const std::string& name) {
  Request request(RTM_SETLINK, 0);
  auto* info = request.Extra<ifinfomsg>();
  info->ifi_index = static_cast<int>(index);
  info->ifi_flags = IFF_UP;
  info->ifi_change = IFF_UP;
  if (const int failure = request.Send(); failure != 0)
    return ErrnoError(fmt::format("bring link {} up", name), failure);
  return {};
}

Status AddAddress(unsigned index, const std::string& name, const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const bool v6 = address.find(':') != std::string::npos;
  if (inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) != 1) {
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not an IP address", address));
  }
  const size_t size = v6 ? sizeof(in6_addr) : sizeof(in_addr);
  Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
  auto* info = request.Extra<ifaddrmsg>();
  info->ifa_family = v6 ? AF_INET6 : AF_INET;
  info->ifa_prefixlen = v6 ? 128 : 32;
  info->ifa_index = index;
  info->ifa_flags = IFA_F_PERMANENT | (v6 ? IFA_F_NODAD : 0);
  mnl_attr_put(request.header(), IFA_LOCAL, size, bytes.data());
  mnl_attr_put(request.header(), IFA_ADDRESS, size, bytes.data());
  const int failure = request.Send();
  if (failure != 0 && failure != EEXIST) return ErrnoError(fmt::format("add {} to link {}", address, name), failure);
  return {};
}

Status Delete(const std::string& name) {
  Request request(RTM_DELLINK, 0);
  auto* info = request.Extra<ifinfomsg>();
  info->ifi_index = static_cast<int>(if_nametoindex(name.c_str()));
  const int failure = request.Send();
  if (failure != 0 && failure != ENODEV) return ErrnoError(fmt::format("remove link {}", name), failure);
  return {};
}

}  // namespace

Status EnsureLink(const std::string& name, const std::string& owner, const std::vector<std::string>& addresses) {
  if (name.empty() || name.size() >= IFNAMSIZ) {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is no link name: 1 to {} characters", name, IFNAMSIZ - 1));
  }
  if (if_nametoindex(name.c_str()) == 0) TRYV(CreateBridge(name, owner));
  const unsigned index = if_nametoindex(name.c_str());
  if (index == 0) return ErrnoError(fmt::format("find link {}", name), errno);
  if (const std::string alias = AliasOf(name); alias != owner) {
    return MakeError(
        ErrorCode::kAlreadyExists,
        fmt::format("link {} belongs to \"{}\", not to this agent: choose another name with --dns-link", name, alias));
  }
  TRYV(SetUp(index, name));
  for (const std::string& address : addresses) TRYV(AddAddress(index, name, address));
  return {};
}

Status RemoveLink(const std::string& name, const std::string& owner) {
  if (if_nametoindex(name.c_str()) == 0) return {};
  if (AliasOf(name) != owner) {
    return MakeError(ErrorCode::kFailedPrecondition, fmt::format("link {} is not ours and stays", name));
  }
  return Delete(name);
}

Status RemoveEmptyBridge(const std::string& name) {
  if (if_nametoindex(name.c_str()) == 0) return {};
  std::error_code code;
  const std::filesystem::directory_iterator ports("/sys/class/net/" + name + "/brif", code);
  if (code) return MakeError(ErrorCode::kFailedPrecondition, fmt::format("link {} is no bridge and stays", name));
  if (ports != std::filesystem::directory_iterator()) {
    return MakeError(ErrorCode::kFailedPrecondition, fmt::format("bridge {} still has ports and stays", name));
  }
  return Delete(name);
}

}  // namespace ordinal::network
