// New volumes and claims get the finalizer that holds them while they are used: a claim only while a pod on a node uses
// it (claim_protection.h).
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

class Protection final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return !kind.protection.empty(); }

  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.creates()) AddFinalizer(attempt.kind.protection, attempt.body["metadata"]);
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitProtection() { return std::make_unique<Protection>(); }

}  // namespace ordinal::objects
