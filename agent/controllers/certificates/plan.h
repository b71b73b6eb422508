// What becomes of a request of a certificate: it is signed when it was approved and its signer is of this agent, and
// goes when nobody needs it any more (k8s.io/kubernetes pkg/controller/certificates/signer, cleaner). Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/api/kinds/certificate_signing_request/view.h"

namespace ordinal::controllers::certificates {

inline constexpr std::chrono::hours kDecidedStays{1};   ///< approved and signed, denied, failed
inline constexpr std::chrono::hours kPendingStays{24};  ///< nobody has decided, or its signer has not signed
inline constexpr std::chrono::hours kLongest{24 * 365};
inline constexpr std::chrono::minutes kShortest{10};

struct Plan {
  enum class Type {
    kWait,  ///< until `again`
    kSign,  ///< for `length`
    kFail,  ///< `message` says why it is not signed
    kRemove,
  };
  Type type = Type::kWait;
  Duration length{};
  std::string message;
  std::optional<WallTime> again;  ///< when it is to be removed
};

Plan MakePlan(const api::CertificateSigningRequest& request, WallTime now);

}  // namespace ordinal::controllers::certificates
