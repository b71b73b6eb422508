#include "dns/resolve/spellings.h"

#include <gmock/gmock.h>

#include "tests/unit/dns/dns_fixture.h"

namespace ordinal::dns {
namespace {

using testing::NameOf;
using testing::RecordedCluster;

TEST(Spellings, OfANameThatExists) {
  const auto snapshot = RecordedCluster(2);
  for (const char* name :
       {"kubia-1.kubia.default.svc.cluster.local.default.svc.cluster.local",
        "kubia-1.kubia.default.svc.cluster.local.svc.cluster.local",
        "kubia-1.kubia.default.svc.cluster.local.cluster.local", "kubia-1.kubia.default.svc.cluster.local.example.com",
        "_http._tcp.kubia.default.svc.cluster.local.svc.cluster.local", "kubia", "kubia-1.kubia",
        "kubia-1.kubia.default", "kubia-1.kubia.default.svc", "kubernetes.default"}) {
    EXPECT_TRUE(SpellsAnExistingName(*snapshot, NameOf(name).wire())) << name;
  }
}

TEST(Spellings, OfNoNameOrOfOneThatIsAskedInThisOrderAnyway) {
  const auto snapshot = RecordedCluster(2);
  for (const char* name : {
           "kubia-2.kubia.default.svc.cluster.local.default.svc.cluster.local",  // there is no such pod
           "kubia.default.svc.cluster.local.default.svc.cluster.local",          // 4 dots: the search list comes first
           "kubia-1.kubia.svc.cluster.local",                                    // the second of a search list
           "kubia-1.kubia.cluster.local",
           "kubia-2.kubia",
           "example.com",
           "kubia.example.com",
           "xcluster.local",
           ".",
           "a.b.c.d.e.f.kubia",
       }) {
    EXPECT_FALSE(SpellsAnExistingName(*snapshot, NameOf(name).wire())) << name;
  }
  EXPECT_FALSE(SpellsAnExistingName(*Snapshot::NotSynced("cluster.local"), NameOf("kubia").wire()));
}

TEST(Spellings, OfTheLongestNames) {
  const auto snapshot = RecordedCluster(1);
  const std::string label(63, 'x');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'y');
  EXPECT_FALSE(SpellsAnExistingName(*snapshot, NameOf(longest).wire()));
}

}  // namespace
}  // namespace ordinal::dns
