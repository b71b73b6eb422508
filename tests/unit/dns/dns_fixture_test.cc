#include <arpa/inet.h>
#include <fmt/format.h>

#include "tests/unit/dns/dns_fixture.h"

namespace ordinal::dns::testing {
namespace {

struct DataText {
  std::string operator()(const wire::AddressV4& address) const {
    char text[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, address.bytes.data(), text, sizeof(text));
  }
  std::string operator()(const wire::AddressV6& address) const {
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(AF_INET6, address.bytes.data(), text, sizeof(text));
  }
  std::string operator()(const wire::NameData& data) const { return data.name.ToText(); }
  std::string operator()(const wire::MxData& mx) const {
    return fmt::format("{} {}", mx.preference, mx.exchange.ToText());
  }
  std::string operator()(const wire::SrvData& srv) const {
    return fmt::format("{} {} {} {}", srv.priority, srv.weight, srv.port, srv.target.ToText());
  }
  std::string operator()(const wire::SoaData& soa) const {
    return fmt::format("{} {} * {} {} {} {}", soa.mname.ToText(), soa.rname.ToText(), soa.refresh, soa.retry,
                       soa.expire, soa.minimum);
  }
  std::string operator()(const wire::TxtData& txt) const {
    std::string text;
    for (const std::string& one : txt.strings) text += (text.empty() ? "\"" : " \"") + one + "\"";
    return text;
  }
  std::string operator()(const wire::RawData& raw) const { return fmt::format("\\# {}", raw.bytes.size()); }
};

}  // namespace

std::string ToText(const wire::Record& record) {
  return fmt::format("{} {} IN {} {}", record.owner.ToText(), record.ttl, wire::ToString(record.type),
                     std::visit(DataText{}, record.data));
}

std::vector<std::string> ToTexts(const std::vector<wire::Record>& records) {
  std::vector<std::string> texts;
  for (const wire::Record& record : records) texts.push_back(ToText(record));
  return texts;
}

}  // namespace ordinal::dns::testing
