// A document by https: whose certificate counts, and what is too long, too slow or no answer.
#include "agent/http/fetch.h"

#include <boost/asio/redirect_error.hpp>

#include "agent/base/openssl.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

TEST(HttpsUrlTest, TakenApart) {
  const struct {
    const char *text, *host;
    uint16_t port;
    const char *authority, *target;
  } good[] = {
      {"https://a.example", "a.example", 443, "a.example", "/"},
      {"https://a.example:8443/x/y?p=1#f", "a.example", 8443, "a.example:8443", "/x/y?p=1"},
      {"https://[::1]:9/", "::1", 9, "[::1]:9", "/"},
      {"https://[::1]", "::1", 443, "[::1]", "/"},
      {"https://a?q", "a", 443, "a", "/?q"},
      {"https://me@a/x", "a", 443, "a", "/x"},
  };
  for (const auto& one : good) {
    const auto url = ParseHttpsUrl(one.text);
    ASSERT_TRUE(url.ok()) << one.text;
    EXPECT_EQ(url->host, one.host) << one.text;
    EXPECT_EQ(url->port, one.port) << one.text;
    EXPECT_EQ(url->authority, one.authority) << one.text;
    EXPECT_EQ(url->target, one.target) << one.text;
  }
  for (const char* text : {"", "a.example", "http://a", "https://", "https:///x", "https://:443", "https://a:0",
                           "https://a:65536", "https://a:4x", "https://[::1", "https://[::1]x", "https://a/ b",
                           "https://a/\r\nX: y", "https://a/\x7f", "https://\xc3\xa4"}) {
    EXPECT_FALSE(ParseHttpsUrl(text).ok()) << text;
  }
}

TEST(AddressesTest, OneOfEachFamilyIsTried) {
  const struct {
    std::vector<const char*> found, tried;
  } cases[] = {
      {{}, {}},
      {{"::1"}, {"::1"}},
      {{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, {"10.0.0.1", "10.0.0.2"}},
      {{"::1", "::2", "10.0.0.1", "10.0.0.2"}, {"::1", "10.0.0.1"}},
      {{"10.0.0.1", "10.0.0.2", "::1"}, {"10.0.0.1", "::1"}},
      {{"10.0.0.1", "::1", "::2"}, {"10.0.0.1", "::1"}},
  };
  for (const auto& one : cases) {
    std::vector<tcp::endpoint> found;
    for (const char* text : one.found) found.emplace_back(asio::ip::make_address(text), 443);
    std::vector<std::string> tried;
    for (const tcp::endpoint& to : TwoOf(found)) tried.push_back(to.address().to_string());
    EXPECT_EQ(tried, std::vector<std::string>(one.tried.begin(), one.tried.end()));
  }
}

/// A CA's certificate as `above` signs it: the same key and name, and no root.
std::string Crossed(const auth::KeyPair& ca, const auth::KeyPair& above) {
  const Certificate crossed = ReadX509(ca.certificate), signer = ReadX509(above.certificate);
  X509_set_issuer_name(crossed.get(), X509_get_subject_name(signer.get()));
  X509_sign(crossed.get(), ReadKey(above.key).get(), EVP_sha256());
  const Bio text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(text.get(), crossed.get());
  return Written(text.get());
}

class FetchTest : public ServerFixture {
 protected:
  Result<std::string> Get(const std::string& host, const std::string& target, const std::string& roots) {
    const std::string port = Endpoint().substr(Endpoint().rfind(':'));
    const auto trust = MakeTrust(roots);
    EXPECT_TRUE(trust.ok());
    FetchLimits limits;
    limits.bytes = 1000;
    limits.answer = limit_;
    asio::io_context io;
    BlockingPool lookups(1);  // ends before what it answers to
    return RunTask(io, Fetch(*ParseHttpsUrl("https://" + host + port + target), *trust, lookups, limits));
  }
  std::string Complaint(const std::string& host, const std::string& target, const std::string& roots) {
    const auto got = Get(host, target, roots);
    return got.ok() ? "fetched " + *got : got.error().message;
  }
  void Serve() {
    Start([this](std::shared_ptr<const Request> request) -> Task<Response> {
      const std::string what = request->segments.empty() ? "" : request->segments.front();
      if (what == "long") co_return Text(std::string(1001, 'x'));
      if (what == "moved") {
        Response response;
        response.status = 302;
        response.headers.emplace_back("Location", "/x");
        co_return response;
      }
      if (what == "slow") {
        asio::steady_timer never(control_, asio::steady_timer::time_point::max());
        never_ = &never;
        boost::system::error_code ignored;
        co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      }
      co_return Text(request->target + " for " + std::string(request->Header("host").substr(0, 9)));
    });
  }
  ~FetchTest() override {
    asio::post(control_, [this] {
      if (never_ != nullptr) never_->cancel();
    });
    StopAll();
  }

  const std::string ca_ = TestKeys::Get().ca.certificate;
  Duration limit_ = std::chrono::seconds(20);
  asio::steady_timer* never_ = nullptr;
};

TEST_F(FetchTest, OfWhoHasACertificateForItsName) {
  Serve();
  EXPECT_EQ(Complaint("127.0.0.1", "/a?b=c", ca_), "fetched /a?b=c for 127.0.0.1");
  EXPECT_EQ(Complaint("localhost", "/", ca_ + TestKeys::Get().stranger.certificate), "fetched / for localhost");
  EXPECT_EQ(Complaint("127.0.0.2", "/", ca_).find("connect: "), 0u) << "nobody listens there";
  EXPECT_NE(Complaint("127.0.0.1", "/", TestKeys::Get().stranger.certificate).find("TLS"), std::string::npos);
  EXPECT_NE(Complaint("127.0.0.1", "/", "").find("TLS"), std::string::npos) << "the host does not know it";
  EXPECT_EQ(Complaint("no-such-host.invalid", "/", ca_).find("look up no-such-host.invalid: "), 0u);
}

TEST_F(FetchTest, NotUnderAnotherName) {
  settings_.listen = {"127.0.0.3:0"};
  Serve();
  EXPECT_NE(Complaint("127.0.0.3", "/", ca_).find("mismatch"), std::string::npos) << Complaint("127.0.0.3", "/", ca_);
}

TEST_F(FetchTest, OfWhoIsTrustedWithoutARoot) {
  Serve();
  SeededRandom random(8);
  const auto above = *auth::MakeCa({"above", {}}, {clock_.Now(), std::chrono::hours(24)}, random);
  EXPECT_EQ(Complaint("127.0.0.1", "/", Crossed(TestKeys::Get().ca, above)), "fetched / for 127.0.0.1");
  EXPECT_EQ(Complaint("127.0.0.1", "/", TestKeys::Get().server.certificate), "fetched / for 127.0.0.1");
  EXPECT_NE(Complaint("127.0.0.1", "/", above.certificate).find("TLS"), std::string::npos);
}

TEST_F(FetchTest, WhatIsNoDocument) {
  Serve();
  EXPECT_EQ(Complaint("127.0.0.1", "/long", ca_), "the answer has more than 1000 bytes");
  EXPECT_EQ(Complaint("127.0.0.1", "/moved", ca_), "the answer is 302");
  limit_ = std::chrono::milliseconds(300);
  // On a host that is busy it may be over earlier than in the reading.
  const std::string late = Complaint("127.0.0.1", "/slow", ca_);
  EXPECT_TRUE(late.ends_with(": it took too long")) << late;
}

TEST(TrustTest, RootsThatCannotBeRead) {
  EXPECT_FALSE(MakeTrust("no PEM").ok());
  std::string damaged = TestKeys::Get().ca.certificate;
  damaged.replace(damaged.find('\n') + 10, 3, "!!!");
  EXPECT_FALSE(MakeTrust(TestKeys::Get().ca.certificate + damaged).ok());
  EXPECT_TRUE(MakeTrust("").ok());
}

}  // namespace
}  // namespace ordinal::http
