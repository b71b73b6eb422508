// Draft: the records of one name while a snapshot is being compiled, still as plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/snapshot/records.h"
#include "dns/wire/message.h"

namespace ordinal::dns {

struct SrvDraft {
  uint16_t port = 0;
  wire::Name target;
};

/// Records in the order of insertion.
struct Draft {
  std::vector<wire::AddressV4> v4;
  std::vector<wire::AddressV6> v6;
  std::vector<SrvDraft> srv;
  std::vector<wire::Name> ptr;
  std::vector<std::string> txt;
  std::optional<wire::Name> cname;
};

/// An address of either family.
struct Address {
  std::optional<wire::AddressV4> v4;
  std::optional<wire::AddressV6> v6;
};

/// From text; neither family for anything else.
Address ParseAddress(const std::string& text);
/// "3.0.244.10.in-addr.arpa" or the nibbles under ip6.arpa (RFC 1035 section 3.5, RFC 3596 section 2.5).
wire::Name ReverseName(const Address& address);

/// Leaves the first of equal records. All names are in lower case.
void KeepOnce(Draft& draft);
/// Renders a draft without the additional section's links, which need the other nodes' places.
std::vector<RecordSet> Render(const Draft& draft);
/// Bytes of one rendered SRV record before its target name.
inline constexpr size_t kSrvTargetOffset = 18;

}  // namespace ordinal::dns
