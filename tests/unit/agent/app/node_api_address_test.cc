#include "agent/app/node_api_address.h"

#include <gmock/gmock.h>

#include "agent/app/host.h"

namespace ordinal {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsEmpty;

Config Listening(const std::string& where) {
  Config config;
  config.node_api_listen = where;
  return config;
}

TEST(NodeApiAddress, IsAKubeletsUnlessSomebodySaysOtherwise) {
  EXPECT_THAT(NodeApiListen(Listening("")), AnyOf("0.0.0.0:10250", "[::]:10250"));
  EXPECT_EQ(NodeApiListen(Listening("127.0.0.1:10260")), "127.0.0.1:10260");
  EXPECT_THAT(NodeApiAddresses(Listening("127.0.0.7:10260")), Contains("127.0.0.7"));
  EXPECT_THAT(NodeApiAddresses(Listening("")), Contains(AddressOf(NodeApiListen(Listening("")))));
  for (const std::string& own : HostAddresses()) EXPECT_THAT(NodeApiAddresses(Listening("")), Contains(own));
}

TEST(NodeApiAddress, OffIsNowhere) {
  EXPECT_EQ(NodeApiListen(Listening("off")), "");
  EXPECT_THAT(NodeApiAddresses(Listening("off")), IsEmpty());
}

TEST(OwnPorts, TheNodesOwnApiIsOne) {
  const auto ports = OwnPorts({"127.0.0.1:6443"}, {"169.254.20.10:53"}, "192.0.2.7:10250");
  ASSERT_EQ(ports.size(), 4U);
  EXPECT_EQ(ports[1].port.host_port, 10250);
  EXPECT_EQ(ports[1].port.host_ip, "192.0.2.7");
  EXPECT_EQ(ports[1].port.protocol, "TCP");
  EXPECT_EQ(OwnPorts({"127.0.0.1:6443"}, {"169.254.20.10:53"}, "").size(), 3U);
}

}  // namespace
}  // namespace ordinal
