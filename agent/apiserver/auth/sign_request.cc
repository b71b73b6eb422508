// Certificates of keys that others made.
#include <algorithm>

#include "agent/apiserver/auth/certificates.h"
#include "agent/apiserver/auth/x509.h"
#include "agent/base/openssl.h"

namespace ordinal::apiserver::auth {
namespace {

// The reference's: of clients whose clock is behind.
constexpr std::chrono::minutes kBackdated{5};

struct UsageName {
  std::string_view usage;     ///< certificates.k8s.io/v1 KeyUsage
  const char* key = nullptr;  ///< OpenSSL's word, of keyUsage
  const char* extended = nullptr;
};
constexpr UsageName kUsageNames[] = {
    {"signing", "digitalSignature"},          {"digital signature", "digitalSignature"},
    {"content commitment", "nonRepudiation"}, {"key encipherment", "keyEncipherment"},
    {"key agreement", "keyAgreement"},        {"data encipherment", "dataEncipherment"},
    {"encipher only", "encipherOnly"},        {"decipher only", "decipherOnly"},
    {"server auth", nullptr, "serverAuth"},   {"client auth", nullptr, "clientAuth"},
    {"code signing", nullptr, "codeSigning"}, {"email protection", nullptr, "emailProtection"},
    {"s/mime", nullptr, "emailProtection"},   {"timestamping", nullptr, "timeStamping"},
    {"ocsp signing", nullptr, "OCSPSigning"},
};

struct UsageTexts {
  std::string key = "critical", extended;
};

/// Usages that make a CA of somebody, and unknown ones, are none.
Result<UsageTexts> TextsOf(const std::vector<std::string>& usages) {
  UsageTexts texts;
  for (const std::string& usage : usages) {
    const auto known = std::find_if(std::begin(kUsageNames), std::end(kUsageNames),
                                    [&](const UsageName& each) { return each.usage == usage; });
    if (known == std::end(kUsageNames)) {
      return MakeError(ErrorCode::kInvalid, "the usage \"" + usage + "\" is none that this CA signs for");
    }
    if (known->key != nullptr) texts.key += std::string(",") + known->key;
    if (known->extended != nullptr)
      texts.extended += (texts.extended.empty() ? "" : ",") + std::string(known->extended);
  }
  return texts;
}

void FreeAll(STACK_OF(X509_EXTENSION) * extensions) { sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free); }

/// The names that the request has beside its subject.
bool CopyNames(X509_REQ* request, X509* certificate) {
  const std::unique_ptr<STACK_OF(X509_EXTENSION), Freed<FreeAll>> extensions(X509_REQ_get_extensions(request));
  if (!extensions) return true;
  const int at = X509v3_get_ext_by_NID(extensions.get(), NID_subject_alt_name, -1);
  return at < 0 || X509_add_ext(certificate, X509v3_get_ext(extensions.get(), at), -1) == 1;
}

bool Describe(X509* x509, X509* issuer, X509_REQ* request, const UsageTexts& usages) {
  return X509_set_subject_name(x509, X509_REQ_get_subject_name(request)) == 1 &&
         X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
         X509_set_pubkey(x509, X509_REQ_get0_pubkey(request)) == 1 &&
         AddExtension(x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         (usages.key == "critical" || AddExtension(x509, issuer, NID_key_usage, usages.key)) &&
         (usages.extended.empty() || AddExtension(x509, issuer, NID_ext_key_usage, usages.extended)) &&
         AddExtension(x509, issuer, NID_authority_key_identifier, "keyid") && CopyNames(request, x509);
}

}  // namespace

Result<std::string> SignRequest(const KeyPair& ca, const std::string& request, const std::vector<std::string>& usages,
                                Validity validity, Random& random) {
  TRY(const UsageTexts texts, TextsOf(usages));
  const CertificateRequest asked = ReadX509Request(request);
  if (!asked || X509_REQ_get0_pubkey(asked.get()) == nullptr) {
    ERR_clear_error();
    return MakeError(ErrorCode::kInvalid, "that is no PKCS #10 request in PEM");
  }
  const Certificate issuer = ReadX509(ca.certificate);
  const Key signer = ReadKey(ca.key);
  if (!issuer || !signer) return LastError("read the CA's certificate and key");
  TRY(const CertificateFacts facts, ReadCertificate(ca.certificate));
  const WallTime end = std::min(validity.now + validity.length, facts.not_after);
  const Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  const bool good = x509 != nullptr && X509_set_version(x509, kVersion3) == 1 && SetSerial(x509, random) &&
                    ASN1_TIME_set(X509_getm_notBefore(x509), Seconds(validity.now - kBackdated)) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(x509), Seconds(end)) != nullptr &&
                    Describe(x509, issuer.get(), asked.get(), texts) &&
                    X509_sign(x509, signer.get(), EVP_sha256()) != 0;
  if (!good) return LastError("make a certificate of a request");
  const Bio text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(text.get(), x509) != 1) return LastError("write a certificate as text");
  return Written(text.get());
}

}  // namespace ordinal::apiserver::auth
