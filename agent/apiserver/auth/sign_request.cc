// Certificates of keys that others made.
#include <openssl/bn.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "agent/apiserver/auth/certificates.h"
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

bool Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

void FreeAll(STACK_OF(X509_EXTENSION) * extensions) { sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free); }

/// The names that the request has beside its subject.
bool CopyNames(X509_REQ* request, X509* certificate) {
  const std::unique_ptr<STACK_OF(X509_EXTENSION), Freed<FreeAll>> extensions(X509_REQ_get_extensions(request));
  if (!extensions) return true;
  const int at = X509v3_get_ext_by_NID(extensions.get(), NID_subject_alt_name, -1);
  return at < 0 || X509_add_ext(certificate, X509v3_get_ext(extensions.get(), at), -1) == 1;
}

bool SetRandomSerial(X509* certificate, Random& random) {
  std::array<unsigned char, 16> bytes;
  for (size_t i = 0; i < bytes.size(); i += 8) {
    const uint64_t next = random.Next();
    for (size_t k = 0; k < 8; ++k) bytes[i + k] = static_cast<unsigned char>(next >> (8 * k));
  }
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

time_t SecondsOf(WallTime time) {
  return static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

bool Describe(X509* x509, X509* issuer, X509_REQ* request, const UsageTexts& usages) {
  return X509_set_subject_name(x509, X509_REQ_get_subject_name(request)) == 1 &&
         X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
         X509_set_pubkey(x509, X509_REQ_get0_pubkey(request)) == 1 &&
         Extend(x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         (usages.key == "critical" || Extend(x509, issuer, NID_key_usage, usages.key)) &&
         (usages.extended.empty() || Extend(x509, issuer, NID_ext_key_usage, usages.extended)) &&
         Extend(x509, issuer, NID_authority_key_identifier, "keyid") && CopyNames(request, x509);
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
  const bool good = x509 != nullptr && X509_set_version(x509, 2) == 1 && SetRandomSerial(x509, random) &&
                    ASN1_TIME_set(X509_getm_notBefore(x509), SecondsOf(validity.now - kBackdated)) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(x509), SecondsOf(end)) != nullptr &&
                    Describe(x509, issuer.get(), asked.get(), texts) &&
                    X509_sign(x509, signer.get(), EVP_sha256()) != 0;
  if (!good) return LastError("make a certificate of a request");
  const Bio text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(text.get(), x509) != 1) return LastError("write a certificate as text");
  return Written(text.get());
}

}  // namespace ordinal::apiserver::auth
