// What may not be changed of an object once it is there (the kinds' ValidateUpdate).
#include "agent/api/decode.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

class Updates final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.creates()) co_return Status();
    std::vector<api::FieldError> faults = api::ValidateUpdate(attempt.kind, attempt.body, attempt.old.body());
    attempt.faults.insert(attempt.faults.end(), faults.begin(), faults.end());
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitUpdates() { return std::make_unique<Updates>(); }

}  // namespace ordinal::objects
