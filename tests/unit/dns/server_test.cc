#include "dns/server/server.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "tests/unit/dns/server_fixture.h"

namespace ordinal::dns::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ServerTest, DigGetsAPodsAddress) {
  StartServer();
  EXPECT_EQ(Dig("+short kubia-1.kubia.default.svc.cluster.local"), "10.244.0.4\n");
  const std::string whole = Dig("kubia-0.kubia.default.svc.cluster.local");
  EXPECT_THAT(whole, HasSubstr("flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1"));
  EXPECT_THAT(whole, Not(HasSubstr("malformed")));
}

TEST_F(ServerTest, DigGetsServiceRecordsWithAddressesOverUdpAndTcp) {
  StartServer();
  for (const char* transport : {"+notcp", "+tcp"}) {
    SCOPED_TRACE(transport);
    const std::string output = Dig(std::string(transport) + " SRV _http._tcp.kubia.default.svc.cluster.local");
    EXPECT_THAT(output, HasSubstr("SRV 0 50 80 kubia-0.kubia.default.svc.cluster.local."));
    EXPECT_THAT(output, HasSubstr("SRV 0 50 80 kubia-1.kubia.default.svc.cluster.local."));
    EXPECT_THAT(output, HasSubstr("ADDITIONAL: 3"));
  }
}

TEST_F(ServerTest, DigGetsThePointerOfAPodsAddress) {
  StartServer();
  EXPECT_EQ(Dig("+short -x 10.244.0.3"), "kubia-0.kubia.default.svc.cluster.local.\n");
}

TEST_F(ServerTest, AQuestionBeforeTheFirstSyncFailsInsteadOfDenying) {
  StartServer(Snapshot::NotSynced("cluster.local"));
  const wire::Message query = Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA);
  EXPECT_EQ(Exchange(query).rcode, wire::Rcode::kServFail);
  server_->Publish(RecordedCluster(2));
  EXPECT_EQ(Exchange(query).rcode, wire::Rcode::kNoError);
}

TEST_F(ServerTest, AQuestionBeforeTheFirstSyncWaitsForIt) {
  options_.hold = std::chrono::hours(1);
  StartServer(Snapshot::NotSynced("cluster.local"));
  Client udp(address_, SOCK_DGRAM), tcp(address_, SOCK_STREAM);
  // As glibc asks: both families at once, and an empty answer beside a failure would be taken for "no such name".
  for (const wire::Type type : {wire::Type::kA, wire::Type::kAaaa}) {
    udp.Send(Bytes(Ask("kubia-0.kubia.default.svc.cluster.local", type)));
    tcp.SendFramed(Bytes(Ask("kubia-0.kubia.default.svc.cluster.local", type)));
  }
  const int a_moment_ms = 50;
  EXPECT_EQ(udp.Receive(a_moment_ms), std::nullopt);
  server_->Publish(RecordedCluster(2));
  for (int i = 0; i < 2; ++i) {
    for (const auto& bytes : {udp.Receive(), tcp.ReceiveFramed()}) {
      ASSERT_TRUE(bytes.has_value());
      EXPECT_EQ(wire::Decode(*bytes)->rcode, wire::Rcode::kNoError);
    }
  }
}

TEST_F(ServerTest, QuestionsAreHeldForAMomentAndInBoundedNumber) {
  options_.threads = 1;
  options_.hold = std::chrono::milliseconds(300);
  StartServer(Snapshot::NotSynced("cluster.local"));
  Client client(address_, SOCK_DGRAM);
  const wire::Message query = Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA);
  for (int i = 0; i < 64; ++i) client.Send(Bytes(query));
  for (int i = 0; i < 64; ++i) {
    const auto bytes = client.Receive();
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(wire::Decode(*bytes)->rcode, wire::Rcode::kServFail);
  }
  client.Send(Bytes(query));  // held no more
  EXPECT_NE(client.Receive(), std::nullopt);

  options_.hold = std::chrono::hours(1);
  StartServer(Snapshot::NotSynced("cluster.local"));
  Client crowd(address_, SOCK_DGRAM);
  const int most = 1024;
  int refused = 0;
  for (int i = 0; i < most + 8; ++i) {
    crowd.Send(Bytes(query));
    while (crowd.Receive(0)) ++refused;
  }
  while (refused < 8 && crowd.Receive()) ++refused;
  EXPECT_EQ(refused, 8);
}

TEST_F(ServerTest, APublishedSnapshotAnswersTheNextQueryOnEveryThread) {
  StartServer();
  const wire::Message query = Ask("kubia-2.kubia.default.svc.cluster.local", wire::Type::kA);
  // Fresh source ports spread over the threads' sockets.
  for (int i = 0; i < 64; ++i) {
    const int pods = i % 2 == 0 ? 3 : 2;
    server_->Publish(RecordedCluster(pods));
    const wire::Message reply = Exchange(query);
    EXPECT_EQ(reply.rcode, pods == 3 ? wire::Rcode::kNoError : wire::Rcode::kNxDomain) << "round " << i;
  }
}

TEST_F(ServerTest, ALargeAnswerIsTruncatedOverUdpAndWholeOverTcp) {
  StartServer(RecordedCluster(60));
  const wire::Message query = Ask("kubia.default.svc.cluster.local", wire::Type::kSrv);
  const wire::Message cut = Exchange(query);
  EXPECT_NE(cut.flags & wire::kFlagTc, 0);
  EXPECT_LT(cut.answers.size(), 60U);
  const wire::Message whole = Exchange(query, Transport::kTcp);
  EXPECT_EQ(whole.flags & wire::kFlagTc, 0);
  EXPECT_EQ(whole.answers.size(), 60U);
  EXPECT_EQ(whole.additionals.size(), 60U);
  EXPECT_EQ(server_->statistics().truncated, 1U);
  // dig turns to TCP by itself.
  EXPECT_THAT(Dig("SRV kubia.default.svc.cluster.local"), HasSubstr("ANSWER: 60"));
}

TEST_F(ServerTest, ManyDatagramsAtOnceAreAllAnswered) {
  StartServer();
  Client client(address_, SOCK_DGRAM);
  constexpr uint16_t kQueries = 200;
  wire::Message query = Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA);
  for (uint16_t id = 0; id < kQueries; ++id) {
    query.id = id;
    client.Send(Bytes(query));
  }
  std::set<uint16_t> answered;
  for (uint16_t i = 0; i < kQueries; ++i) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply.has_value()) << answered.size() << " answers";
    answered.insert(wire::Load16(reply->data()));
  }
  EXPECT_EQ(answered.size(), kQueries);
  EXPECT_EQ(server_->statistics().replies[0], kQueries);
}

TEST_F(ServerTest, HostileDatagramsDoNotStopTheServer) {
  StartServer();
  Client client(address_, SOCK_DGRAM);
  std::vector<uint8_t> response = Bytes(Ask("kubia.default.svc.cluster.local", wire::Type::kA));
  response[2] |= 0x80;  // a response: answering it could start a loop
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    std::vector<uint8_t> garbage(random() % 11);
    for (uint8_t& byte : garbage) byte = static_cast<uint8_t>(random());
    client.Send(garbage);
  }
  client.Send(response);
  client.Send(std::vector<uint8_t>(1600));
  const wire::Message good = Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA);
  client.Send(Bytes(good));
  // The only answer on this socket is that of the good query.
  const auto reply = client.Receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(wire::Decode(*reply)->answers.size(), 1U);
  EXPECT_EQ(server_->statistics().dropped, 502U);
}

TEST_F(ServerTest, TcpQueriesInOneGoAreAnsweredInOneConnection) {
  StartServer();
  Client client(address_, SOCK_STREAM);
  std::vector<uint8_t> both;
  for (const char* name : {"kubia-0.kubia.default.svc.cluster.local", "kubia-1.kubia.default.svc.cluster.local"}) {
    const std::vector<uint8_t> bytes = Bytes(Ask(name, wire::Type::kA));
    both.push_back(0);
    both.push_back(static_cast<uint8_t>(bytes.size()));
    both.insert(both.end(), bytes.begin(), bytes.end());
  }
  // Given two queries, the second one cut in the middle.
  client.Send(wire::Bytes(both).first(both.size() - 5));
  const auto first = client.ReceiveFramed();
  ASSERT_TRUE(first.has_value());
  client.Send(wire::Bytes(both).last(5));
  const auto second = client.ReceiveFramed();
  ASSERT_TRUE(second.has_value());
  EXPECT_THAT(ToTexts(wire::Decode(*first)->answers),
              ElementsAre("kubia-0.kubia.default.svc.cluster.local. 5 IN A 10.244.0.3"));
  EXPECT_THAT(ToTexts(wire::Decode(*second)->answers),
              ElementsAre("kubia-1.kubia.default.svc.cluster.local. 5 IN A 10.244.0.4"));
}

TEST_F(ServerTest, ManyTcpQueriesAheadOfTheirLargeAnswersAreAllAnswered) {
  options_.threads = 1;
  StartServer(RecordedCluster(100));
  Client client(address_, SOCK_STREAM);
  const std::vector<uint8_t> query = Bytes(Ask("kubia.default.svc.cluster.local", wire::Type::kSrv));
  // About 60 queries fit into what the server reads at once; their answers are far more than it queues.
  constexpr int kQueries = 400;
  for (int i = 0; i < kQueries; ++i) client.SendFramed(query);
  for (int i = 0; i < kQueries; ++i) {
    const auto reply = client.ReceiveFramed();
    ASSERT_TRUE(reply.has_value()) << "answer " << i;
    ASSERT_EQ(wire::Load16(reply->data() + 6), 100);
  }
}

TEST_F(ServerTest, ATcpClientThatEndsItsSideStillGetsItsAnswer) {
  StartServer();
  Client client(address_, SOCK_STREAM);
  client.SendFramed(Bytes(Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA)));
  shutdown(client.fd(), SHUT_WR);
  EXPECT_TRUE(client.ReceiveFramed().has_value());
  EXPECT_TRUE(client.WaitClosed());
}

TEST_F(ServerTest, AnIdleTcpConnectionIsClosed) {
  options_.tcp_idle_timeout = std::chrono::milliseconds(50);
  StartServer();
  Client silent(address_, SOCK_STREAM);
  EXPECT_TRUE(silent.WaitClosed());
  Client halfway(address_, SOCK_STREAM);
  halfway.Send(std::vector<uint8_t>{0, 40, 1});
  EXPECT_TRUE(halfway.WaitClosed());
}

TEST_F(ServerTest, ATcpStreamThatIsNoDnsIsClosed) {
  StartServer();
  Client client(address_, SOCK_STREAM);
  const std::string text = "GET / HTTP/1.1\r\n\r\n";
  client.Send(std::vector<uint8_t>(text.begin(), text.end()));
  EXPECT_TRUE(client.WaitClosed());
}

TEST_F(ServerTest, ANewTcpConnectionTakesThePlaceOfTheIdlest) {
  options_.threads = 1;
  options_.max_tcp_connections = 2;
  StartServer();
  const auto query = Bytes(Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA));
  Client first(address_, SOCK_STREAM), second(address_, SOCK_STREAM);
  for (Client* client : {&first, &second}) {
    client->SendFramed(query);
    ASSERT_TRUE(client->ReceiveFramed().has_value());
  }
  Client third(address_, SOCK_STREAM);
  third.SendFramed(query);
  EXPECT_TRUE(third.ReceiveFramed().has_value());
  EXPECT_TRUE(first.WaitClosed());
  second.SendFramed(query);
  EXPECT_TRUE(second.ReceiveFramed().has_value());
}

TEST_F(ServerTest, AnAddressInUseIsNamedWithTheCure) {
  StartServer();
  options_.listen = {address_.ToText()};
  Server other(options_, clock_, random_);
  other.Publish(RecordedCluster(0));
  const Status started = other.Start();
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr(address_.ToText()));
  EXPECT_THAT(started.error().message, HasSubstr("--dns-listen"));
  EXPECT_THAT(other.addresses(), IsEmpty());
}

TEST_F(ServerTest, AnAddressTheHostDoesNotHaveYetCanBeBound) {
  options_.listen = {"127.0.0.1:0", "169.254.254.10:0", "[fd00:6f72:6469::10]:0"};
  StartServer();
  EXPECT_EQ(server_->addresses().size(), 3U);
}

TEST_F(ServerTest, StartRefusesWhatItCannotDo) {
  struct Case {
    const char* name;
    std::vector<std::string> listen;
    bool published;
    ErrorCode code;
  };
  for (const Case& c : std::vector<Case>{{"no snapshot", {"127.0.0.1:0"}, false, ErrorCode::kFailedPrecondition},
                                         {"no address", {}, true, ErrorCode::kInvalid},
                                         {"no port", {"127.0.0.1"}, true, ErrorCode::kInvalid},
                                         {"a name", {"localhost:53"}, true, ErrorCode::kInvalid},
                                         {"bare IPv6", {"::1:53"}, true, ErrorCode::kInvalid},
                                         {"port too large", {"127.0.0.1:65536"}, true, ErrorCode::kInvalid}}) {
    SCOPED_TRACE(c.name);
    options_.listen = c.listen;
    Server server(options_, clock_, random_);
    if (c.published) server.Publish(RecordedCluster(0));
    const Status started = server.Start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, c.code);
  }
}

TEST_F(ServerTest, AServerOnAllAddressesRepliesFromTheOneThatWasAsked) {
  options_.listen = {"0.0.0.0:0"};
  StartServer();
  // A connected socket takes datagrams from that address only.
  Client client(*SocketAddress::FromHost("127.0.0.7", address_.port()), SOCK_DGRAM);
  client.Send(Bytes(Ask("kubia-0.kubia.default.svc.cluster.local", wire::Type::kA)));
  EXPECT_TRUE(client.Receive().has_value());
}

TEST_F(ServerTest, IPv6ClientsAreServed) {
  options_.listen = {"[::1]:0"};
  StartServer();
  EXPECT_EQ(Exchange(Ask("kubernetes.default.svc.cluster.local", wire::Type::kA)).answers.size(), 1U);
  EXPECT_EQ(Exchange(Ask("cluster.local", wire::Type::kSoa), Transport::kTcp).answers.size(), 1U);
}

TEST_F(ServerTest, StopFreesTheAddress) {
  StartServer();
  const std::string address = address_.ToText();
  server_->Stop();
  options_.listen = {address};
  StartServer();
  EXPECT_EQ(server_->addresses().at(0).ToText(), address);
}

}  // namespace
}  // namespace ordinal::dns::testing
