#include "agent/http/bearer.h"

#include <gtest/gtest.h>

namespace ordinal::http {
namespace {

Request Handshake(const std::string& protocols) {
  Request request;
  request.headers = {{"upgrade", "WebSocket"}, {"connection", "keep-alive, Upgrade"}};
  if (!protocols.empty()) request.headers.emplace("sec-websocket-protocol", protocols);
  return request;
}

TEST(SubprotocolBearer, IsTakenOutOfTheSubprotocols) {
  constexpr char kPrefix[] = "base64url.bearer.authorization.k8s.io.";
  const struct {
    std::string offered;
    const char *token, *left;
  } kCases[] = {
      {"", "", ""},
      {"v4.channel.k8s.io, binary.k8s.io", "", "v4.channel.k8s.io, binary.k8s.io"},
      {std::string(kPrefix) + "c2VjcmV0, binary.k8s.io", "secret", "binary.k8s.io"},
      {std::string("a,") + kPrefix + "Pz8_fn5-,b", "???~~~", "a, b"},
      {std::string(kPrefix) + "c2VjcmV0", " ", ""},                                // nothing is left to choose
      {std::string(kPrefix) + ", binary.k8s.io", " ", "binary.k8s.io"},            // no token
      {std::string(kPrefix) + "c2VjcmV0==, binary.k8s.io", " ", "binary.k8s.io"},  // padded
      {std::string(kPrefix) + "c2Vjc, binary.k8s.io", " ", "binary.k8s.io"},       // cut off
      {std::string(kPrefix) + "_w, binary.k8s.io", " ", "binary.k8s.io"},          // no UTF-8
      {std::string(kPrefix) + "YQ, " + kPrefix + "YQ, binary.k8s.io", " ", "binary.k8s.io"},
  };
  for (const auto& [offered, token, left] : kCases) {
    SCOPED_TRACE(offered);
    Request request = Handshake(offered);
    EXPECT_EQ(TakeSubprotocolBearer(request), token);
    EXPECT_EQ(request.Header("sec-websocket-protocol"), left);
  }
}

TEST(SubprotocolBearer, CountsInHandshakesOnly) {
  constexpr char kOffered[] = "base64url.bearer.authorization.k8s.io.c2VjcmV0, binary.k8s.io";
  for (const char* missing : {"upgrade", "connection"}) {
    Request request = Handshake(kOffered);
    request.headers.erase(missing);
    EXPECT_EQ(TakeSubprotocolBearer(request), "") << missing;
    EXPECT_EQ(request.Header("sec-websocket-protocol"), kOffered);
  }
}

}  // namespace
}  // namespace ordinal::http
