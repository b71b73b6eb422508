#include "agent/apiserver/auth/certificates.h"

#include <openssl/ec.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "agent/apiserver/auth/x509.h"
#include "agent/base/openssl.h"

namespace ordinal::apiserver::auth {
namespace {

// Of clients whose clock is behind; and the host's own may be set back, by the hours of a time zone.
constexpr std::chrono::hours kClockSkew{24};

/// Names go through OpenSSL's text syntax of extensions, where a comma would begin another one.
bool Plain(const std::string& name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string::npos;
}

std::string AltNameText(const AltNames& names) {
  std::string text;
  for (const std::string& name : names) {
    boost::system::error_code code;
    asio::ip::make_address(name, code);
    if (!text.empty()) text += ",";
    text += (code ? "DNS:" : "IP:") + name;
  }
  return text;
}

bool AddEntry(X509_NAME* name, const char* field, const std::string& value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

/// A certificate with everything but its issuer, extensions and signature.
Result<Certificate> Begin(EVP_PKEY* key, const Subject& subject, Validity validity, Random& random) {
  Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  bool good = x509 != nullptr && X509_set_version(x509, kVersion3) == 1 && SetSerial(x509, random) &&
              ASN1_TIME_set(X509_getm_notBefore(x509), Seconds(validity.now - kClockSkew)) != nullptr &&
              ASN1_TIME_set(X509_getm_notAfter(x509), Seconds(validity.now + validity.length)) != nullptr &&
              X509_set_pubkey(x509, key) == 1;
  if (good) {
    X509_NAME* name = X509_get_subject_name(x509);
    for (const std::string& organization : subject.organizations) good = good && AddEntry(name, "O", organization);
    good = good && AddEntry(name, "CN", subject.common_name);
  }
  if (!good) return LastError("make a certificate for " + subject.common_name);
  return certificate;
}

Result<KeyPair> Finish(X509* certificate, EVP_PKEY* key, EVP_PKEY* signer) {
  if (X509_sign(certificate, signer, EVP_sha256()) == 0) return LastError("sign a certificate");
  const Bio text(BIO_new(BIO_s_mem())), secret(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(text.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return LastError("write a certificate as text");
  }
  return KeyPair{Written(text.get()), Written(secret.get())};
}

std::string Spelled(const std::string& name) {
  boost::system::error_code code;
  const auto address = asio::ip::make_address(name, code);
  return code ? name : address.to_string();
}

std::string AddressText(const ASN1_OCTET_STRING* bytes) {
  const unsigned char* data = ASN1_STRING_get0_data(bytes);
  const int size = ASN1_STRING_length(bytes);
  if (size == 4) {
    asio::ip::address_v4::bytes_type v4;
    std::copy_n(data, v4.size(), v4.begin());
    return asio::ip::address_v4(v4).to_string();
  }
  if (size != 16) return "?";
  asio::ip::address_v6::bytes_type v6;
  std::copy_n(data, v6.size(), v6.begin());
  return asio::ip::address_v6(v6).to_string();
}

}  // namespace

Result<KeyPair> MakeCa(const Subject& subject, Validity validity, Random& random) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return LastError("make a key");
  TRY(const auto certificate, Begin(key.get(), subject, validity, random));
  X509* x509 = certificate.get();
  X509_set_issuer_name(x509, X509_get_subject_name(x509));
  if (!AddExtension(x509, x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(x509, x509, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature") ||
      !AddExtension(x509, x509, NID_subject_key_identifier, "hash")) {
    return LastError("describe a CA's certificate");
  }
  return Finish(x509, key.get(), key.get());
}

Result<KeyPair> Issue(const KeyPair& ca, const Subject& subject, const AltNames& names, Validity validity,
                      Random& random) {
  if (!std::all_of(names.begin(), names.end(), Plain)) {
    return MakeError(ErrorCode::kInvalid, "a certificate cannot hold a name with other than letters, digits, - . _ :");
  }
  const Certificate issuer = ReadX509(ca.certificate);
  const Key signer = ReadKey(ca.key);
  if (!issuer || !signer) return LastError("read the CA's certificate and key");
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return LastError("make a key");
  TRY(const auto certificate, Begin(key.get(), subject, validity, random));
  X509* x509 = certificate.get();
  X509_set_issuer_name(x509, X509_get_subject_name(issuer.get()));
  if (!AddExtension(x509, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(x509, issuer.get(), NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(x509, issuer.get(), NID_ext_key_usage, names.empty() ? "clientAuth" : "serverAuth") ||
      !AddExtension(x509, issuer.get(), NID_authority_key_identifier, "keyid") ||
      (!names.empty() && !AddExtension(x509, issuer.get(), NID_subject_alt_name, AltNameText(names)))) {
    return LastError("describe a certificate for " + subject.common_name);
  }
  return Finish(x509, key.get(), signer.get());
}

Result<CertificateFacts> ReadCertificate(const std::string& pem) {
  const Certificate certificate = ReadX509(pem);
  if (!certificate) return LastError("read a certificate");
  CertificateFacts facts;
  facts.not_before = TimeOf(X509_get0_notBefore(certificate.get()));
  facts.not_after = TimeOf(X509_get0_notAfter(certificate.get()));
  facts.common_name = CommonNameOf(X509_get_subject_name(certificate.get()));
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type == GEN_IPADD) facts.names.push_back(AddressText(one->d.iPAddress));
    if (one->type == GEN_DNS) {
      facts.names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName)),
                               static_cast<size_t>(ASN1_STRING_length(one->d.dNSName)));
    }
  }
  std::sort(facts.names.begin(), facts.names.end());
  return facts;
}

bool Belongs(const KeyPair& pair, const std::string& ca_certificate) {
  const Certificate certificate = ReadX509(pair.certificate), issuer = ReadX509(ca_certificate);
  const Key key = ReadKey(pair.key);
  const bool belongs = certificate && issuer && key && X509_check_private_key(certificate.get(), key.get()) == 1 &&
                       X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) == 1;
  ERR_clear_error();
  return belongs;
}

AltNames Normalized(AltNames names) {
  std::transform(names.begin(), names.end(), names.begin(), Spelled);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace ordinal::apiserver::auth
