// Nothing new is made in a namespace that is being deleted, whoever asks: else sets would fill it again for ever. One
// that is not there is no matter of this: manifests may make things before their namespace.
#include "agent/objects/ending_namespace.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

class EndingNamespaces final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return kind.namespaced; }

  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) co_return Status();
    const api::Json& metadata = api::Member(attempt.body, "metadata");
    const std::string ns = api::ReadString(metadata, "namespace");
    ObjectKey key{"Namespace", "", ns};
    const auto found = co_await attempt.objects.Get(std::move(key));
    if (found.ok() && api::Deleting(found->body())) {
      co_return EndingNamespaceError(attempt.kind, attempt.NameAsked(), ns);
    }
    if (!found.ok() && found.error().code != ErrorCode::kNotFound) co_return found.error();
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitEndingNamespaces() { return std::make_unique<EndingNamespaces>(); }

}  // namespace ordinal::objects
