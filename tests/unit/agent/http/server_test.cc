#include "agent/http/server.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <zlib.h>

#include <boost/asio/steady_timer.hpp>
#include <future>
#include <nlohmann/json.hpp>

#include "agent/api/openapi/more_types.h"
#include "agent/api/protobuf/message.h"
#include "tests/fakes/signing_request.h"
#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

using Json = nlohmann::json;

std::string Unzipped(const std::string& packed) {
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string text(8 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int done = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return done == Z_STREAM_END ? text : "no gzip";
}

class ServerTest : public ServerFixture {};

TEST_F(ServerTest, ServesOneRequestAfterAnotherOnAConnection) {
  Start(Echo);
  TestClient client(Endpoint());
  for (const char* name : {"a", "b", "c"}) {
    const auto response = client.Get(std::string("/api/v1/") + name);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), 200u);
    EXPECT_EQ(response->body(), std::string("GET api|v1|") + name + "|");
    EXPECT_TRUE(response->keep_alive());
    EXPECT_EQ((*response)["Cache-Control"], "no-cache, private");
  }
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.Receive());
  EXPECT_TRUE(client.Ended());
}

TEST_F(ServerTest, HandsOverARequestDecodedAndWithoutItsCredential) {
  std::promise<std::shared_ptr<const Request>> seen;
  const Handler keep = [&seen](std::shared_ptr<const Request> request) -> Task<Response> {
    seen.set_value(request);
    co_return Text("");
  };
  Start(keep);
  TestClient client(Endpoint());
  client.Send(
      "POST /api/v1/na%2Fme%20s?labelSelector=app%3Dkubia+x&watch HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\n"
      "Authorization: bearer good\r\nContent-Length: 4\r\n\r\nbody");
  ASSERT_TRUE(client.Receive());
  const auto request = seen.get_future().get();
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->segments, (std::vector<std::string>{"api", "v1", "na/me s"}));
  EXPECT_EQ(request->Query("labelSelector"), "app=kubia x");
  EXPECT_TRUE(request->HasQuery("watch"));
  EXPECT_EQ(request->headers.count("x-a"), 2u);
  EXPECT_EQ(request->headers.count("authorization"), 0u);
  EXPECT_EQ(request->body, "body");
  EXPECT_EQ(request->user.name, "bob");
}

TEST_F(ServerTest, AnswersHeadAsGetWithoutTheBody) {
  Start(Echo);
  TestClient client(Endpoint());
  client.Send("HEAD /version HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto response = client.Receive(true);
  ASSERT_TRUE(response);
  EXPECT_EQ((*response)["Content-Length"], "12");
  EXPECT_TRUE(response->body().empty());
  EXPECT_EQ(client.Get("/b")->body(), "GET b|");
}

TEST_F(ServerTest, AsksForABodyThatWaitsToBeAskedFor) {
  Start(Echo);
  TestClient client(Endpoint());
  client.Send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("hello");
  EXPECT_EQ(client.Receive()->body(), "PUT a|hello");
}

TEST_F(ServerTest, ReadsABodyInChunks) {
  Start(Echo);
  TestClient client(Endpoint());
  client.Send("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.Receive()->body(), "PUT a|abcde");
}

struct CredentialCase {
  const char* what;
  const auth::KeyPair* pair;
  const char* fields;
  unsigned code;
  const char* user;
};

TEST_F(ServerTest, TellsUsersByCertificateAndToken) {
  const Handler who = [](std::shared_ptr<const Request> request) -> Task<Response> {
    std::string text = request->user.name;
    for (const auto& group : request->user.groups) text += "," + group;
    co_return Text(text);
  };
  Start(who);
  const TestKeys& keys = TestKeys::Get();
  auth::KeyPair two;
  SeededRandom random(8);
  const std::string asked = fakes::SigningRequest("alice", {"ops"}, "", "bob", &two.key);
  two.certificate = *auth::SignRequest(keys.ca, asked, {"client auth"}, {clock_.Now(), std::chrono::hours(1)}, random);
  const CredentialCase cases[] = {
      {"nothing", nullptr, "", 200, "system:anonymous,system:unauthenticated"},
      {"a certificate of our CA", &keys.client, "", 200, "alice,system:masters,ops"},
      {"of several names the last counts", &two, "", 200, "bob,ops"},
      {"a certificate of another CA", &keys.stranger, "", 401, nullptr},
      {"a token", nullptr, "Authorization: Bearer good\r\n", 200, "bob,readers"},
      {"a wrong token", nullptr, "Authorization: Bearer bad\r\n", 401, nullptr},
      {"an empty token", nullptr, "Authorization: Bearer \r\n", 401, nullptr},
      {"another scheme", nullptr, "Authorization: Basic Zm9vOmJhcg==\r\n", 401, nullptr},
  };
  for (const CredentialCase& one : cases) {
    SCOPED_TRACE(one.what);
    TestClient client(Endpoint(), one.pair);
    const auto response = client.Get("/", one.fields);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), one.code);
    if (one.user != nullptr) {
      EXPECT_EQ(response->body(), one.user);
    } else {
      EXPECT_EQ(Json::parse(response->body()), Json::parse(R"({"kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "message": "Unauthorized", "reason": "Unauthorized", "code": 401})"));
    }
  }
}

struct AcceptCase {
  const char *accept, *content_type;
};

TEST_F(ServerTest, RefusesInTheFormThatIsAccepted) {
  Start(Echo);
  const AcceptCase cases[] = {
      {"", "application/json"},
      {"Accept: application/json\r\n", "application/json"},
      {"Accept: application/vnd.kubernetes.protobuf, application/json\r\n", "application/vnd.kubernetes.protobuf"},
      {"Accept: application/vnd.kubernetes.protobuf;q=0.5, application/json\r\n", "application/json"},
      {"Accept: text/html\r\n", "application/json"},
  };
  for (const AcceptCase& one : cases) {
    SCOPED_TRACE(one.accept);
    TestClient client(Endpoint());
    const auto response = client.Get("/", std::string("Authorization: Bearer bad\r\n") + one.accept);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), 401u);
    EXPECT_EQ((*response)[beast::field::content_type], one.content_type);
    const std::string body = response->body();
    if (!body.starts_with(std::string_view("k8s\0", 4))) {
      EXPECT_EQ(Json::parse(body)["code"], 401);
      continue;
    }
    using api::protobuf::Part;
    const auto raw = Part(std::string_view(body).substr(4), 2);
    ASSERT_TRUE(raw.ok());
    const auto status = api::protobuf::ReadMessage(api::openapi::kStatus, raw->bytes);
    ASSERT_TRUE(status.ok());
    EXPECT_EQ((*status)["code"], 401);
    EXPECT_EQ((*status)["reason"], "Unauthorized");
  }
}

TEST_F(ServerTest, AsksWhoCannotBeToldYetToComeAgain) {
  Start(Echo);
  TestClient client(Endpoint(), nullptr);
  const auto response = client.Get("/", "Authorization: Bearer early\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 503u);
  EXPECT_EQ(response->base()["Retry-After"], "1");
  EXPECT_EQ(Json::parse(response->body())["message"], "nobody knows yet");
}

TEST_F(ServerTest, SpeaksTls12AndNewerOnly) {
  Start(Echo);
  const auto refused = TestClient(Endpoint(), nullptr, TLS1_1_VERSION).Handshake();
  // The server's word, not a failure of the client's own.
  EXPECT_EQ(ERR_GET_REASON(static_cast<unsigned>(refused.value())), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
  TestClient client(Endpoint(), nullptr, TLS1_2_VERSION);
  EXPECT_EQ(client.Get("/a")->body(), "GET a|");
}

TEST_F(ServerTest, CompressesLargeBodiesForThoseWhoTakeIt) {
  const std::string large(200 * 1024, 'a'), small(1000, 'b');
  const Handler sized = [&](std::shared_ptr<const Request> request) -> Task<Response> {
    Response response;
    response.body =
        std::function<std::string()>([&, big = request->segments[0] == "large"] { return big ? large : small; });
    co_return response;
  };
  Start(sized);
  TestClient client(Endpoint());
  const auto packed = client.Get("/large", "Accept-Encoding: deflate, gzip;q=0.5\r\n");
  EXPECT_EQ((*packed)["Content-Encoding"], "gzip");
  EXPECT_LT(packed->body().size(), 10'000u);
  EXPECT_EQ(Unzipped(packed->body()), large);
  for (const char* fields : {"", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: br\r\n"}) {
    EXPECT_EQ(client.Get("/large", fields)->body(), large) << fields;
  }
  EXPECT_EQ(client.Get("/small", "Accept-Encoding: gzip\r\n")->body(), small);
}

TEST_F(ServerTest, AnswersForAHandlerThatFails) {
  const Handler failing = [](std::shared_ptr<const Request> request) -> Task<Response> {
    if (request->segments.size() == 1) throw std::runtime_error("secret detail");
    Response response;
    response.body = std::function<std::string()>([]() -> std::string { throw std::runtime_error("secret detail"); });
    co_return response;
  };
  Start(failing);
  TestClient client(Endpoint());
  for (const char* target : {"/a", "/a/b"}) {
    const auto response = client.Get(target);
    ASSERT_TRUE(response);
    EXPECT_EQ(Json::parse(response->body())["reason"], "InternalError");
    EXPECT_EQ(response->body().find("secret"), std::string::npos);
  }
}

TEST_F(ServerTest, TakesNoHeaderOutOfAValue) {
  const Handler split = [](std::shared_ptr<const Request>) -> Task<Response> {
    Response response = Text("x");
    response.headers.emplace_back("Warning", "a\r\nInjected: yes");
    co_return response;
  };
  Start(split);
  const auto response = TestClient(Endpoint()).Get("/");
  EXPECT_EQ(response->count("Injected"), 0u);
  EXPECT_EQ((*response)["Warning"], "a  Injected: yes");
}

TEST_F(ServerTest, StopEndsConnectionsThatWaitForAnything) {
  std::promise<void> asked;
  const Handler never = [&](std::shared_ptr<const Request>) -> Task<Response> {
    asked.set_value();
    asio::steady_timer timer(control_, std::chrono::milliseconds(50));
    co_await timer.async_wait(asio::use_awaitable);
    co_return Text("too late");
  };
  Start(never);
  TestClient idle(Endpoint()), half(Endpoint()), waiting(Endpoint()), silent(Endpoint());
  ASSERT_FALSE(idle.Handshake());
  half.Send("GET / HT");
  waiting.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  asked.get_future().wait();
  StopServer();
  EXPECT_TRUE(idle.Ended());
  EXPECT_TRUE(half.Ended());
  EXPECT_FALSE(waiting.Receive());
}

TEST_F(ServerTest, UsesRenewedCertificatesForNewConnections) {
  Start(Echo);
  SeededRandom random(9);
  const TestKeys& keys = TestKeys::Get();
  const auto renewed =
      auth::Issue(keys.ca, {"renewed", {}}, {"127.0.0.1"}, {clock_.Now(), std::chrono::hours(1)}, random);
  ASSERT_TRUE(server_->Renew({renewed->certificate, renewed->key, keys.ca.certificate}).ok());
  TestClient client(Endpoint());
  ASSERT_FALSE(client.Handshake());
  char name[64] = "";
  X509* peer = SSL_get1_peer_certificate(client.ssl());
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
  X509_free(peer);
  EXPECT_STREQ(name, "renewed");
  EXPECT_FALSE(server_->Renew({"no certificate", "no key", ""}).ok());
}

TEST(ServerStart, SaysWhichAddressDoesNotWork) {
  asio::io_context io;
  const RealClock clock(io.get_executor());
  const TestKeys& keys = TestKeys::Get();
  for (const char* address : {"127.0.0.1", "localhost:6443", "127.0.0.1:", "127.0.0.1:70000", "192.0.2.1:0"}) {
    ServerSettings settings;
    settings.listen = {address};
    settings.certificates = {keys.server.certificate, keys.server.key, keys.ca.certificate};
    Server server(settings, io.get_executor(), clock, {}, {});
    const Status started = server.Start();
    ASSERT_FALSE(started.ok()) << address;
    EXPECT_NE(started.error().message.find(address), std::string::npos) << started.error().message;
  }
}

}  // namespace
}  // namespace ordinal::http
