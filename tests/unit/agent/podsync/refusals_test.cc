// Pods that this node does not take, and kernel parameters that pods may set.
#include "agent/podsync/refusals.h"

#include <gmock/gmock.h>

#include "agent/podsync/sysctls.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Json WithSysctl(const char* name, Json more = Json::object()) {
  Json spec = Spec({}, {"main"});
  spec["securityContext"]["sysctls"] = Json::array({Json{{"name", name}, {"value", "1"}}});
  spec.update(more);
  return spec;
}

std::string ReasonOf(const Json& spec, const NodeFacts& node = {}) {
  const std::optional<Refusal> refusal = RefusalOf(PodWith(spec), node);
  return refusal ? refusal->reason + ": " + refusal->message : "";
}

TEST(Sysctls, HaveTwoSpellings) {
  EXPECT_EQ(DottedSysctl("net.ipv4.tcp_syncookies"), "net.ipv4.tcp_syncookies");
  EXPECT_EQ(DottedSysctl("net/ipv4/tcp_syncookies"), "net.ipv4.tcp_syncookies");
  EXPECT_EQ(DottedSysctl("net/ipv4/conf/eth0.1/arp_accept"), "net.ipv4.conf.eth0/1.arp_accept");
  EXPECT_EQ(DottedSysctl("net.ipv4.conf.eth0/1.arp_accept"), "net.ipv4.conf.eth0/1.arp_accept");
}

TEST(Sysctls, OnlyWhatIsEachNamespacesOwnCanBeAllowed) {
  for (const char* good :
       {"kernel.msg*", "kernel.shmmax", "kernel.sem", "fs.mqueue.*", "net.*", "net/core/somaxconn"}) {
    EXPECT_EQ(FaultOfSysctlPattern(good), "") << good;
  }
  for (const char* bad : {"*", "", "kernel.*", "vm.swappiness", "net.*.x", "kernel.Sem"}) {
    EXPECT_NE(FaultOfSysctlPattern(bad), "") << bad;
  }
}

TEST(Refusals, SafeSysctlsAndAllowedOnesAreTaken) {
  EXPECT_EQ(ReasonOf(WithSysctl("net.ipv4.tcp_syncookies")), "");
  EXPECT_EQ(ReasonOf(WithSysctl("net/ipv4/ip_local_port_range")), "");
  EXPECT_EQ(ReasonOf(WithSysctl("kernel.msgmax")),
            "SysctlForbidden: forbidden sysctl: \"kernel.msgmax\" not allowlisted");
  NodeFacts node;
  node.allowed_unsafe_sysctls = {"kernel.msg*", "net/core/somaxconn"};
  EXPECT_EQ(ReasonOf(WithSysctl("kernel.msgmax"), node), "");
  EXPECT_EQ(ReasonOf(WithSysctl("net.core.somaxconn"), node), "");
  EXPECT_THAT(ReasonOf(WithSysctl("kernel.shmmax"), node), StartsWith("SysctlForbidden"));
}

TEST(Refusals, APodForAnotherSystemIsNotTaken) {
  EXPECT_EQ(ReasonOf(WithSysctl("kernel.sem", {{"os", {{"name", "windows"}}}})),
            "PodOSNotSupported: the pod is for windows (spec.os.name), and this node runs linux");
  Json spec = Spec({}, {"main"});
  spec["os"] = {{"name", "linux"}};
  EXPECT_EQ(ReasonOf(spec), "");
}

TEST(Refusals, SysctlsOfTheHostAreNoPods) {
  EXPECT_EQ(ReasonOf(WithSysctl("net.ipv4.tcp_syncookies", {{"hostNetwork", true}})),
            "SysctlForbidden: forbidden sysctl: \"net.ipv4.tcp_syncookies\" not allowed with host Net enabled");
  EXPECT_EQ(ReasonOf(WithSysctl("kernel.shm_rmid_forced", {{"hostIPC", true}})),
            "SysctlForbidden: forbidden sysctl: \"kernel.shm_rmid_forced\" not allowed with host IPC enabled");
  EXPECT_EQ(ReasonOf(WithSysctl("net.ipv4.tcp_syncookies", {{"hostIPC", true}})), "");
}

TEST(Refusals, StrictGroupsNeedTheRuntime) {
  Json spec = Spec({}, {"main"});
  spec["securityContext"]["supplementalGroupsPolicy"] = "Strict";
  NodeFacts node;
  node.runtime.runtime = "containerd 1.6.20";
  EXPECT_THAT(ReasonOf(spec, node),
              StartsWith("SupplementalGroupsPolicyNotSupported: SupplementalGroupsPolicy=Strict is "
                         "not supported in this node"));
  node.runtime.strict_groups = true;
  EXPECT_EQ(ReasonOf(spec, node), "");
}

TEST(Refusals, AppArmorNeedsTheHost) {
  Json spec = Spec({"i"}, {"main"});
  const Json confined{{"type", "RuntimeDefault"}}, free{{"type", "Unconfined"}};
  const char* refused = "AppArmor: Cannot enforce AppArmor: AppArmor is not enabled on the host";
  for (const char* where : {"/securityContext", "/initContainers/0/securityContext", "/containers/0/securityContext"}) {
    Json changed = spec;
    changed[Json::json_pointer(where)]["appArmorProfile"] = confined;
    EXPECT_EQ(ReasonOf(changed), refused) << where;
    NodeFacts with;
    with.runtime.apparmor = true;
    EXPECT_EQ(ReasonOf(changed, with), "") << where;
    changed[Json::json_pointer(where)]["appArmorProfile"] = free;
    EXPECT_EQ(ReasonOf(changed), "") << where;
  }
  spec["securityContext"]["appArmorProfile"] = confined;
  Json running = PodDocument(spec);
  running["status"]["phase"] = "Running";
  EXPECT_FALSE(RefusalOf(PodFrom(running), NodeFacts())) << "it was let in when the host had it";
}

TEST(Refusals, APodThatWasBegunIsLetBeWhateverTheHostHasNow) {
  Json strict = Spec({}, {"main"});
  strict["securityContext"]["supplementalGroupsPolicy"] = "Strict";
  for (const Json& spec : {WithSysctl("kernel.msgmax"), strict}) {
    EXPECT_NE(ReasonOf(spec), "");
    Json running = PodDocument(spec);
    running["status"]["phase"] = "Running";
    EXPECT_FALSE(RefusalOf(PodFrom(running), NodeFacts()));
    Json begun = PodDocument(spec);
    begun["status"] = {{"phase", "Pending"}, {"startTime", "2024-01-01T00:00:00Z"}};
    EXPECT_FALSE(RefusalOf(PodFrom(begun), NodeFacts())) << "its containers may be there";
  }
}

TEST(Refusals, APodThatIsRefusedFailsAndNothingOfItIsMade) {
  Host host;
  host.StartAgent();
  host.Apply(WithSysctl("kernel.msgmax"));
  host.Pass(seconds(5));
  EXPECT_EQ(host.Phase(), "Failed");
  EXPECT_EQ(api::ReadString(host.StatusOf(), "reason"), "SysctlForbidden");
  EXPECT_THAT(api::ReadString(host.StatusOf(), "message"), HasSubstr("Pod was rejected: forbidden sysctl"));
  EXPECT_EQ(host.Count("RunSandbox"), 0U);
}

}  // namespace
}  // namespace ordinal::podsync
