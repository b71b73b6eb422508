#include <fmt/format.h>

#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {

void Attempt::Settle(bool stored) {
  for (const auto& settled : std::exchange(settled_, {})) settled(stored);
}

std::string Attempt::NameAsked() {
  const api::Json& metadata = api::Member(body, "metadata");
  if (!generated) return api::ReadString(metadata, "name");
  named = api::ReadString(metadata, "generateName");
  return named;
}

Error Attempt::Forbidden(const std::string& why) {
  return MakeError(ErrorCode::kFailedPrecondition,
                   fmt::format("{} \"{}\" is forbidden: {}", kind.plural, NameAsked(), why), "Forbidden");
}

Admitters AllAdmitters() {
  Admitters all;
  all.push_back(AdmitIdentity());
  all.push_back(AdmitEndingNamespaces());  // before anybody takes something for the object
  all.push_back(AdmitFinished());          // with the name and uid that it has by now
  all.push_back(AdmitLimitRanges());       // what a pod gets of them is in its class of service
  all.push_back(AdmitStatus());
  all.push_back(AdmitCertificateRequests());
  all.push_back(AdmitProtection());
  all.push_back(AdmitNamespaces());
  all.push_back(AdmitPods());
  all.push_back(AdmitPriorities());
  all.push_back(AdmitRuntimeClasses());   // whose tolerations cover the usual ones
  all.push_back(AdmitServiceAccounts());  // the account that the pod has by now
  all.push_back(AdmitIngressClasses());
  all.push_back(AdmitPodSecurities());  // of the pod as it is by now
  all.push_back(AdmitGeneration());     // of what the others made of it
  all.push_back(AdmitUpdates());
  all.push_back(AdmitFinalizers());
  all.push_back(AdmitResourceQuotas());  // of what is going to be stored: the last one
  return all;
}

Task<Status> AdmitBy(const Admitters& admitters, Attempt& attempt) {
  for (const std::unique_ptr<Admitter>& admitter : admitters) {
    if (admitter->Concerns(attempt.kind)) CO_TRYV(co_await admitter->Admit(attempt));
  }
  co_return Status();
}

}  // namespace ordinal::objects
