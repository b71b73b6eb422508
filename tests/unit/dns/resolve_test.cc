#include "dns/resolve/resolver.h"

#include <gmock/gmock.h>

#include <functional>

#include "tests/unit/dns/dns_fixture.h"

namespace ordinal::dns::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;
using wire::Rcode;
using wire::Type;

/// Services of every kind in namespace `shop`.
std::shared_ptr<const Snapshot> Shop() {
  SnapshotSource source("Cluster.Local.");
  source.AddNamespace("empty");
  ServiceEntry web{.ns = "shop", .name = "web", .cluster_ips = {"10.96.0.9", "fd00::9"}};
  web.ports = {{"http", "tcp", 80}, {"", "tcp", 8443}, {"http", "udp", 80}};
  web.endpoints = {{"", {"10.244.0.20"}, {{"http", "tcp", 8080}}}};
  source.SetService(web);
  ServiceEntry db{.ns = "shop", .name = "db", .headless = true};
  const std::vector<PortEntry> ports = {{"sql", "tcp", 5432}, {"admin", "tcp", 9000}};
  db.endpoints = {{"db-0", {"10.244.0.10"}, ports},
                  {"db-0", {"fd00::10"}, ports},
                  {"", {"10.244.0.11"}, ports},
                  {"", {"fd00::11"}, ports},
                  {"bad host name that is longer than the sixty-three bytes of a label", {"10.244.0.12"}, ports},
                  {"db-9", {"not-an-address"}, ports}};
  source.SetService(db);
  source.SetService({.ns = "shop", .name = "portless", .headless = true, .endpoints = {{"p-0", {"10.244.0.30"}, {}}}});
  source.SetService({.ns = "shop", .name = "pending"});
  source.SetService({.ns = "shop", .name = "far", .external_name = "db.Example.org"});
  source.SetService({.ns = "shop", .name = "near", .external_name = "web.shop.svc.cluster.local"});
  source.SetService({.ns = "shop", .name = "gone", .external_name = "nosuch.shop.svc.cluster.local"});
  source.SetService({.ns = "shop", .name = "ring", .external_name = "ring.shop.svc.cluster.local"});
  source.SetService({.ns = "shop", .name = "broken", .external_name = "not..a.name"});
  auto snapshot = source.Publish(7);
  EXPECT_EQ(source.problems().size(), 3U);
  return snapshot;
}

struct Case {
  std::string name;
  Type type;
  Rcode rcode;
  std::vector<std::string> answer;
  std::vector<std::string> additional = {};
};

std::vector<Case> ServiceCases() {
  return {
      // A service with cluster addresses.
      {"web.shop.svc.cluster.local", Type::kA, Rcode::kNoError, {"web.shop.svc.cluster.local. 5 IN A 10.96.0.9"}},
      {"web.shop.svc.cluster.local", Type::kAaaa, Rcode::kNoError, {"web.shop.svc.cluster.local. 5 IN AAAA fd00::9"}},
      {"_http._tcp.web.shop.svc.cluster.local",
       Type::kSrv,
       Rcode::kNoError,
       {"_http._tcp.web.shop.svc.cluster.local. 5 IN SRV 0 100 80 web.shop.svc.cluster.local."},
       {"web.shop.svc.cluster.local. 5 IN A 10.96.0.9", "web.shop.svc.cluster.local. 5 IN AAAA fd00::9"}},
      {"web.shop.svc.cluster.local",
       Type::kSrv,
       Rcode::kNoError,
       {"web.shop.svc.cluster.local. 5 IN SRV 0 50 80 web.shop.svc.cluster.local.",
        "web.shop.svc.cluster.local. 5 IN SRV 0 50 8443 web.shop.svc.cluster.local."},
       {"web.shop.svc.cluster.local. 5 IN A 10.96.0.9", "web.shop.svc.cluster.local. 5 IN AAAA fd00::9"}},
      {"10-244-0-20.web.shop.svc.cluster.local",
       Type::kA,
       Rcode::kNoError,
       {"10-244-0-20.web.shop.svc.cluster.local. 5 IN A 10.244.0.20"}},
      {"9.0.96.10.in-addr.arpa",
       Type::kPtr,
       Rcode::kNoError,
       {"9.0.96.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local."}},
      {"pending.shop.svc.cluster.local", Type::kA, Rcode::kNoError, {}},
      // A headless service: two addresses of one hostname, and endpoints named after their address.
      {"db-0.db.shop.svc.cluster.local",
       Type::kA,
       Rcode::kNoError,
       {"db-0.db.shop.svc.cluster.local. 5 IN A 10.244.0.10"}},
      {"db-0.db.shop.svc.cluster.local",
       Type::kAaaa,
       Rcode::kNoError,
       {"db-0.db.shop.svc.cluster.local. 5 IN AAAA fd00::10"}},
      {"fd00--11.db.shop.svc.cluster.local",
       Type::kAaaa,
       Rcode::kNoError,
       {"fd00--11.db.shop.svc.cluster.local. 5 IN AAAA fd00::11"}},
      {"db.shop.svc.cluster.local",
       Type::kA,
       Rcode::kNoError,
       {"db.shop.svc.cluster.local. 5 IN A 10.244.0.10", "db.shop.svc.cluster.local. 5 IN A 10.244.0.11"}},
      {"_SQL._TCP.db.shop.svc.cluster.local",
       Type::kSrv,
       Rcode::kNoError,
       {"_SQL._TCP.db.shop.svc.cluster.local. 5 IN SRV 0 33 5432 db-0.db.shop.svc.cluster.local.",
        "_SQL._TCP.db.shop.svc.cluster.local. 5 IN SRV 0 33 5432 10-244-0-11.db.shop.svc.cluster.local.",
        "_SQL._TCP.db.shop.svc.cluster.local. 5 IN SRV 0 33 5432 fd00--11.db.shop.svc.cluster.local."},
       {"db-0.db.shop.svc.cluster.local. 5 IN A 10.244.0.10", "db-0.db.shop.svc.cluster.local. 5 IN AAAA fd00::10",
        "10-244-0-11.db.shop.svc.cluster.local. 5 IN A 10.244.0.11",
        "fd00--11.db.shop.svc.cluster.local. 5 IN AAAA fd00::11"}},
      {"10.0.244.10.in-addr.arpa",
       Type::kPtr,
       Rcode::kNoError,
       {"10.0.244.10.in-addr.arpa. 5 IN PTR db-0.db.shop.svc.cluster.local."}},
  };
}

std::vector<Case> OtherCases() {
  return {
      {"portless.shop.svc.cluster.local", Type::kSrv, Rcode::kNoError, {}},
      {"p-0.portless.shop.svc.cluster.local",
       Type::kA,
       Rcode::kNoError,
       {"p-0.portless.shop.svc.cluster.local. 5 IN A 10.244.0.30"}},
      // Names that exist without records, and names that do not.
      {"_tcp.db.shop.svc.cluster.local", Type::kA, Rcode::kNoError, {}},
      {"_sql._tcp.db.shop.svc.cluster.local", Type::kA, Rcode::kNoError, {}},
      {"empty.svc.cluster.local", Type::kA, Rcode::kNoError, {}},
      {"_udp.db.shop.svc.cluster.local", Type::kA, Rcode::kNxDomain, {}},
      {"db-9.db.shop.svc.cluster.local", Type::kA, Rcode::kNxDomain, {}},
      {"broken.shop.svc.cluster.local", Type::kA, Rcode::kNxDomain, {}},
      {"shop.cluster.local", Type::kA, Rcode::kNxDomain, {}},
      // Aliases within the zone.
      {"near.shop.svc.cluster.local",
       Type::kA,
       Rcode::kNoError,
       {"near.shop.svc.cluster.local. 5 IN CNAME web.shop.svc.cluster.local.",
        "web.shop.svc.cluster.local. 5 IN A 10.96.0.9"}},
      {"near.shop.svc.cluster.local",
       Type::kCname,
       Rcode::kNoError,
       {"near.shop.svc.cluster.local. 5 IN CNAME web.shop.svc.cluster.local."}},
      {"gone.shop.svc.cluster.local",
       Type::kA,
       Rcode::kNxDomain,
       {"gone.shop.svc.cluster.local. 5 IN CNAME nosuch.shop.svc.cluster.local."}},
      {"ring.shop.svc.cluster.local", Type::kA, Rcode::kNoError,
       std::vector<std::string>(8, "ring.shop.svc.cluster.local. 5 IN CNAME ring.shop.svc.cluster.local.")},
  };
}

TEST(Resolve, ServicesOfEveryKind) {
  const std::string soa = "cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. * 7200 1800 86400 5";
  const auto snapshot = Shop();
  std::vector<Case> cases = ServiceCases();
  for (const Case& other : OtherCases()) cases.push_back(other);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name + " " + wire::ToString(c.type));
    const Resolved resolved = ResolveMessage(*snapshot, Ask(c.name, c.type));
    ASSERT_EQ(resolved.outcome.kind, Outcome::Kind::kReply);
    EXPECT_EQ(resolved.reply.rcode, c.rcode);
    EXPECT_THAT(ToTexts(resolved.reply.answers), UnorderedElementsAreArray(c.answer));
    EXPECT_THAT(ToTexts(resolved.reply.additionals), UnorderedElementsAreArray(c.additional));
    const bool denies = c.answer.empty() || c.rcode == Rcode::kNxDomain || c.name.starts_with("ring");
    EXPECT_THAT(ToTexts(resolved.reply.authorities), ElementsAreArray(std::vector<std::string>(denies ? 1 : 0, soa)));
    EXPECT_EQ(resolved.reply.flags, wire::kFlagQr | wire::kFlagAa | wire::kFlagRd);
  }
}

TEST(Resolve, ReverseNamesOfIPv6) {
  const std::string name = "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
  EXPECT_THAT(ToTexts(ResolveMessage(*Shop(), Ask(name, Type::kPtr)).reply.answers),
              ElementsAre(name + ". 5 IN PTR db-0.db.shop.svc.cluster.local."));
}

TEST(Resolve, AnAliasOutOfTheZoneIsToBeChased) {
  const auto snapshot = Shop();
  const Resolved resolved = ResolveMessage(*snapshot, Ask("far.shop.svc.cluster.local", Type::kAaaa));
  EXPECT_EQ(resolved.outcome.kind, Outcome::Kind::kChase);
  EXPECT_EQ(resolved.outcome.target, NameOf("db.example.org").wire());
  EXPECT_THAT(ToTexts(resolved.reply.answers), ElementsAre("far.shop.svc.cluster.local. 5 IN CNAME db.example.org."));
}

TEST(Resolve, WhatIsOursAndWhatIsForwarded) {
  struct Ownership {
    const char* name;
    Type type;
    Outcome::Kind synced, not_synced;
  };
  using Kind = Outcome::Kind;
  const auto synced = RecordedCluster(1);
  const auto not_synced = Snapshot::NotSynced("cluster.local");
  for (const Ownership& c :
       std::vector<Ownership>{{"example.com", Type::kA, Kind::kForward, Kind::kForward},
                              {".", Type::kNs, Kind::kForward, Kind::kForward},
                              {"xcluster.local", Type::kA, Kind::kForward, Kind::kForward},
                              {"local", Type::kSoa, Kind::kForward, Kind::kReply},
                              // What a search list asks for as it stands, and no resolver outside knows.
                              {"kubia", Type::kA, Kind::kForward, Kind::kReply},
                              {"kubia-0.kubia.default.svc", Type::kA, Kind::kForward, Kind::kReply},
                              {"kubia.default.svc.cluster.local", Type::kA, Kind::kReply, Kind::kReply},
                              {"3.0.244.10.in-addr.arpa", Type::kPtr, Kind::kReply, Kind::kReply},
                              {"3.0.244.10.in-addr.arpa", Type::kA, Kind::kReply, Kind::kReply},
                              {"9.9.9.9.in-addr.arpa", Type::kPtr, Kind::kForward, Kind::kReply},
                              {"244.10.in-addr.arpa", Type::kPtr, Kind::kForward, Kind::kReply}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ResolveMessage(*synced, Ask(c.name, c.type)).outcome.kind, c.synced);
    const Resolved early = ResolveMessage(*not_synced, Ask(c.name, c.type));
    EXPECT_EQ(early.outcome.kind, c.not_synced);
    if (c.not_synced == Kind::kReply) {
      EXPECT_EQ(early.reply.rcode, Rcode::kServFail);
    }
  }
}

TEST(Resolve, ASnapshotThatMayLackNamesAnswersWhatItHasAndDeniesNothing) {
  ServiceEntry db;
  db.ns = "shop";
  db.name = "db";
  db.headless = true;
  db.endpoints.push_back({"db-0", {"10.244.0.7"}, {}});
  SnapshotSource source("cluster.local");
  source.SetService(db);
  const auto kept = source.Publish(1, Whole::kNo);
  EXPECT_TRUE(kept->synced());
  const auto answer = ResolveMessage(*kept, Ask("db-0.db.shop.svc.cluster.local", Type::kA));
  EXPECT_THAT(ToTexts(answer.reply.answers), ElementsAre("db-0.db.shop.svc.cluster.local. 5 IN A 10.244.0.7"));
  EXPECT_EQ(ResolveMessage(*kept, Ask("db-0.db.shop.svc.cluster.local", Type::kAaaa)).reply.rcode, Rcode::kNoError);
  for (const char* name : {"db-1.db.shop.svc.cluster.local", "other.shop.svc.cluster.local", "db-0.db.shop.svc",
                           "8.0.244.10.in-addr.arpa", "db"}) {
    const auto unknown = ResolveMessage(*kept, Ask(name, name[0] == '8' ? Type::kPtr : Type::kA));
    EXPECT_EQ(unknown.outcome.kind, Outcome::Kind::kReply) << name;
    EXPECT_EQ(unknown.reply.rcode, Rcode::kServFail) << name;
  }
}

TEST(Resolve, RequestsThatAreRefused) {
  const auto snapshot = RecordedCluster(1);
  const char* name = "kubia.default.svc.cluster.local";
  struct Refusal {
    const char* what;
    std::function<void(wire::Message&)> change;
    Rcode rcode;
  };
  for (const Refusal& c : std::vector<Refusal>{
           {"class CH", [](wire::Message& m) { m.questions[0].klass = 3; }, Rcode::kRefused},
           {"class ANY", [](wire::Message& m) { m.questions[0].klass = 255; }, Rcode::kRefused},
           {"AXFR", [](wire::Message& m) { m.questions[0].type = Type::kAxfr; }, Rcode::kRefused},
           {"IXFR", [](wire::Message& m) { m.questions[0].type = Type::kIxfr; }, Rcode::kRefused},
           {"NOTIFY", [](wire::Message& m) { m.flags |= 4 << 11; }, Rcode::kNotImp},
           {"two questions", [](wire::Message& m) { m.questions.push_back(m.questions[0]); }, Rcode::kFormErr},
           {"EDNS version 1", [](wire::Message& m) { m.edns->version = 1; }, Rcode::kBadVers}}) {
    SCOPED_TRACE(c.what);
    wire::Message query = Ask(name, Type::kA);
    c.change(query);
    const Resolved resolved = ResolveMessage(*snapshot, query);
    EXPECT_EQ(resolved.reply.rcode, c.rcode);
    EXPECT_EQ(resolved.reply.id, query.id);
    EXPECT_EQ(resolved.reply.flags & wire::kFlagAa, 0);
    EXPECT_THAT(resolved.reply.answers, IsEmpty());
    EXPECT_EQ(resolved.reply.flags & wire::kOpcodeMask, query.flags & wire::kOpcodeMask);
  }
}

TEST(Resolve, EdnsIsAnsweredOnlyWhenAskedWith) {
  const auto snapshot = RecordedCluster(1);
  wire::Message query = Ask("kubia.default.svc.cluster.local", Type::kA, false);
  EXPECT_FALSE(ResolveMessage(*snapshot, query).reply.edns.has_value());
  query.edns = wire::Edns{4096, 0, true};
  EXPECT_TRUE(*ResolveMessage(*snapshot, query).reply.edns == (wire::Edns{1232, 0, true}));
}

TEST(Resolve, UdpAnswersKeepTheirLimitAndTcpAnswersAreWhole) {
  struct Limit {
    Type type;
    uint16_t payload;  // 0: no EDNS
    int pods;
    bool truncated;
  };
  for (const Limit& c : std::vector<Limit>{{Type::kA, 0, 28, false},
                                           {Type::kA, 0, 29, true},
                                           {Type::kA, 512, 28, false},
                                           {Type::kA, 512, 29, true},
                                           {Type::kA, 4096, 73, false},
                                           {Type::kA, 4096, 74, true},
                                           {Type::kSrv, 1232, 10, false},
                                           {Type::kSrv, 1232, 30, true},
                                           {Type::kSrv, 0, 30, true}}) {
    SCOPED_TRACE(wire::ToString(c.type) + " " + std::to_string(c.payload) + " " + std::to_string(c.pods));
    const auto snapshot = RecordedCluster(c.pods);
    wire::Message query = Ask("kubia.default.svc.cluster.local", c.type, c.payload > 0);
    if (c.payload > 0) query.edns->payload_size = c.payload;
    const size_t limit = c.payload == 0 ? 512 : std::min<size_t>(c.payload, 1232);
    const Resolved udp = ResolveMessage(*snapshot, query);
    EXPECT_LE(udp.size, limit);
    EXPECT_EQ((udp.reply.flags & wire::kFlagTc) != 0, c.truncated);
    EXPECT_EQ(udp.outcome.truncated, c.truncated);
    EXPECT_EQ(udp.reply.answers.size() == static_cast<size_t>(c.pods), !c.truncated);
    EXPECT_FALSE(udp.reply.answers.empty());
    const Resolved tcp = ResolveMessage(*snapshot, query, Transport::kTcp);
    EXPECT_EQ(tcp.reply.answers.size(), static_cast<size_t>(c.pods));
    EXPECT_EQ(tcp.reply.flags & wire::kFlagTc, 0);
  }
}

TEST(Resolve, AdditionalRecordsThatDoNotFitAreNoTruncation) {
  const auto snapshot = RecordedCluster(18);
  const Resolved resolved = ResolveMessage(*snapshot, Ask("kubia.default.svc.cluster.local", Type::kSrv));
  EXPECT_EQ(resolved.reply.answers.size(), 18U);
  EXPECT_LT(resolved.reply.additionals.size(), 18U);
  EXPECT_EQ(resolved.reply.flags & wire::kFlagTc, 0);
}

TEST(Resolve, NamesThatNoPointerReachesAreWrittenWhole) {
  // Given an answer section of more than 16 KiB, beyond which compression pointers cannot point.
  ServiceEntry service = KubiaService(250);
  for (EndpointEntry& endpoint : service.endpoints) endpoint.ports.push_back({"admin", "tcp", 81});
  SnapshotSource source("cluster.local");
  source.SetService(service);
  const auto snapshot = source.Publish(1);
  const Resolved tcp = ResolveMessage(*snapshot, Ask("kubia.default.svc.cluster.local", Type::kSrv), Transport::kTcp);
  ASSERT_EQ(tcp.reply.answers.size(), 500U);
  ASSERT_EQ(tcp.reply.additionals.size(), 250U);
  for (size_t i = 0; i < 250; ++i) {
    EXPECT_EQ(
        ToText(tcp.reply.additionals[i]),
        "kubia-" + std::to_string(i) + ".kubia.default.svc.cluster.local. 5 IN A 10.244.0." + std::to_string(3 + i));
  }
}

TEST(Resolve, AddressesRotate) {
  const auto snapshot = RecordedCluster(3);
  const auto first = [&](uint32_t rotation) {
    const Resolved resolved =
        ResolveMessage(*snapshot, Ask("kubia.default.svc.cluster.local", Type::kA), Transport::kUdp, rotation);
    EXPECT_EQ(resolved.reply.answers.size(), 3U);
    return ToText(resolved.reply.answers[0]);
  };
  EXPECT_EQ(first(0), "kubia.default.svc.cluster.local. 5 IN A 10.244.0.3");
  EXPECT_EQ(first(1), "kubia.default.svc.cluster.local. 5 IN A 10.244.0.4");
  EXPECT_EQ(first(2), "kubia.default.svc.cluster.local. 5 IN A 10.244.0.5");
  EXPECT_EQ(first(3), first(0));
}

TEST(Resolve, WeightsOfManyEndpointsStayAtLeastOne) {
  const auto snapshot = RecordedCluster(150);
  const Resolved tcp =
      ResolveMessage(*snapshot, Ask("_http._tcp.kubia.default.svc.cluster.local", Type::kSrv), Transport::kTcp);
  ASSERT_EQ(tcp.reply.answers.size(), 150U);
  EXPECT_EQ(std::get<wire::SrvData>(tcp.reply.answers[0].data).weight, 1);
}

TEST(Snapshot, ZonesThatCannotBeAreRefused) {
  for (const std::string& zone : std::vector<std::string>{"", ".", "a..b", std::string(64, 'a'), "\\"}) {
    SCOPED_TRACE(zone);
    EXPECT_FALSE(Snapshot::CheckZone(zone).ok());
    EXPECT_EQ(Snapshot::NotSynced(zone), nullptr);
    EXPECT_EQ(SnapshotSource(zone).Publish(1), nullptr);
  }
  EXPECT_TRUE(Snapshot::CheckZone("cluster.local.").ok());
}

TEST(Snapshot, AnotherZoneAnswersUnderItsOwnName) {
  SnapshotSource source("k8s.example");
  source.SetService(KubiaService(1));
  const auto snapshot = source.Publish(42);
  EXPECT_THAT(ToTexts(ResolveMessage(*snapshot, Ask("kubia.default.svc.k8s.example", Type::kA)).reply.answers),
              ElementsAre("kubia.default.svc.k8s.example. 5 IN A 10.244.0.3"));
  const Resolved soa = ResolveMessage(*snapshot, Ask("k8s.example", Type::kSoa));
  ASSERT_EQ(soa.reply.answers.size(), 1U);
  EXPECT_EQ(std::get<wire::SoaData>(soa.reply.answers[0].data).serial, 42U);
  EXPECT_EQ(ToText(soa.reply.answers[0]),
            "k8s.example. 5 IN SOA ns.dns.k8s.example. hostmaster.k8s.example. * 7200 1800 86400 5");
}

}  // namespace
}  // namespace ordinal::dns::testing
