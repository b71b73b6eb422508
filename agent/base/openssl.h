// Owners of OpenSSL's objects, and text from and to its memory buffers.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using CertificateRequest = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;

inline Bio Reader(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

inline std::string Written(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

/// For every reader of PEM (pem_password_cb): what is encrypted cannot be read. Without it OpenSSL asks for a password
/// at the terminal, and waits.
inline int RefusePassword(char*, int, int, void*) { return -1; }

inline Certificate ReadX509(const std::string& pem) {
  return Certificate(PEM_read_bio_X509(Reader(pem).get(), nullptr, RefusePassword, nullptr));
}

inline Key ReadKey(const std::string& pem) {
  return Key(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, RefusePassword, nullptr));
}

inline CertificateRequest ReadX509Request(const std::string& pem) {
  return CertificateRequest(PEM_read_bio_X509_REQ(Reader(pem).get(), nullptr, RefusePassword, nullptr));
}

/// All values of an attribute (NID_commonName …) of a subject, in its order, in UTF-8.
inline std::vector<std::string> ValuesIn(const X509_NAME* name, int nid) {
  std::vector<std::string> values;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size >= 0) values.emplace_back(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
    OPENSSL_free(text);
  }
  return values;
}

/// Whose a subject is: of several common names the last one counts, as in Go's crypto/x509/pkix. Empty: it has none.
inline std::string CommonNameOf(const X509_NAME* name) {
  const std::vector<std::string> names = ValuesIn(name, NID_commonName);
  return names.empty() ? std::string() : names.back();
}

/// OpenSSL's own word for what failed last, and its queue of errors emptied.
inline Error LastError(std::string_view what) {
  char text[256] = "no reason given";
  if (const unsigned long code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return MakeError(ErrorCode::kInternal, std::string(what) + ": " + text);
}

inline WallTime TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime(std::chrono::seconds(timegm(&parts)));
}

}  // namespace ordinal
