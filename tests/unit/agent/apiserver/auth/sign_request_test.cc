// Certificates of requests: what was asked for, by our CA; and kubeconfigs of users.
#include <gmock/gmock.h>

#include "agent/apiserver/auth/kubeconfig.h"
#include "agent/base/openssl.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/signing_request.h"

namespace ordinal::apiserver::auth {
namespace {

class SignRequestTest : public ::testing::Test {
 protected:
  static Duration Hours(int64_t count) { return std::chrono::hours(count); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  KeyPair ca_ = *MakeCa({"ca", {}}, {clock_.Now(), Hours(100)}, random_);
};

TEST_F(SignRequestTest, HasSubjectNamesAndTimesThatWereAskedFor) {
  const auto signed_one = SignRequest(ca_, fakes::SigningRequest("carol", {"ops"}, "DNS:a.example,IP:10.0.0.1"),
                                      {"digital signature", "server auth"}, {clock_.Now(), Hours(2)}, random_);
  ASSERT_TRUE(signed_one.ok()) << signed_one.error().message;
  const auto facts = ReadCertificate(*signed_one);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->common_name, "carol");
  EXPECT_EQ(facts->names, (AltNames{"10.0.0.1", "a.example"}));
  EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(facts->not_after),
            std::chrono::floor<std::chrono::seconds>(clock_.Now() + Hours(2)));
  const Certificate certificate = ReadX509(*signed_one), issuer = ReadX509(ca_.certificate);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())), 1);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_EQ(X509_get_extended_key_usage(certificate.get()), static_cast<uint32_t>(XKU_SSL_SERVER));
}

TEST_F(SignRequestTest, IsNeverGoodForLongerThanTheCa) {
  const auto signed_one =
      SignRequest(ca_, fakes::SigningRequest("carol", {}), {"client auth"}, {clock_.Now(), Hours(1000)}, random_);
  ASSERT_TRUE(signed_one.ok());
  EXPECT_EQ(ReadCertificate(*signed_one)->not_after, ReadCertificate(ca_.certificate)->not_after);
}

TEST_F(SignRequestTest, MakesACaOfNobody) {
  EXPECT_FALSE(
      SignRequest(ca_, fakes::SigningRequest("carol", {}), {"cert sign"}, {clock_.Now(), Hours(1)}, random_).ok());
  EXPECT_FALSE(SignRequest(ca_, "nonsense", {"client auth"}, {clock_.Now(), Hours(1)}, random_).ok());
}

TEST_F(SignRequestTest, AUserGetsAKubeconfigOfItsOwn) {
  Pki pki;
  pki.ca = ca_;
  const auto text =
      UserKubeconfig(pki, {"dave: x", {"ops"}}, {clock_.Now(), Hours(2)}, "https://127.0.0.1:6443", random_);
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_THAT(*text, testing::HasSubstr("current-context: user-dave--x@ordinal\n"));
  EXPECT_FALSE(UserKubeconfig(pki, {"dave", {}}, {clock_.Now(), Hours(200)}, "https://127.0.0.1:6443", random_).ok());
  EXPECT_FALSE(UserKubeconfig(pki, {"", {}}, {clock_.Now(), Hours(1)}, "https://127.0.0.1:6443", random_).ok());
}

TEST(Validities, AreReadAsPeopleWriteThem) {
  using std::chrono::hours;
  using std::chrono::minutes;
  const std::pair<const char*, Duration> good[] = {{"30m", minutes(30)},
                                                   {"24h", hours(24)},
                                                   {"365d", hours(24 * 365)},
                                                   {"1h30m", minutes(90)},
                                                   {"90s", minutes(1) + std::chrono::seconds(30)}};
  for (const auto& [text, length] : good) EXPECT_EQ(ParseValidity(text).value(), length) << text;
  for (const char* text : {"", "5", "h", "-1h", "10s", "1y", "99999999999d", "1h 2m", "100d100000d"}) {
    EXPECT_FALSE(ParseValidity(text).ok()) << text;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::auth
