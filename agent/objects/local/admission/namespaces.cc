// The label and the finalizer of every namespace (registry/core/namespace/strategy.go, defaults of core/v1).
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

class Namespaces final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return api::IsBuiltIn(kind, "Namespace"); }

  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) {
      // Only who empties it takes what holds it (the sub-resource finalize): else its content would be left behind.
      if (attempt.part == WriteOptions::Part::kSpec) api::Carry(attempt.old.body(), "spec", attempt.body);
      co_return Status();
    }
    api::Json& metadata = attempt.body["metadata"];
    metadata["labels"]["kubernetes.io/metadata.name"] = api::ReadString(metadata, "name");
    AddFinalizer("kubernetes", attempt.body["spec"]);
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitNamespaces() { return std::make_unique<Namespaces>(); }

}  // namespace ordinal::objects
