// The status of a new object is its kind's first one, whatever its creator wrote; a write of the spec keeps it.
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

class FirstAndKept final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) {
      const bool apart = attempt.kind.custom == nullptr || api::HasStatus(attempt.kind);
      if (attempt.keeps_status() && apart) api::Carry(attempt.old.body(), "status", attempt.body);
      co_return Status();
    }
    if (attempt.kind.first_status != nullptr) {
      attempt.body["status"] = attempt.kind.first_status(attempt.body, attempt.now);
    }
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitStatus() { return std::make_unique<FirstAndKept>(); }

}  // namespace ordinal::objects
