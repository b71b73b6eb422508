// Names outside the zone: asked of the host's resolvers, here a fake one on loopback.
#include <gmock/gmock.h>

#include "dns/server/upstreams.h"
#include "tests/unit/dns/server_fixture.h"

namespace ordinal::dns::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<wire::Message> AnswerOne(const wire::Message& query, Transport) {
  return ReplyWithAddress(query, {192, 0, 2, 1});
}
std::optional<wire::Message> StaySilent(const wire::Message&, Transport) { return std::nullopt; }

class ForwardTest : public ServerTest {
 protected:
  /// Starts one resolver an answer function, at 127.0.0.1, 127.0.0.2, … on one port, and the server.
  void StartWith(const std::vector<FakeUpstream::AnswerFn>& answers) {
    std::vector<std::string> hosts;
    for (const auto& answer : answers) {
      hosts.push_back("127.0.0." + std::to_string(hosts.size() + 1));
      upstreams_.push_back(std::make_unique<FakeUpstream>(hosts.back(), options_.upstream_port, answer));
      options_.upstream_port = upstreams_.back()->port();
    }
    SetNameservers(hosts);
    StartServer();
  }
  void SetUp() override { options_.upstream_port = 0; }

  std::vector<std::unique_ptr<FakeUpstream>> upstreams_;
};

TEST_F(ForwardTest, TheResolversAnswerComesBackWithTheClientsIdAndSpelling) {
  StartWith({AnswerOne});
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    const wire::Message query = Ask("WWW.Example.org", wire::Type::kA);
    const wire::Message reply = Exchange(query, transport);
    EXPECT_EQ(reply.id, query.id);
    EXPECT_EQ(reply.questions[0].name.ToText(), "WWW.Example.org.");
    EXPECT_THAT(ToTexts(reply.answers), ElementsAre("WWW.Example.org. 300 IN A 192.0.2.1"));
    EXPECT_NE(reply.flags & wire::kFlagRa, 0);
  }
  EXPECT_EQ(server_->statistics().forwarded, 2U);
  EXPECT_EQ(server_->statistics().unanswered, 0U);
}

TEST_F(ForwardTest, IdsSentUpstreamAreNotTheClients) {
  StartWith({AnswerOne});
  for (int i = 0; i < 4; ++i) Exchange(Ask("example.org", wire::Type::kA));
  std::set<uint16_t> ids;
  for (const wire::Message& query : upstreams_[0]->queries()) ids.insert(query.id);
  EXPECT_GT(ids.size(), 1U);
}

TEST_F(ForwardTest, ASilentResolverIsFollowedByTheNextAndThenAskedLast) {
  StartWith({StaySilent, AnswerOne});
  EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).answers.size(), 1U);
  EXPECT_EQ(upstreams_[0]->queries().size(), 1U);
  // The threads remember on their own, so each may find out once.
  for (int i = 0; i < 8; ++i) EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).answers.size(), 1U);
  EXPECT_LE(upstreams_[0]->queries().size(), 2U);
}

TEST_F(ForwardTest, AResolverThatFailsIsFollowedByTheNext) {
  for (const wire::Rcode rcode : {wire::Rcode::kServFail, wire::Rcode::kRefused, wire::Rcode::kNotImp}) {
    SCOPED_TRACE(wire::ToString(rcode));
    upstreams_.clear();
    options_.upstream_port = 0;
    StartWith({[rcode](const wire::Message& query, Transport) { return ReplyTo(query, rcode); }, AnswerOne});
    EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).answers.size(), 1U);
  }
}

TEST_F(ForwardTest, AnErrorEveryResolverGivesIsPassedOn) {
  const auto refuse = [](const wire::Message& query, Transport) { return ReplyTo(query, wire::Rcode::kRefused); };
  StartWith({refuse, refuse});
  EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).rcode, wire::Rcode::kRefused);
}

TEST_F(ForwardTest, NxDomainIsAnAnswerNotAFailure) {
  StartWith({[](const wire::Message& query, Transport) { return ReplyTo(query, wire::Rcode::kNxDomain); }, AnswerOne});
  EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).rcode, wire::Rcode::kNxDomain);
  EXPECT_THAT(upstreams_[1]->queries(), IsEmpty());
}

TEST_F(ForwardTest, NxDomainIsNoAnswerWhileNamesOfOursAreNotKnown) {
  // "db.shop" is what a search list asks for as it stands: the host's resolvers cannot know it.
  StartWith({[](const wire::Message& query, Transport) { return ReplyTo(query, wire::Rcode::kNxDomain); }});
  server_->Publish(Snapshot::NotSynced("cluster.local"));
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    EXPECT_EQ(Exchange(Ask("db.shop", wire::Type::kA), transport).rcode, wire::Rcode::kServFail);
  }
  server_->Publish(RecordedCluster(1));
  EXPECT_EQ(Exchange(Ask("db.shop", wire::Type::kA)).rcode, wire::Rcode::kNxDomain);
}

TEST_F(ForwardTest, ADenialByOthersWaitsWhileNamesOfOursAreNotKnown) {
  options_.hold = std::chrono::hours(1);
  StartWith({[](const wire::Message& query, Transport) { return ReplyTo(query, wire::Rcode::kNxDomain); }});
  server_->Publish(Snapshot::NotSynced("cluster.local"));
  Client client(address_, SOCK_DGRAM);
  client.Send(Bytes(Ask("db.shop", wire::Type::kA)));
  const int a_moment_ms = 50;
  EXPECT_EQ(client.Receive(a_moment_ms), std::nullopt);
  server_->Publish(RecordedCluster(1));
  const auto reply = client.Receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(wire::Decode(*reply)->rcode, wire::Rcode::kNxDomain);
}

TEST_F(ForwardTest, OtherSpellingsOfANameThatExistsAreNotDeniedForAWhile) {
  options_.doubt = std::chrono::hours(1);
  StartWith({[](const wire::Message& query, Transport) { return ReplyTo(query, wire::Rcode::kNxDomain); }});
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    for (const char* name : {"kubia", "kubia-0.kubia.default.svc.cluster.local.svc.cluster.local"}) {
      EXPECT_EQ(Exchange(Ask(name, wire::Type::kA), transport).rcode, wire::Rcode::kServFail) << name;
    }
    for (const char* name : {"nobody", "nobody.default.svc.cluster.local"}) {
      EXPECT_EQ(Exchange(Ask(name, wire::Type::kA), transport).rcode, wire::Rcode::kNxDomain) << name;
    }
  }
  options_.doubt = Duration::zero();
  StartServer();
  EXPECT_EQ(Exchange(Ask("kubia", wire::Type::kA)).rcode, wire::Rcode::kNxDomain);
}

TEST_F(ForwardTest, WithoutAResolverThatAnswersTheReplyIsServFail) {
  StartWith({StaySilent});
  // The recorded flags of this case: qr rd.
  const wire::Message reply = Exchange(Ask("example.com", wire::Type::kA));
  EXPECT_EQ(reply.rcode, wire::Rcode::kServFail);
  EXPECT_EQ(reply.flags, wire::kFlagQr | wire::kFlagRd);
  EXPECT_EQ(server_->statistics().unanswered, 1U);
}

TEST_F(ForwardTest, WithoutAnyResolverTheReplyIsServFail) {
  StartServer();
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    EXPECT_EQ(Exchange(Ask("example.com", wire::Type::kA), transport).rcode, wire::Rcode::kServFail);
  }
}

TEST_F(ForwardTest, RepliesToAnotherQuestionAreIgnored) {
  struct Case {
    const char* name;
    std::function<void(wire::Message&)> forge;
  };
  for (const Case& c : std::vector<Case>{
           {"another id", [](wire::Message& reply) { ++reply.id; }},
           {"another name", [](wire::Message& reply) { reply.questions[0].name = NameOf("evil.example.org"); }},
           {"another type", [](wire::Message& reply) { reply.questions[0].type = wire::Type::kAaaa; }},
           {"not a response", [](wire::Message& reply) { reply.flags &= static_cast<uint16_t>(~wire::kFlagQr); }}}) {
    SCOPED_TRACE(c.name);
    upstreams_.clear();
    options_.upstream_port = 0;
    StartWith({[&c](const wire::Message& query, Transport) {
      wire::Message reply = ReplyWithAddress(query, {192, 0, 2, 66});
      c.forge(reply);
      return reply;
    }});
    EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).rcode, wire::Rcode::kServFail);
  }
}

TEST_F(ForwardTest, ATruncatedReplyIsPassedOnAndWholeOverTcp) {
  StartWith({[](const wire::Message& query, Transport transport) {
    wire::Message reply = ReplyWithAddress(query, {192, 0, 2, 1});
    if (transport == Transport::kTcp) return reply;
    reply.answers.clear();
    reply.flags |= wire::kFlagTc;
    return reply;
  }});
  EXPECT_NE(Exchange(Ask("example.org", wire::Type::kA)).flags & wire::kFlagTc, 0);
  EXPECT_EQ(Dig("+short example.org"), "192.0.2.1\n");
}

TEST_F(ForwardTest, AReplyTooLargeForTheClientIsCutToItsQuestion) {
  StartWith({[](const wire::Message& query, Transport) {
    wire::Message reply = ReplyTo(query);
    for (uint8_t i = 0; i < 100; ++i) {
      reply.answers.push_back(
          {query.questions[0].name, wire::Type::kA, wire::kClassIn, 1, wire::AddressV4{{192, 0, 2, i}}});
    }
    return reply;
  }});
  const wire::Message cut = Exchange(Ask("example.org", wire::Type::kA, false));
  EXPECT_NE(cut.flags & wire::kFlagTc, 0);
  EXPECT_THAT(cut.answers, IsEmpty());
  EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA, false), Transport::kTcp).answers.size(), 100U);
}

TEST_F(ForwardTest, ThePayloadSizePassedOnIsOurs) {
  StartWith({AnswerOne});
  wire::Message query = Ask("example.org", wire::Type::kA);
  query.edns->payload_size = 4096;
  Exchange(query);
  ASSERT_EQ(upstreams_[0]->queries().size(), 1U);
  EXPECT_EQ(upstreams_[0]->queries()[0].edns->payload_size, 1232);
}

TEST_F(ForwardTest, AReverseNameNotOursIsForwarded) {
  StartWith({[](const wire::Message& query, Transport) { return ReplyTo(query, wire::Rcode::kNxDomain); }});
  EXPECT_EQ(Exchange(Ask("9.9.9.10.in-addr.arpa", wire::Type::kPtr)).rcode, wire::Rcode::kNxDomain);
  EXPECT_EQ(Exchange(Ask("3.0.244.10.in-addr.arpa", wire::Type::kPtr)).answers.size(), 1U);
  EXPECT_EQ(upstreams_[0]->queries().size(), 1U);
}

TEST_F(ForwardTest, AnExternalNameIsFollowedToItsAddresses) {
  SnapshotSource source("cluster.local");
  ServiceEntry service;
  service.ns = "default";
  service.name = "db";
  service.external_name = "db.example.org";
  source.SetService(service);
  StartWith({AnswerOne});
  server_->Publish(source.Publish(1));
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    const wire::Message reply = Exchange(Ask("db.default.svc.cluster.local", wire::Type::kA), transport);
    EXPECT_THAT(ToTexts(reply.answers), ElementsAre("db.default.svc.cluster.local. 5 IN CNAME db.example.org.",
                                                    "db.example.org. 300 IN A 192.0.2.1"));
  }
  // When the target cannot be asked about, the alias is still an answer.
  upstreams_.clear();
  const wire::Message reply = Exchange(Ask("db.default.svc.cluster.local", wire::Type::kA));
  EXPECT_EQ(reply.rcode, wire::Rcode::kNoError);
  EXPECT_THAT(ToTexts(reply.answers), ElementsAre("db.default.svc.cluster.local. 5 IN CNAME db.example.org."));
}

TEST_F(ForwardTest, AChangedResolvConfIsRead) {
  StartWith({AnswerOne});
  SetNameservers({});
  options_.threads = 1;
  StartServer();
  EXPECT_EQ(Exchange(Ask("example.org", wire::Type::kA)).rcode, wire::Rcode::kServFail);
  SetNameservers({"127.0.0.1"});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  wire::Message reply;
  do {
    reply = Exchange(Ask("example.org", wire::Type::kA));
  } while (reply.rcode != wire::Rcode::kNoError && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(reply.rcode, wire::Rcode::kNoError);
}

TEST_F(ForwardTest, TooManyWaitingQueriesGetServFailAtOnce) {
  options_.threads = 1;
  options_.max_forwarded = 2;
  options_.upstream_timeout = std::chrono::seconds(30);
  StartWith({StaySilent});
  Client client(address_, SOCK_DGRAM);
  for (uint16_t id = 1; id <= 3; ++id) {
    wire::Message query = Ask("example.org", wire::Type::kA);
    query.id = id;
    client.Send(Bytes(query));
  }
  const auto reply = client.Receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(wire::Decode(*reply)->rcode, wire::Rcode::kServFail);
  EXPECT_EQ(wire::Decode(*reply)->id, 3);
}

TEST(ResolvConf, NameserversInOrderWithoutOurselves) {
  const std::vector<SocketAddress> own = {*SocketAddress::Parse("169.254.20.10:53")};
  struct Case {
    const char* name;
    std::string text;
    std::vector<SocketAddress> own;
    std::vector<std::string> expected;
  };
  for (const Case& c : std::vector<Case>{
           {"in order, once",
            "nameserver 10.0.0.2\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n",
            own,
            {"10.0.0.2:53", "10.0.0.1:53"}},
           {"other lines",
            "# nameserver 10.0.0.9\nsearch a b\noptions ndots:5\n\tnameserver\t10.0.0.1  # c\n",
            own,
            {"10.0.0.1:53"}},
           {"IPv6", "nameserver 2001:db8::1\nnameserver fe80::1%lo\n", own, {"[2001:db8::1]:53", "[fe80::1]:53"}},
           {"not addresses", "nameserver\nnameserver dns.example\nnameserver 1.2.3\n", own, {}},
           {"ourselves", "nameserver 169.254.20.10\nnameserver 10.0.0.1\n", own, {"10.0.0.1:53"}},
           {"a wildcard of ours",
            "nameserver 127.0.0.1\nnameserver 192.0.2.1\n",
            {*SocketAddress::Parse("0.0.0.0:53")},
            {"192.0.2.1:53"}},
           {"empty", "", own, {}}}) {
    SCOPED_TRACE(c.name);
    std::vector<std::string> found;
    for (const SocketAddress& address : ParseResolvConf(c.text, 53, c.own)) found.push_back(address.ToText());
    EXPECT_EQ(found, c.expected);
  }
}

}  // namespace
}  // namespace ordinal::dns::testing
