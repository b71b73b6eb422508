// Once an object is being deleted its finalizers may only go.
#include <fmt/format.h>

#include <algorithm>

#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

class Finalizers final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates() && api::Deleting(attempt.old.body())) Check(attempt);
    co_return Status();
  }

 private:
  static void Check(Attempt& attempt) {
    const auto before = FinalizersOf(attempt.old.body());
    for (const std::string& finalizer : FinalizersOf(attempt.body)) {
      if (std::find(before.begin(), before.end(), finalizer) != before.end()) continue;
      attempt.faults.push_back(
          {"metadata.finalizers", "FieldValueForbidden",
           fmt::format("Forbidden: no new finalizers can be added if the object is being deleted, found new "
                       "finalizers []string{{\"{}\"}}",
                       finalizer)});
    }
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitFinalizers() { return std::make_unique<Finalizers>(); }

}  // namespace ordinal::objects
