// Who an object is and since when: given once, by the system, and kept over every change.
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

class Identity final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.creates()) {
      Give(attempt);
    } else {
      Keep(attempt);
    }
    co_return Status();
  }

 private:
  static void Give(Attempt& attempt) {
    api::Json& metadata = attempt.body["metadata"];
    if (!attempt.kind.namespaced) {
      metadata.erase("namespace");
    } else if (api::ReadString(metadata, "namespace").empty()) {
      metadata["namespace"] = "default";
    }
    metadata["uid"] = NewUid(attempt.random);
    metadata["creationTimestamp"] = FormatTime(attempt.now);
    for (const char* reserved : {"resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
      metadata.erase(reserved);
    }
  }

  static void Keep(Attempt& attempt) {
    const api::Json& before = api::Member(attempt.old.body(), "metadata");
    for (const char* reserved : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                                 "deletionGracePeriodSeconds", "resourceVersion"}) {
      api::Carry(before, reserved, attempt.body["metadata"]);
    }
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitIdentity() { return std::make_unique<Identity>(); }

}  // namespace ordinal::objects
