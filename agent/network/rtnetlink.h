// Requests to the kernel's rtnetlink (rtnetlink(7)) and what it tells of links and addresses. Blocks for a moment;
// works in the network namespace of the calling thread.
#pragma once

#include <libmnl/libmnl.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::network {

using HardwareAddress = std::array<uint8_t, 6>;

struct Link {
  unsigned index = 0;
  unsigned master = 0;  ///< Index of the bridge it is a port of; 0 = none.
  std::string name;
  std::string alias;  ///< What `ip link` shows as "alias".
  std::string kind;   ///< "bridge", "veth"; empty for hardware and lo.
  HardwareAddress hardware{};
};

struct LinkAddress {
  unsigned link = 0;
  std::string text;        ///< "169.254.20.10", "fd00::10"
  bool by_kernel = false;  ///< Of link scope: an IPv6 address the kernel gave by itself.
};

Result<std::vector<Link>> ListLinks();
Result<std::vector<LinkAddress>> ListAddresses();

/// One message, put together by the caller.
class Request {
 public:
  Request(uint16_t type, uint16_t flags);

  nlmsghdr* header() { return header_; }
  template <class T>
  T* Extra() {
    return static_cast<T*>(mnl_nlmsg_put_extra_header(header_, sizeof(T)));
  }

  /// Sends it and waits for the acknowledgement: 0, or the errno the kernel answered.
  int Send();
  /// Sends it with NLM_F_DUMP and calls `visit` for each message of the answer: 0 or an errno.
  int Dump(const std::function<void(const nlmsghdr*)>& visit);

 private:
  int Exchange(const std::function<void(const nlmsghdr*)>& visit);

  alignas(NLMSG_ALIGNTO) std::array<char, 2048> buffer_{};
  nlmsghdr* header_;
};

}  // namespace ordinal::network
