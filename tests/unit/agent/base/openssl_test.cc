// Subjects with several names, and PEM that is encrypted: nobody is asked for a password.
#include "agent/base/openssl.h"

#include <gmock/gmock.h>

#include "tests/fakes/signing_request.h"

namespace ordinal {
namespace {

using testing::ElementsAre;

TEST(OpenSsl, OfSeveralCommonNamesTheLastCounts) {
  const CertificateRequest request = ReadX509Request(fakes::SigningRequest("first", {"a", "b"}, "", "last"));
  ASSERT_TRUE(request);
  const X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  EXPECT_THAT(ValuesIn(subject, NID_commonName), ElementsAre("first", "last"));
  EXPECT_THAT(ValuesIn(subject, NID_organizationName), ElementsAre("a", "b"));
  EXPECT_EQ(CommonNameOf(subject), "last");
}

/// Whether OpenSSL asked at the terminal for a password. Empties its queue of errors.
bool Asked() {
  bool asked = false;
  while (const unsigned long code = ERR_get_error()) {
    asked = asked || ERR_GET_REASON(code) == PEM_R_PROBLEMS_GETTING_PASSWORD;
  }
  return asked;
}

TEST(OpenSsl, WhatIsEncryptedIsRefusedAndNobodyIsAsked) {
  std::string key;
  const std::string request = fakes::SigningRequest("carol", {}, "", "", &key);
  const Key signer = ReadKey(key);
  ASSERT_TRUE(signer);
  const Certificate certificate(X509_new());
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), 0);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), 1);
  X509_set_pubkey(certificate.get(), signer.get());
  X509_sign(certificate.get(), signer.get(), EVP_sha256());
  const Bio text(BIO_new(BIO_s_mem())), secret(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(text.get(), certificate.get());
  PEM_write_bio_PKCS8PrivateKey(secret.get(), signer.get(), EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
  EXPECT_TRUE(ReadX509(Written(text.get())));
  Asked();
  EXPECT_FALSE(ReadX509Request(fakes::Encrypted(request)));
  EXPECT_FALSE(ReadX509(fakes::Encrypted(Written(text.get()))));
  EXPECT_FALSE(ReadKey(fakes::Encrypted(key)));
  EXPECT_FALSE(ReadKey(Written(secret.get())));
  EXPECT_FALSE(Asked());
}

}  // namespace
}  // namespace ordinal
