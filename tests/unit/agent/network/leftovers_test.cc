#include "agent/network/leftovers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/private_namespace.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::network {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kGone[] = "aaaabbbbccccddddeeeeffff00001111222233334444555566667777aaaabbbb";
constexpr char kThere[] = "bbbbbbbbccccddddeeeeffff00001111222233334444555566667777aaaabbbb";

class LeftoversTest : public ::testing::Test {
 protected:
  LeftoversTest() {
    places.address_book = scratch / "networks";
    places.records = {scratch / "results"};
    places.namespaces = scratch / "netns";
  }

  void Reserve(const std::string& address, const std::string& container) {
    fakes::WriteFile(places.address_book + "/ordinal0/" + address, container + "\r\neth0");
  }
  std::string Record(const std::string& container, const std::string& name_space) {
    const std::string path = fmt::format("{}/ordinal0-{}-eth0", places.records.front(), container);
    fakes::WriteFile(path, fmt::format(R"({{"kind": "cniCacheV1", "networkName": "ordinal0", "containerId": "{}",
        "result": {{"interfaces": [{{"name": "veth1"}}, {{"name": "eth0", "sandbox": "{}"}}]}}}})",
                                       container, name_space));
    return path;
  }
  /// A host without any firewall.
  Leftovers OnDisk() {
    return Leftovers(places, [](const auto& command, const auto&) -> Result<std::string> {
      return MakeError(ErrorCode::kNotFound, command.front());
    });
  }

  fakes::ScratchDirectory scratch;
  CniPlaces places;
};

TEST_F(LeftoversTest, AddressesRecordsAndNamespacesOfTheDeadGo) {
  Reserve("10.244.0.2", kGone);
  Reserve("10.244.0.3", kThere);
  fakes::WriteFile(places.address_book + "/ordinal0/last_reserved_ip.0", "10.244.0.3");
  fakes::WriteFile(places.namespaces + "/cni-1", "");
  fakes::WriteFile(places.namespaces + "/cni-2", "");
  const std::string dead = Record(kGone, places.namespaces + "/cni-1");
  const std::string alive = Record(kThere, places.namespaces + "/cni-2");
  ASSERT_TRUE(OnDisk().Remove({kGone}).ok());
  EXPECT_FALSE(fs::exists(places.address_book + "/ordinal0/10.244.0.2"));
  EXPECT_TRUE(fs::exists(places.address_book + "/ordinal0/10.244.0.3"));
  EXPECT_TRUE(fs::exists(places.address_book + "/ordinal0/last_reserved_ip.0"));
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(alive));
  EXPECT_FALSE(fs::exists(places.namespaces + "/cni-1"));
  EXPECT_TRUE(fs::exists(places.namespaces + "/cni-2"));
}

TEST_F(LeftoversTest, ARecordLeadsToNothingButNamespacesOfSandboxes) {
  const std::string other = scratch / "precious/cni-1";
  const std::string not_a_sandboxs = places.namespaces + "/mine";
  fakes::WriteFile(other, "");
  fakes::WriteFile(not_a_sandboxs, "");
  for (const std::string& path : {other, not_a_sandboxs, places.namespaces + "/../precious/cni-1"}) {
    Record(kGone, path);
    ASSERT_TRUE(OnDisk().Remove({kGone}).ok());
  }
  EXPECT_TRUE(fs::exists(other));
  EXPECT_TRUE(fs::exists(not_a_sandboxs));
}

TEST_F(LeftoversTest, WhoseNamespaceIsThereLives) {
  fakes::WriteFile(places.namespaces + "/cni-2", "");
  Reserve("10.244.0.2", kGone);
  Reserve("10.244.0.3", kThere);
  Record(kThere, places.namespaces + "/cni-2");
  const auto attached = OnDisk().AttachedTo("ordinal0");
  ASSERT_TRUE(attached.ok());
  EXPECT_THAT(*attached, UnorderedElementsAre(kGone));
  EXPECT_THAT(*OnDisk().AttachedTo("other"), IsEmpty());
  EXPECT_THAT(OnDisk().AliveIn("ordinal0"), UnorderedElementsAre(kThere));
  EXPECT_THAT(OnDisk().AliveIn("other"), IsEmpty());
}

TEST_F(LeftoversTest, GarbageIsPassedOver) {
  fakes::WriteFile(places.records.front() + "/ordinal0-x-eth0", "{\"result\": [");
  fakes::WriteFile(places.records.front() + "/ordinal0-y-eth0", R"({"containerId": 7, "result": {"interfaces": 3}})");
  fakes::WriteFile(places.address_book + "/ordinal0/10.244.0.9", "");
  EXPECT_THAT(*OnDisk().AttachedTo("ordinal0"), IsEmpty());
  EXPECT_TRUE(OnDisk().Remove({kGone}).ok());
}

/// What the firewall does not let go of is tried again, and the records that name it are kept for that.
TEST_F(LeftoversTest, ARefusedChangeIsAnErrorAndKeepsTheRecords) {
  const std::string saved = fmt::format(
      "*nat\n-A POSTROUTING -m comment --comment \"name: \\\"ordinal0\\\" id: \\\"{}\\\"\" -j RETURN\nCOMMIT\n", kGone);
  const std::string record = Record(kGone, "");
  int tries = 0;
  const Leftovers leftovers(places, [&](const auto& command, const auto&) -> Result<std::string> {
    if (command.front() == "iptables-save") return saved;
    if (command.front() == "iptables-restore") ++tries;
    return MakeError(ErrorCode::kInternal, "locked");
  });
  EXPECT_FALSE(leftovers.Remove({kGone}).ok());
  EXPECT_EQ(tries, 3);
  EXPECT_TRUE(fs::exists(record));
}

/// The real programs, in a network namespace of the test's own.
TEST_F(LeftoversTest, RulesOfTheRealFirewallGo) {
  fs::create_directories(places.address_book + "/ordinal0");
  std::string why;
  const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNET | CLONE_NEWNS, [&] {
    const auto comment = [](const std::string& what, const std::string& id) {
      return fmt::format(R"(-m comment --comment "{}name: \"ordinal0\" id: \"{}\"")", what, id);
    };
    std::string script =
        "*nat\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-HOSTPORT-MASQ - [0:0]\n:CNI-HOSTPORT-SETMARK - [0:0]\n";
    script += ":CNI-4ed937b6e2dcf703bed5b882 - [0:0]\n:CNI-0123456789abcdef01234567 - [0:0]\n";
    script += ":CNI-DN-4ed937b6e2dcf703bed5b - [0:0]\n";
    script += "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n";
    for (const auto& [id, chain] :
         {std::pair{kGone, "CNI-4ed937b6e2dcf703bed5b882"}, std::pair{kThere, "CNI-0123456789abcdef01234567"}}) {
      script += fmt::format("-A POSTROUTING -s 10.244.0.2/32 {} -j {}\n", comment("", id), chain);
      script += fmt::format("-A {} ! -d 224.0.0.0/4 {} -j MASQUERADE\n", chain, comment("", id));
    }
    script += fmt::format("-A CNI-HOSTPORT-DNAT -p tcp {} -m multiport --dports 80 -j CNI-DN-4ed937b6e2dcf703bed5b\n",
                          comment("dnat ", kGone));
    const auto made = RunOnHost({"iptables-restore", "--noflush"}, script + "COMMIT\n");
    if (!made.ok()) {
      why = made.error().message;
      return;
    }
    const Leftovers leftovers(places);
    EXPECT_THAT(*leftovers.AttachedTo("ordinal0"), UnorderedElementsAre(kGone, kThere));
    const Status removed = leftovers.Remove({kGone});
    EXPECT_TRUE(removed.ok()) << removed.error().message;
    std::string left = RunOnHost({"iptables-save", "-t", "nat"}, {}).value();
    EXPECT_THAT(left, Not(HasSubstr("4ed937b6e2dcf703bed5b")));
    EXPECT_THAT(left, HasSubstr("-A POSTROUTING -s 10.244.0.2/32"));
    EXPECT_THAT(left, HasSubstr(":CNI-0123456789abcdef01234567"));
    EXPECT_TRUE(*leftovers.HasPortChains());
    EXPECT_TRUE(leftovers.RemovePortChains().ok());
    EXPECT_FALSE(*leftovers.HasPortChains());
    EXPECT_TRUE(leftovers.Remove({kGone}).ok());  // twice is harmless
  });
  if (!refusal.empty() || !why.empty()) GTEST_SKIP() << refusal << why;
}

TEST(RunOnHost, SaysWhatAProgramWroteAndHowItEnded) {
  EXPECT_EQ(*RunOnHost({"cat"}, std::string(200'000, 'x')), std::string(200'000, 'x'));
  const auto failed = RunOnHost({"sh", "-c", "echo sorry >&2; exit 3"}, {});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "sh ended with 3: sorry\n");
  EXPECT_EQ(RunOnHost({"no-such-program-of-ordinal"}, {}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace ordinal::network
