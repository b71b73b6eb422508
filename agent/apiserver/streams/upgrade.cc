#include "agent/apiserver/streams/upgrade.h"

#include <boost/algorithm/string/case_conv.hpp>

#include "agent/http/bearer.h"

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
    for (const std::string_view word : http::WordsOf(header->second)) protocols.emplace_back(word);
  }
  return protocols;
}

}  // namespace ordinal::apiserver::streams
