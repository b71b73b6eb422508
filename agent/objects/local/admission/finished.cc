// What of a new object can only be said when it has its name and its uid (KindInfo::finish_new).
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

class Finished final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return kind.finish_new != nullptr; }

  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.creates()) attempt.kind.finish_new(attempt.body, attempt.faults);
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitFinished() { return std::make_unique<Finished>(); }

}  // namespace ordinal::objects
