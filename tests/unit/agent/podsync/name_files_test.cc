#include "agent/podsync/name_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Lines [from, to] of what the recorded pod printed, `from` and `to` counted from 1.
std::string RecordedLines(int from, int to) {
  std::ifstream log(std::string(ORDINAL_TEST_DATA) + "/podsync/security-and-env.log.txt");
  std::string out, line;
  for (int number = 1; std::getline(log, line); ++number) {
    if (number >= from && number <= to) out += line + "\n";
  }
  return out;
}

DnsSettings Cluster() {
  DnsSettings settings;
  settings.cluster_servers = {"10.96.0.10"};
  return settings;
}

DnsSettings WithHost() {
  DnsSettings settings = Cluster();
  settings.host = ParseResolvConf("search corp.example example.org\nnameserver 192.0.2.53\noptions timeout:1 edns0\n");
  return settings;
}

TEST(HostsFile, AsRecorded) {
  const api::Pod pod = PodFrom(Recorded("security-and-env.pod.json"));
  EXPECT_EQ(HostsFile(pod, {"10.244.0.30"}, "cluster.local"), RecordedLines(4, 14));
}

TEST(HostsFile, OfAPodWithoutSubdomainHasTheShortNameOnly) {
  const std::string text = HostsFile(PodWith(Spec({}, {"a"})), {"10.244.0.7", "fd00::7"}, "cluster.local");
  EXPECT_TRUE(text.ends_with("fe00::2\tip6-allrouters\n10.244.0.7\tkubia-0\nfd00::7\tkubia-0\n")) << text;
}

TEST(HostNetworkHostsFile, IsTheHostsOwnWithTheAliases) {
  Json spec = Spec({}, {"a"});
  EXPECT_EQ(HostNetworkHostsFile(PodWith(spec), "127.0.0.1 localhost\n"),
            "# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n");
  spec["hostAliases"] = Json::parse(R"([{"ip":"10.1.2.3","hostnames":["foo.local","bar.local"]}])");
  EXPECT_EQ(HostNetworkHostsFile(PodWith(spec), "127.0.0.1 localhost\n"),
            "# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n"
            "\n# Entries added by HostAliases.\n10.1.2.3\tfoo.local\tbar.local\n");
}

TEST(Hostname, IsTheSpecsOrThePodsNameAndFitsTheKernel) {
  struct Row {
    std::string name, hostname, expected;
  };
  for (const Row& row : std::vector<Row>{{"kubia-0", "", "kubia-0"},
                                         {"kubia-0", "custom", "custom"},
                                         {std::string(70, 'a'), "", std::string(63, 'a')},
                                         {std::string(62, 'a') + "-b", "", std::string(62, 'a')},
                                         {std::string(61, 'a') + ".-b", "", std::string(61, 'a')}}) {
    Json document = PodDocument(Spec({}, {"a"}));
    document["metadata"]["name"] = row.name;
    document["spec"]["hostname"] = row.hostname;
    EXPECT_EQ(Hostname(PodFrom(document)), row.expected);
  }
}

TEST(FullyQualifiedName, NeedsASubdomain) {
  EXPECT_EQ(FullyQualifiedName(PodFrom(Recorded("security-and-env.pod.json")), "cluster.local"),
            "custom.sub.default.svc.cluster.local");
  EXPECT_EQ(FullyQualifiedName(PodWith(Spec({}, {"a"})), "cluster.local"), "");
}

TEST(ParseResolvConf, ReadsWhatResolversRead) {
  const cri::DnsConfig config = ParseResolvConf(
      "# comment\n; another\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 # first\nsortlist 1.2.3.4\n"
      "domain old.example\nsearch a.example b.example\nsearch c.example .\noptions ndots:2\noptions ndots:2 rotate\n");
  EXPECT_THAT(config.servers, ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(config.searches, ElementsAre("c.example"));  // the last one counts, the root is no search domain
  EXPECT_THAT(config.options, ElementsAre("ndots:2", "rotate"));
  EXPECT_THAT(ParseResolvConf("").servers, IsEmpty());
}

TEST(PodDns, AsRecorded) {
  const cri::DnsConfig dns = PodDns(PodFrom(Recorded("security-and-env.pod.json")), Cluster());
  const Json recorded = Recorded("security-and-env.cri-sandbox.json")["config"]["dns_config"];
  EXPECT_EQ(Json(dns.servers), recorded["servers"]);
  EXPECT_EQ(Json(dns.searches), recorded["searches"]);
  EXPECT_EQ(Json(dns.options), recorded["options"]);
}

struct PolicyCase {
  std::string name, policy;
  bool host_network;
  std::string expected;  ///< servers | searches | options
};
void PrintTo(const PolicyCase& c, std::ostream* out) { *out << c.name; }
class DnsPolicy : public ::testing::TestWithParam<PolicyCase> {};

std::string OnOneLine(const cri::DnsConfig& dns) {
  return fmt::format("{} | {} | {}", fmt::join(dns.servers, " "), fmt::join(dns.searches, " "),
                     fmt::join(dns.options, " "));
}

const char kInCluster[] =
    "10.96.0.10 | default.svc.cluster.local svc.cluster.local cluster.local corp.example example.org | ndots:5";
const char kAsHost[] = "192.0.2.53 | corp.example example.org | timeout:1 edns0";

TEST_P(DnsPolicy, Decides) {
  Json spec = Spec({}, {"a"});
  if (!GetParam().policy.empty()) spec["dnsPolicy"] = GetParam().policy;
  spec["hostNetwork"] = GetParam().host_network;
  EXPECT_EQ(OnOneLine(PodDns(PodWith(spec), WithHost())), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    PodDns, DnsPolicy,
    ::testing::Values(PolicyCase{"Unset", "", false, kInCluster},
                      PolicyCase{"ClusterFirst", "ClusterFirst", false, kInCluster},
                      PolicyCase{"ClusterFirstOnTheHostsNetwork", "ClusterFirst", true, kAsHost},
                      PolicyCase{"WithHostNet", "ClusterFirstWithHostNet", true, kInCluster},
                      PolicyCase{"WithHostNetWithout", "ClusterFirstWithHostNet", false, kInCluster},
                      PolicyCase{"Default", "Default", false, kAsHost}, PolicyCase{"None", "None", false, " |  | "}),
    [](const auto& test) { return test.param.name; });

TEST(PodDns, DnsConfigIsMergedInEveryPolicy) {
  Json spec = Spec({}, {"a"});
  spec["dnsConfig"] = Json::parse(R"({"nameservers":["1.1.1.1","10.96.0.10"],"searches":["my.example","corp.example"],
      "options":[{"name":"ndots","value":"2"},{"name":"edns0"}]})");
  const std::vector<std::pair<std::string, std::string>> table = {
      {"ClusterFirst",
       "10.96.0.10 1.1.1.1 | default.svc.cluster.local svc.cluster.local cluster.local corp.example example.org "
       "my.example | ndots:2 edns0"},
      {"Default", "192.0.2.53 1.1.1.1 10.96.0.10 | corp.example example.org my.example | timeout:1 ndots:2 edns0"},
      {"None", "1.1.1.1 10.96.0.10 | my.example corp.example | ndots:2 edns0"},
  };
  for (const auto& [policy, expected] : table) {
    spec["dnsPolicy"] = policy;
    EXPECT_EQ(OnOneLine(PodDns(PodWith(spec), WithHost())), expected) << policy;
  }
}

TEST(PodDns, IsCutToWhatResolversTake) {
  Json spec = Spec({}, {"a"});
  spec["dnsConfig"]["nameservers"] = {"1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4"};
  for (int i = 0; i < 40; ++i) spec["dnsConfig"]["searches"].push_back(fmt::format("s{}.example", i));
  const cri::DnsConfig dns = PodDns(PodWith(spec), Cluster());
  EXPECT_THAT(dns.servers, ElementsAre("10.96.0.10", "1.0.0.1", "1.0.0.2"));
  EXPECT_EQ(dns.searches.size(), 32U);
}

}  // namespace
}  // namespace ordinal::podsync
