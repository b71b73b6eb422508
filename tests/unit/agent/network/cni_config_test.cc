#include "agent/network/cni_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/fakes/private_namespace.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::network {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class CniConfigTest : public ::testing::Test {
 protected:
  CniConfigTest() {
    options.bin_dirs = {scratch / "none", scratch / "bin"};
    options.owner = "ordinald:node-a";
    options.address_book = scratch / "book";
    for (const char* plugin : {"bridge", "host-local", "portmap", "loopback"}) {
      fakes::WriteFile(options.bin_dirs.back() + "/" + plugin, "");
      EXPECT_EQ(::chmod((options.bin_dirs.back() + "/" + plugin).c_str(), 0755), 0);
    }
  }

  std::string Text() { return fakes::ReadFile(conf + "/" + kCniFile); }
  Result<CniOutcome> Ensure() { return EnsureCniConfig(conf, options); }

  fakes::ScratchDirectory scratch;
  std::string conf = scratch / "net.d";
  CniOptions options;
};

TEST(RenderCniConfig, IsAListOfBridgeAndPortmap) {
  CniOptions options;
  options.owner = "ordinald:node-a";
  EXPECT_EQ(RenderCniConfig(options), R"({
  "cniVersion": "0.4.0",
  "name": "ordinal0",
  "ordinaldOwner": "ordinald:node-a",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "ordinal0",
      "isGateway": true,
      "ipMasq": true,
      "hairpinMode": true,
      "ipam": {
        "type": "host-local",
        "dataDir": "/var/lib/cni/networks",
        "ranges": [
          [
            {
              "subnet": "10.244.0.0/24"
            }
          ]
        ],
        "routes": [
          {
            "dst": "0.0.0.0/0"
          }
        ]
      }
    },
    {
      "type": "portmap",
      "capabilities": {
        "portMappings": true
      }
    }
  ]
}
)");
}

TEST(RenderCniConfig, RoutesTheFamilyOfThePods) {
  CniOptions options;
  options.pod_cidr = "fd00:244::/64";
  EXPECT_THAT(RenderCniConfig(options), HasSubstr(R"("dst": "::/0")"));
}

TEST_F(CniConfigTest, IsWrittenOnceAndRefreshedWhenTheSettingsChange) {
  EXPECT_EQ(*Ensure(), CniOutcome::kWritten);
  EXPECT_EQ(Text(), RenderCniConfig(options));
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(conf)) files.push_back(entry.path().filename());
  EXPECT_THAT(files, UnorderedElementsAre(kCniFile)) << "no draft stays behind";
  EXPECT_EQ(*Ensure(), CniOutcome::kUnchanged);

  options.pod_cidr = "10.9.0.0/24";
  EXPECT_EQ(*Ensure(), CniOutcome::kRefreshed);
  EXPECT_EQ(Text(), RenderCniConfig(options));

  fakes::WriteFile(conf + "/" + kCniFile, "{\"cniVers");  // a power cut
  EXPECT_EQ(*Ensure(), CniOutcome::kRefreshed);
  EXPECT_EQ(Text(), RenderCniConfig(options));
}

TEST_F(CniConfigTest, AnybodyElsesConfigurationIsLeftAlone) {
  for (const std::string name : {"05-host.conf", "87-podman.conflist", "x.json"}) {
    std::filesystem::remove_all(conf);
    fakes::WriteFile(conf + "/" + name, "{}");
    EXPECT_EQ(*Ensure(), CniOutcome::kForeign) << name;
    EXPECT_FALSE(std::filesystem::exists(conf + "/" + kCniFile)) << name;
  }
  std::filesystem::remove_all(conf);
  fakes::WriteFile(conf + "/README.txt", "not a configuration");
  EXPECT_EQ(*Ensure(), CniOutcome::kWritten);
}

TEST_F(CniConfigTest, AnotherAgentsConfigurationIsForeignToo) {
  EXPECT_EQ(*Ensure(), CniOutcome::kWritten);
  const std::string theirs = Text();
  options.owner = "ordinald:node-b";
  options.pod_cidr = "10.9.0.0/24";
  EXPECT_EQ(*Ensure(), CniOutcome::kForeign);
  EXPECT_TRUE(RemoveCniConfig(conf, options.owner).ok());
  EXPECT_EQ(Text(), theirs);
}

TEST_F(CniConfigTest, AMissingPluginIsNamedWithItsPackage) {
  std::filesystem::remove(options.bin_dirs.back() + "/host-local");
  const auto outcome = Ensure();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(outcome.error().message, HasSubstr("\"host-local\""));
  EXPECT_THAT(outcome.error().message, HasSubstr("containernetworking-plugins"));
}

TEST_F(CniConfigTest, APodCidrThatIsNoNetworkIsRefused) {
  for (const std::string cidr : {"", "10.244.0.0", "10.244.0.0/31", "10.244.0/24", "10.244.0.0/24x", "/24",
                                 "fd00::/127", "10.244.0.0/0", "10.244.0.0/-1"}) {
    options.pod_cidr = cidr;
    ASSERT_FALSE(Ensure().ok()) << cidr;
    EXPECT_EQ(Ensure().error().code, ErrorCode::kInvalid) << cidr;
  }
}

TEST_F(CniConfigTest, RemovingTakesTheFileAndTheRecordsOfItsAddresses) {
  const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNET, [&] {
    ASSERT_TRUE(Ensure().ok());
    fakes::WriteFile(options.address_book + "/ordinal0/last_reserved_ip.0", "10.244.0.7");
    fakes::WriteFile(options.address_book + "/other/10.1.1.1", "theirs");

    const auto removed = RemoveCniConfig(conf, options.owner);

    ASSERT_TRUE(removed.ok()) << removed.error().message;
    EXPECT_FALSE(std::filesystem::exists(conf + "/" + kCniFile));
    EXPECT_FALSE(std::filesystem::exists(options.address_book + "/ordinal0"));
    EXPECT_TRUE(std::filesystem::exists(options.address_book + "/other/10.1.1.1"));
    EXPECT_TRUE(RemoveCniConfig(conf, options.owner).ok()) << "twice is success";
  });
  if (!refusal.empty()) GTEST_SKIP() << refusal;
}

TEST_F(CniConfigTest, AGarbledFileOfOursIsNotTakenForAnything) {
  for (const std::string text : {"", "[]", "{\"ordinaldOwner\": 1}", "{\"ordinaldOwner\": \"ordinald:node-b\"}"}) {
    fakes::WriteFile(conf + "/" + kCniFile, text);
    EXPECT_TRUE(RemoveCniConfig(conf, options.owner).ok()) << text;
    EXPECT_EQ(Text(), text);
  }
}

}  // namespace
}  // namespace ordinal::network
