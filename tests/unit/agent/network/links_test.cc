// Links, in a network namespace of the test's own.
#include "agent/network/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <sys/stat.h>

#include "agent/network/cni_config.h"
#include "agent/network/rtnetlink.h"
#include "tests/fakes/private_namespace.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::network {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kOwner[] = "ordinald:node-a";
constexpr char kName[] = "ordinal-dns";

void InNamespace(const std::function<void()>& body) {
  const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNET, body);
  if (!refusal.empty()) GTEST_SKIP() << refusal;
}

Link Named(const std::string& name) {
  const auto links = ListLinks();
  EXPECT_TRUE(links.ok()) << links.error().message;
  for (const Link& link : *links) {
    if (link.name == name) return link;
  }
  return {};
}

std::vector<std::string> AddressesOf(const std::string& name) {
  const auto addresses = ListAddresses();
  EXPECT_TRUE(addresses.ok()) << addresses.error().message;
  std::vector<std::string> found;
  for (const LinkAddress& address : *addresses) {
    if (address.link == Named(name).index && !address.by_kernel) found.push_back(address.text);
  }
  return found;
}

/// A bridge of somebody else, as `ip link add` makes it; `master` makes it a port if it can be one.
void AddForeignLink(const std::string& name, const std::string& kind, unsigned master = 0) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  request.Extra<ifinfomsg>();
  mnl_attr_put_strz(request.header(), IFLA_IFNAME, name.c_str());
  if (master != 0) mnl_attr_put_u32(request.header(), IFLA_MASTER, master);
  nlattr* info = mnl_attr_nest_start(request.header(), IFLA_LINKINFO);
  mnl_attr_put_strz(request.header(), IFLA_INFO_KIND, kind.c_str());
  mnl_attr_nest_end(request.header(), info);
  const int failure = request.Send();
  ASSERT_EQ(failure, 0) << std::strerror(failure);
}

TEST(EnsureLink, MakesAMarkedLinkWithTheAddressesAndIsIdempotent) {
  InNamespace([] {
    for (int time = 0; time < 2; ++time) {
      const auto made = EnsureLink(kName, kOwner, {"169.254.20.10", "fd00:0:0::10"});
      ASSERT_TRUE(made.ok()) << made.error().message;
      EXPECT_EQ(Named(kName).kind, "bridge");
      EXPECT_EQ(Named(kName).alias, kOwner);
      EXPECT_THAT(AddressesOf(kName), ElementsAre("169.254.20.10", "fd00::10"));
    }
  });
}

TEST(EnsureLink, TakesOffAddressesOfAnEarlierConfiguration) {
  InNamespace([] {
    ASSERT_TRUE(EnsureLink(kName, kOwner, {"169.254.20.10", "fd00::10"}).ok());
    const auto changed = EnsureLink(kName, kOwner, {"169.254.20.11"});
    ASSERT_TRUE(changed.ok()) << changed.error().message;
    EXPECT_THAT(AddressesOf(kName), ElementsAre("169.254.20.11"));
  });
}

TEST(EnsureLink, LeavesAddressesWhereTheHostHasThem) {
  InNamespace([] {
    ASSERT_TRUE(EnsureLink("eth9", "the host", {"192.0.2.7"}).ok());

    ASSERT_TRUE(EnsureLink(kName, kOwner, {"192.0.2.7"}).ok());
    EXPECT_EQ(Named(kName).index, 0U) << "no link is needed for it";

    ASSERT_TRUE(EnsureLink(kName, kOwner, {"192.0.2.7", "169.254.20.10"}).ok());
    EXPECT_THAT(AddressesOf(kName), ElementsAre("169.254.20.10"));
    EXPECT_THAT(AddressesOf("eth9"), ElementsAre("192.0.2.7"));
  });
}

TEST(EnsureLink, RefusesALinkOfSomebodyElse) {
  InNamespace([] {
    AddForeignLink(kName, "bridge");
    const auto refused = EnsureLink(kName, kOwner, {"169.254.20.10"});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
    EXPECT_THAT(refused.error().message, HasSubstr("--dns-link"));
    EXPECT_THAT(AddressesOf(kName), IsEmpty());

    ASSERT_TRUE(EnsureLink("ordinal-b", "ordinald:node-b", {"169.254.20.20"}).ok());
    EXPECT_FALSE(EnsureLink("ordinal-b", kOwner, {"169.254.20.10"}).ok()) << "another agent's";
    EXPECT_THAT(AddressesOf("ordinal-b"), ElementsAre("169.254.20.20"));
  });
}

TEST(EnsureLink, AdoptsWhatItWasKilledWhileMaking) {
  InNamespace([] {
    ASSERT_TRUE(EnsureLink(kName, kOwner, {}).ok());
    EXPECT_EQ(Named(kName).index, 0U);
    ASSERT_TRUE(EnsureLink(kName, kOwner, {"169.254.20.10"}).ok());
    Request request(RTM_SETLINK, 0);  // as it is before the alias is set
    request.Extra<ifinfomsg>()->ifi_index = static_cast<int>(Named(kName).index);
    mnl_attr_put(request.header(), IFLA_IFALIAS, 0, nullptr);
    ASSERT_EQ(request.Send(), 0);
    ASSERT_EQ(Named(kName).alias, "");

    EXPECT_FALSE(EnsureLink(kName, "ordinald:node-b", {"169.254.20.20"}).ok());
    ASSERT_TRUE(EnsureLink(kName, kOwner, {"169.254.20.10"}).ok());
    EXPECT_EQ(Named(kName).alias, kOwner);
  });
}

TEST(EnsureLink, RefusesWhatIsNoAddressAndNoName) {
  InNamespace([] {
    for (const std::string address : {"", "169.254.20", "169.254.20.10/32", "fe80::1::2", "node-a"}) {
      const auto refused = EnsureLink(kName, kOwner, {address});
      ASSERT_FALSE(refused.ok()) << address;
      EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    }
    for (const std::string name : {"", "sixteen-letters-", "a/b"}) {
      ASSERT_FALSE(EnsureLink(name, kOwner, {"169.254.20.10"}).ok()) << name;
    }
    EXPECT_EQ(Named(kName).index, 0U);
  });
}

TEST(RemoveLink, RemovesOnlyItsOwn) {
  InNamespace([] {
    ASSERT_TRUE(EnsureLink(kName, kOwner, {"169.254.20.10"}).ok());
    AddForeignLink("theirs", "bridge");

    EXPECT_EQ(RemoveLink("theirs", kOwner).error().code, ErrorCode::kFailedPrecondition);
    EXPECT_FALSE(RemoveLink(kName, "ordinald:node-b").ok());
    EXPECT_NE(Named(kName).index, 0U);

    EXPECT_TRUE(RemoveLink(kName, kOwner).ok());
    EXPECT_EQ(Named(kName).index, 0U);
    EXPECT_TRUE(RemoveLink(kName, kOwner).ok()) << "twice is success";
    EXPECT_NE(Named("theirs").index, 0U);
  });
}

TEST(RemoveEmptyBridge, KeepsOneWithPortsAndWhatIsNoBridge) {
  InNamespace([] {
    constexpr char kGateway[] = "10.244.0.1";
    AddForeignLink("ordinal0", "bridge");
    AddForeignLink("port", "veth", Named("ordinal0").index);

    const auto kept = RemoveEmptyBridge("ordinal0", kGateway);
    ASSERT_FALSE(kept.ok());
    EXPECT_THAT(kept.error().message, HasSubstr("still has ports"));
    EXPECT_FALSE(RemoveEmptyBridge("port", kGateway).ok());
    EXPECT_FALSE(RemoveEmptyBridge("lo", kGateway).ok());

    Request request(RTM_DELLINK, 0);
    request.Extra<ifinfomsg>()->ifi_index = static_cast<int>(Named("port").index);
    ASSERT_EQ(request.Send(), 0);
    EXPECT_TRUE(RemoveEmptyBridge("ordinal0", kGateway).ok());
    EXPECT_EQ(Named("ordinal0").index, 0U);
    EXPECT_TRUE(RemoveEmptyBridge("ordinal0", kGateway).ok());
  });
}

TEST(RemoveEmptyBridge, KeepsABridgeOfTheHosts) {
  InNamespace([] {
    ASSERT_TRUE(EnsureLink("up0", "the host", {"192.0.2.10"}).ok());
    const auto kept = RemoveEmptyBridge("up0", "10.244.0.1");
    ASSERT_FALSE(kept.ok());
    EXPECT_EQ(kept.error().code, ErrorCode::kAlreadyExists);
    EXPECT_THAT(kept.error().message, HasSubstr("192.0.2.10"));
    EXPECT_NE(Named("up0").index, 0U);
    EXPECT_TRUE(RemoveEmptyBridge("up0", "192.0.2.10").ok());
    EXPECT_EQ(Named("up0").index, 0U);
  });
}

TEST(EnsureCniConfig, RefusesABridgeOfTheHostsAndRemovesNone) {
  const fakes::ScratchDirectory scratch;
  CniOptions options;
  options.owner = kOwner;
  options.bridge = "up0";
  options.bin_dirs = {scratch / "bin"};
  options.address_book = scratch / "book";
  for (const char* plugin : {"bridge", "host-local", "portmap", "loopback"}) {
    fakes::WriteFile(options.bin_dirs.back() + "/" + plugin, "");
    ASSERT_EQ(::chmod((options.bin_dirs.back() + "/" + plugin).c_str(), 0755), 0);
  }
  InNamespace([&] {
    ASSERT_TRUE(EnsureCniConfig(scratch / "net.d", options).ok());  // before there was such a link
    ASSERT_TRUE(EnsureLink("up0", "the host", {"192.0.2.10"}).ok());
    const auto refused = EnsureCniConfig(scratch / "net.d", options);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("--bridge"));
    EXPECT_TRUE(RemoveCniConfig(scratch / "net.d", kOwner).ok());
    EXPECT_FALSE(std::filesystem::exists(scratch / "net.d/10-ordinal.conflist"));
    EXPECT_NE(Named("up0").index, 0U);
    for (const char* name : {"", "a/b", "sixteen-letters-"}) {
      options.bridge = name;
      EXPECT_EQ(EnsureCniConfig(scratch / "net.d", options).error().code, ErrorCode::kInvalid) << name;
    }
  });
}

TEST(RemoveCniConfig, KeepsEverythingWhilePodsOfOthersUseTheBridge) {
  const fakes::ScratchDirectory scratch;
  CniOptions options;
  options.owner = kOwner;
  options.bin_dirs = {scratch / "bin"};
  options.address_book = scratch / "book";
  for (const char* plugin : {"bridge", "host-local", "portmap", "loopback"}) {
    fakes::WriteFile(options.bin_dirs.back() + "/" + plugin, "");
    ASSERT_EQ(::chmod((options.bin_dirs.back() + "/" + plugin).c_str(), 0755), 0);
  }
  fakes::WriteFile(scratch / "book/ordinal0/10.244.0.7", "another agent's pod");
  InNamespace([&] {
    ASSERT_TRUE(EnsureCniConfig(scratch / "net.d", options).ok());
    AddForeignLink("ordinal0", "bridge");
    AddForeignLink("port", "veth", Named("ordinal0").index);

    EXPECT_FALSE(RemoveCniConfig(scratch / "net.d", kOwner).ok());

    EXPECT_NE(Named("ordinal0").index, 0U);
    EXPECT_TRUE(std::filesystem::exists(scratch / "book/ordinal0/10.244.0.7"));
    EXPECT_TRUE(std::filesystem::exists(scratch / "net.d/10-ordinal.conflist"));
  });
}

}  // namespace
}  // namespace ordinal::network
