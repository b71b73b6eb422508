#include "agent/controllers/certificates/plan.h"

#include <algorithm>

#include "agent/api/kinds/certificate_signing_request/request.h"

namespace ordinal::controllers::certificates {
namespace {

Duration LengthOf(const api::CertificateSigningRequest& request) {
  if (!request.expiration_seconds) return kLongest;
  const auto most = std::chrono::duration_cast<std::chrono::seconds>(kLongest).count();
  const Duration wanted = std::chrono::seconds(std::clamp<int64_t>(*request.expiration_seconds, 0, most));
  return std::clamp<Duration>(wanted, kShortest, kLongest);
}

/// From when on nobody needs it.
WallTime EndOf(const api::CertificateSigningRequest& request, WallTime now) {
  if (request.denied) return *request.denied + kDecidedStays;
  if (request.failed) return *request.failed + kDecidedStays;
  if (request.approved && !request.certificate.empty()) return *request.approved + kDecidedStays;
  return request.meta.created.value_or(now) + kPendingStays;
}

}  // namespace

Plan MakePlan(const api::CertificateSigningRequest& request, WallTime now) {
  Plan plan;
  if (request.meta.deleting()) return plan;
  const WallTime end = EndOf(request, now);
  if (end <= now) {
    plan.type = Plan::Type::kRemove;
    return plan;
  }
  plan.again = end;
  const bool to_sign = request.approved && !request.denied && !request.failed && request.certificate.empty();
  if (!to_sign || !api::IsOwnSigner(request.signer)) return plan;
  const auto asked = api::ReadCertificateAsked(request.request);
  plan.message = asked.ok() ? api::SignerComplaint(request.signer, *asked, request.usages) : asked.error().message;
  plan.type = plan.message.empty() ? Plan::Type::kSign : Plan::Type::kFail;
  plan.length = LengthOf(request);
  return plan;
}

}  // namespace ordinal::controllers::certificates
