// What may not be changed of an object once it is there (the kinds' ValidateUpdate), or by a resize.
#include "agent/api/decode.h"
#include "agent/api/kinds/pod/resize.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

/// All but the resources is the stored pod's; with them it has to be a whole one again.
std::vector<api::FieldError> FaultsOfResize(const Attempt& attempt) {
  std::vector<api::FieldError> faults = api::FaultsOf(attempt.kind, attempt.body, &attempt.old.body());
  api::Faults more(faults);
  api::ValidatePodResize(attempt.body, attempt.old.body(), more);
  return faults;
}

std::vector<api::FieldError> FaultsOfUpdate(const Attempt& attempt) {
  if (attempt.resizes()) return FaultsOfResize(attempt);
  const bool of_status = attempt.part == WriteOptions::Part::kStatus;
  return (of_status ? api::ValidateStatusUpdate : api::ValidateUpdate)(attempt.kind, attempt.body, attempt.old.body());
}

class Updates final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.creates()) co_return Status();
    const std::vector<api::FieldError> faults = FaultsOfUpdate(attempt);
    attempt.faults.insert(attempt.faults.end(), faults.begin(), faults.end());
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitUpdates() { return std::make_unique<Updates>(); }

}  // namespace ordinal::objects
