#include "agent/network/rtnetlink.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace ordinal::network {
namespace {

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, CloseSocket>;

constexpr size_t kReplySize = 64 * 1024;  // a link with many virtual functions fills more than a page or two

template <class Visit>
void EachAttribute(const void* first, const char* end, const Visit& visit) {
  auto* attribute = static_cast<const nlattr*>(first);
  while (mnl_attr_ok(attribute, static_cast<int>(end - reinterpret_cast<const char*>(attribute)))) {
    visit(attribute);
    attribute = mnl_attr_next(attribute);
  }
}

template <class Header, class Visit>
void EachAttributeOf(const nlmsghdr* message, const Visit& visit) {
  EachAttribute(mnl_nlmsg_get_payload_offset(message, sizeof(Header)),
                static_cast<const char*>(mnl_nlmsg_get_payload_tail(message)), visit);
}

std::string KindOf(const nlattr* linkinfo) {
  std::string kind;
  const char* begin = static_cast<const char*>(mnl_attr_get_payload(linkinfo));
  EachAttribute(begin, begin + mnl_attr_get_payload_len(linkinfo), [&](const nlattr* attribute) {
    if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND) kind = mnl_attr_get_str(attribute);
  });
  return kind;
}

Link ParseLink(const nlmsghdr* message) {
  Link link;
  link.index = static_cast<unsigned>(static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message))->ifi_index);
  EachAttributeOf<ifinfomsg>(message, [&](const nlattr* attribute) {
    switch (mnl_attr_get_type(attribute)) {
      case IFLA_IFNAME: link.name = mnl_attr_get_str(attribute); break;
      case IFLA_IFALIAS: link.alias = mnl_attr_get_str(attribute); break;
      case IFLA_MASTER: link.master = mnl_attr_get_u32(attribute); break;
      case IFLA_LINKINFO: link.kind = KindOf(attribute); break;
      case IFLA_ADDRESS:
        if (mnl_attr_get_payload_len(attribute) == link.hardware.size()) {
          std::copy_n(static_cast<const uint8_t*>(mnl_attr_get_payload(attribute)), link.hardware.size(),
                      link.hardware.begin());
        }
        break;
      default: break;
    }
  });
  return link;
}

LinkAddress ParseAddress(const nlmsghdr* message) {
  const auto* info = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  LinkAddress address{info->ifa_index, {}, info->ifa_family == AF_INET6 && info->ifa_scope == RT_SCOPE_LINK};
  const size_t size = info->ifa_family == AF_INET6 ? sizeof(in6_addr) : sizeof(in_addr);
  EachAttributeOf<ifaddrmsg>(message, [&](const nlattr* attribute) {
    // IFA_ADDRESS is the peer's on a point-to-point link, where IFA_LOCAL comes as well.
    const bool local = mnl_attr_get_type(attribute) == IFA_LOCAL;
    if ((!local && (mnl_attr_get_type(attribute) != IFA_ADDRESS || !address.text.empty())) ||
        mnl_attr_get_payload_len(attribute) != size) {
      return;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(info->ifa_family, mnl_attr_get_payload(attribute), text.data(), text.size());
    address.text = text.data();
  });
  return address;
}

/// The kernel marks a dump during which the table changed (NLM_F_DUMP_INTR), and libmnl reports that as EINTR: what was
/// read may lack an entry, so it is read again. Pods come and go all the time; a host on which this many dumps in a row
/// are torn is not expected.
constexpr int kDumpAttempts = 100;

template <class T, class Header, class Parse>
Result<std::vector<T>> ListConsistently(uint16_t type, const Parse& parse, const char* what) {
  int failure = 0;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    Request request(type, 0);
    *request.Extra<Header>() = Header{};  // family AF_UNSPEC: all of them
    std::vector<T> found;
    failure = request.Dump([&](const nlmsghdr* message) { found.push_back(parse(message)); });
    if (failure == 0) return found;
    if (failure != EINTR) break;
  }
  return ErrnoError(what, failure);
}

}  // namespace

Request::Request(uint16_t type, uint16_t flags) : header_(mnl_nlmsg_put_header(buffer_.data())) {
  header_->nlmsg_type = type;
  header_->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
}

int Request::Exchange(const std::function<void(const nlmsghdr*)>& visit) {
  const Socket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return errno;
  if (mnl_socket_sendto(socket.get(), header_, header_->nlmsg_len) < 0) return errno;
  const auto call = [](const nlmsghdr* message, void* data) {
    (*static_cast<const std::function<void(const nlmsghdr*)>*>(data))(message);
    return MNL_CB_OK;
  };
  const auto reply = std::make_unique_for_overwrite<char[]>(kReplySize);  // of which little is used: not filled
  while (true) {
    const ssize_t size = mnl_socket_recvfrom(socket.get(), reply.get(), kReplySize);
    if (size < 0) return errno;
    auto* data = const_cast<std::function<void(const nlmsghdr*)>*>(&visit);
    const int more =
        mnl_cb_run(reply.get(), static_cast<size_t>(size), 0, mnl_socket_get_portid(socket.get()), call, data);
    if (more < 0) return errno;
    if (more == MNL_CB_STOP) return 0;  // the acknowledgement, or the end of a dump
  }
}

int Request::Send() {
  header_->nlmsg_flags |= NLM_F_ACK;
  return Exchange([](const nlmsghdr*) {});
}

int Request::Dump(const std::function<void(const nlmsghdr*)>& visit) {
  header_->nlmsg_flags |= NLM_F_DUMP;
  return Exchange(visit);
}

Result<std::vector<Link>> ListLinks() {
  return ListConsistently<Link, ifinfomsg>(RTM_GETLINK, ParseLink, "list the links of the host");
}

Result<std::vector<LinkAddress>> ListAddresses() {
  return ListConsistently<LinkAddress, ifaddrmsg>(RTM_GETADDR, ParseAddress, "list the addresses of the host");
}

}  // namespace ordinal::network
