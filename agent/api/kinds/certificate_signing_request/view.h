// Typed view of a CertificateSigningRequest (certificates.k8s.io/v1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

struct CertificateSigningRequest {
  static constexpr char kKind[] = "CertificateSigningRequest";

  Object object;
  Meta meta;
  std::string signer, username;
  std::string request;  ///< PEM
  std::vector<std::string> usages;
  std::optional<int64_t> expiration_seconds;
  // status
  std::string certificate;                           ///< PEM
  std::optional<WallTime> approved, denied, failed;  ///< when that was said last; absent: it was not

  static CertificateSigningRequest From(const Object& object);
};

}  // namespace ordinal::api
