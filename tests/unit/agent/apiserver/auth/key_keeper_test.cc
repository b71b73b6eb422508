#include "agent/apiserver/auth/key_keeper.h"

#include <gmock/gmock.h>

#include <optional>

#include "agent/base/private_file.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::apiserver::auth {
namespace {

using ::testing::Contains;
using ::testing::Not;

/// A client that trusts the agent's CA, at a time of its own; its connection stays.
class Visitor {
 public:
  Visitor(const std::string& ca, const std::string& endpoint, WallTime now) {
    context_.add_certificate_authority(asio::buffer(ca));
    context_.set_verify_mode(asio::ssl::verify_peer);
    stream_.emplace(io_, context_);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(stream_->native_handle()),
                               std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now)));
    const size_t colon = endpoint.rfind(':');
    stream_->next_layer().connect({asio::ip::make_address(endpoint.substr(0, colon)),
                                   static_cast<uint16_t>(std::stoi(endpoint.substr(colon + 1)))});
    stream_->handshake(asio::ssl::stream_base::client, code_);
  }
  std::string Verdict() const { return code_ ? code_.message() : "trusted"; }
  /// Whether a request of this connection is answered.
  bool Asks() {
    const std::string request = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";
    boost::system::error_code code;
    asio::write(*stream_, asio::buffer(request), code);
    http::beast::response<http::beast::string_body> answer;
    if (!code) http::beast::read(*stream_, buffer_, answer, code);
    return !code && answer.result_int() == 200;
  }
  AltNames Names() {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(stream_->native_handle()),
                                                            X509_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(text.get(), shown.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return ReadCertificate(std::string(data, static_cast<size_t>(size)))->names;
  }

 private:
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  std::optional<asio::ssl::stream<http::tcp::socket>> stream_;  // made of the context when that is complete
  boost::beast::flat_buffer buffer_;
  boost::system::error_code code_;
};

class KeyKeeperTest : public http::ServerFixture {
 protected:
  KeyKeeperTest() {
    wanted_ = {state_ / "pki", state_ / "admin.kubeconfig", "n1", {"0.0.0.0:6443"}, {}};
    wanted_.node_addresses = wanted_.host_addresses = {"192.0.2.10"};
    wanted_.host_name = "old";
    settings_.limits.stranger = std::chrono::minutes(10);  // visitors show no credential
  }
  ~KeyKeeperTest() override { StopAll(); }

  void StartWith(const Pki& pki) {
    settings_.certificates = pki.ForServer();
    Start(Echo);
    Spawn(io_.get_executor(), "keeper", keeper_.Run([this](const Pki& renewed) {
      ++renewals_;
      latest_ = renewed;
      return server_->Renew(renewed.ForServer());
    }));
  }

  fakes::ScratchDirectory state_;
  asio::io_context io_;
  fakes::FakeClock time_{io_};
  SeededRandom random_{1};
  PkiSettings wanted_;
  KeyKeeper keeper_{{time_, random_, [this] { return wanted_; }, "https://127.0.0.1:6443"}};
  Pki latest_;
  int renewals_ = 0;
};

std::string KubeconfigIn(const fakes::ScratchDirectory& state) {
  return *ReadPrivateFile(state / "admin.kubeconfig").value();
}

TEST_F(KeyKeeperTest, FiveYearsPassWithoutARestart) {
  const Pki first = *keeper_.Make();
  latest_ = first;
  StartWith(first);
  Visitor stays(first.ca.certificate, Endpoint(), time_.Now());
  ASSERT_EQ(stays.Verdict(), "trusted");
  const std::string kubeconfig = KubeconfigIn(state_);
  constexpr std::chrono::hours kQuarter{24 * 91};
  for (int quarter = 1; quarter <= 20; ++quarter) {
    time_.Set(kQuarter);  // the host slept, or the clock was set; its timers go on
    time_.Advance(std::chrono::minutes(1));
    EXPECT_EQ(renewals_, quarter);
    for (const KeyPair* pair : {&latest_.server, &latest_.admin, &latest_.view, &latest_.node, &latest_.node_api}) {
      EXPECT_GT(ReadCertificate(pair->certificate)->not_after, time_.Now() + std::chrono::hours(24 * 29));
    }
    Visitor comes(first.ca.certificate, Endpoint(), time_.Now());
    EXPECT_EQ(comes.Verdict(), "trusted") << "in quarter " << quarter;
    EXPECT_TRUE(comes.Asks());
    EXPECT_TRUE(stays.Asks()) << "no connection was dropped";
  }
  EXPECT_EQ(latest_.ca.certificate, first.ca.certificate);
  EXPECT_NE(KubeconfigIn(state_), kubeconfig) << "it holds a certificate that is good";

  StopServer();
}

TEST_F(KeyKeeperTest, WithoutRenewalNobodyWouldComeIn) {
  const Pki first = *keeper_.Make();
  settings_.certificates = first.ForServer();
  Start(Echo);
  Visitor late(first.ca.certificate, Endpoint(), time_.Now() + std::chrono::hours(24 * 366));
  EXPECT_NE(late.Verdict(), "trusted");
}

TEST_F(KeyKeeperTest, TheHostsNewNameAndAddressAreNamedAMinuteLater) {
  const Pki first = *keeper_.Make();
  StartWith(first);
  const std::string kubeconfig = KubeconfigIn(state_);
  time_.Advance(std::chrono::hours(2));
  EXPECT_EQ(renewals_, 0) << "nothing changed";
  Visitor stays(first.ca.certificate, Endpoint(), time_.Now());
  EXPECT_THAT(stays.Names(), Contains("192.0.2.10"));
  wanted_.node_addresses = wanted_.host_addresses = {"198.51.100.7"};
  wanted_.host_name = "new";
  time_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(renewals_, 1);
  Visitor comes(first.ca.certificate, Endpoint(), time_.Now());
  EXPECT_EQ(comes.Verdict(), "trusted");
  for (const char* name : {"198.51.100.7", "new", "n1", "127.0.0.1", "localhost"}) {
    EXPECT_THAT(comes.Names(), Contains(name));
  }
  EXPECT_THAT(comes.Names(), Not(Contains("192.0.2.10")));
  EXPECT_THAT(ReadCertificate(latest_.node_api.certificate)->names, Contains("198.51.100.7"));
  EXPECT_TRUE(stays.Asks());
  EXPECT_EQ(KubeconfigIn(state_), kubeconfig) << "the same one works on";
  wanted_.host_name = "no name: of a certificate";
  time_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(renewals_, 2) << "left out, and no reason not to renew";
}

TEST_F(KeyKeeperTest, WhatCannotBeKeptIsTriedAgain) {
  StartWith(*keeper_.Make());
  wanted_.host_name = "new";
  const std::string elsewhere = wanted_.directory;
  wanted_.directory = state_ / "pki/ca.crt/nowhere";
  time_.Advance(std::chrono::minutes(3));
  EXPECT_EQ(renewals_, 0);
  wanted_.directory = elsewhere;
  time_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(renewals_, 1);
}

}  // namespace
}  // namespace ordinal::apiserver::auth
