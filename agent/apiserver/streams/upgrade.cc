#include "agent/apiserver/streams/upgrade.h"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>

namespace ordinal::apiserver::streams {
namespace {

constexpr char kProtocols[] = "sec-websocket-protocol";

}  // namespace

Protocol UpgradeOf(const http::Request& request) {
  const std::string wanted = boost::algorithm::to_lower_copy(std::string(request.Header("upgrade")));
  if (wanted == "websocket") return Protocol::kWebSocket;
  return wanted == "spdy/3.1" ? Protocol::kSpdy : Protocol::kNone;
}

std::vector<std::string> SubprotocolsOf(const http::Request& request) {
  std::vector<std::string> protocols;
  const auto [begin, end] = request.headers.equal_range(kProtocols);
  for (auto header = begin; header != end; ++header) {
    std::string_view rest = header->second;
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      std::string word = boost::algorithm::trim_copy(std::string(rest.substr(0, comma)));
      if (!word.empty()) protocols.push_back(std::move(word));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return protocols;
}

}  // namespace ordinal::apiserver::streams
