// SHA-256 digests as OCI writes them: "sha256:" and 64 hex digits.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace ordinal::cri {

/// Takes the bytes piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void Update(std::string_view bytes);
  /// The digest of all bytes; called once.
  std::string Finish();

 private:
  evp_md_ctx_st* context_;
};

std::string DigestOf(std::string_view bytes);

}  // namespace ordinal::cri
