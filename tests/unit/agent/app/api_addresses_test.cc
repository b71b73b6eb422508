#include "agent/app/api_addresses.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

ApiAddresses AddressesFor(std::vector<std::string> listen, const std::string& pods = "10.244.3.0/24") {
  Config config;
  config.api_listen = std::move(listen);
  config.pod_cidr = pods;
  return ApiAddressesOf(config, {"192.0.2.7", "2001:db8::7"});
}

TEST(ApiAddresses, OnTheLoopbackTheGatewayIsListenedOnToo) {
  const ApiAddresses api = AddressesFor({"127.0.0.1:6443"});
  EXPECT_EQ(api.listen_ahead, "10.244.3.1:6443");
  EXPECT_EQ(api.own_network, "10.244.3.1");
  EXPECT_EQ(api.other_network, "") << "a network of somebody else's does not reach the loopback";
  EXPECT_EQ(api.host_network, "127.0.0.1");
  EXPECT_EQ(api.port, "6443");
}

TEST(ApiAddresses, WhoListensEverywhereListensThere) {
  const ApiAddresses api = AddressesFor({"0.0.0.0:7443"});
  EXPECT_EQ(api.listen_ahead, "");
  EXPECT_EQ(api.own_network, "10.244.3.1");
  EXPECT_EQ(api.other_network, "192.0.2.7");
  EXPECT_EQ(api.host_network, "127.0.0.1");
  EXPECT_EQ(AddressesFor({"[::]:7443"}).listen_ahead, "10.244.3.1:7443") << "of the other family";
}

TEST(ApiAddresses, AnAddressBeyondTheLoopbackIsForOthers) {
  const ApiAddresses api = AddressesFor({"192.0.2.9:6443"});
  EXPECT_EQ(api.other_network, "192.0.2.9");
  EXPECT_EQ(api.host_network, "192.0.2.9");
  EXPECT_EQ(AddressesFor({"127.0.0.1:6443", "192.0.2.9:6443"}).other_network, "192.0.2.9");
  EXPECT_EQ(AddressesFor({"127.0.0.1:6443", "192.0.2.9:8443"}).other_network, "") << "another port";
}

TEST(ApiAddresses, OfIpv6) {
  const ApiAddresses api = AddressesFor({"[::1]:6443"}, "fd00:1::/64");
  EXPECT_EQ(api.listen_ahead, "[fd00:1::1]:6443");
  EXPECT_EQ(api.own_network, "fd00:1::1");
  EXPECT_EQ(api.host_network, "::1");
}

TEST(ApiAddresses, AreNotKnownBeforeThePortIs) {
  const ApiAddresses api = AddressesFor({"127.0.0.1:0"});
  EXPECT_EQ(api.listen_ahead + api.own_network + api.host_network, "");
}

}  // namespace
}  // namespace ordinal
