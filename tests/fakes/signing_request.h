// PKCS #10 requests, as kubectl's users make them with openssl.
#pragma once

#include <string>
#include <vector>

#include "agent/base/openssl.h"

namespace ordinal::fakes {

/// In PEM, signed by a key of its own. `alt_names`: in OpenSSL's words, "DNS:a,IP:10.0.0.1"; empty: none. A
/// `second_name` that is not empty is a common name after the first. `key_pem`: where its key goes.
inline std::string SigningRequest(const std::string& common_name, const std::vector<std::string>& organizations,
                                  const std::string& alt_names = "", const std::string& second_name = "",
                                  std::string* key_pem = nullptr) {
  const Key key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509_REQ, Freed<X509_REQ_free>> request(X509_REQ_new());
  X509_NAME* name = X509_REQ_get_subject_name(request.get());
  const auto add = [name](const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
  };
  for (const std::string& each : organizations) add("O", each);
  add("CN", common_name);
  if (!second_name.empty()) add("CN", second_name);
  X509_REQ_set_pubkey(request.get(), key.get());
  if (!alt_names.empty()) {
    STACK_OF(X509_EXTENSION)* extensions = sk_X509_EXTENSION_new_null();
    sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alt_names.c_str()));
    X509_REQ_add_extensions(request.get(), extensions);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  }
  X509_REQ_sign(request.get(), key.get(), EVP_sha256());
  const Bio text(BIO_new(BIO_s_mem())), secret(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  if (key_pem != nullptr) *key_pem = Written(secret.get());
  PEM_write_bio_X509_REQ(text.get(), request.get());
  return Written(text.get());
}

/// Any PEM with a header that says it is encrypted, by which OpenSSL asks for a password.
inline std::string Encrypted(std::string pem) {
  pem.insert(pem.find('\n') + 1, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  return pem;
}

}  // namespace ordinal::fakes
