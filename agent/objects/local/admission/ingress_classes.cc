// An ingress that names no class gets the default one, the newest where several are (kubernetes/plugin/pkg/admission/
// network/defaultingressclass). The annotation that names a class, from before there was a field, counts as a name;
// both must say the same (pkg/apis/networking/validation, ValidateIngressCreate).

#include "agent/api/faults.h"
#include "agent/api/kinds/ingress/rules.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

constexpr const char* kDefaultClass = "ingressclass.kubernetes.io/is-default-class";

const Json& AnnotationOf(const Json& body, std::string_view name) {
  return api::Member(api::Member(api::Member(body, "metadata"), "annotations"), name);
}

class IngressClasses final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return api::IsBuiltIn(kind, "Ingress"); }

  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) co_return Status();
    const Json& before = AnnotationOf(attempt.body, api::kIngressClassBefore);
    const Json& named = api::Member(attempt.body["spec"], "ingressClassName");
    if (before.is_string() && named.is_string() && before != named) {
      api::Faults faults(attempt.faults);
      faults.Invalid(api::Path("metadata.annotations")[api::kIngressClassBefore], before.get<std::string>(),
                     "must match `ingressClassName` when both are specified");
    }
    if (!before.is_null() || !named.is_null()) co_return Status();
    const store::ListOptions all;
    CO_TRY(const store::ListResult classes, co_await attempt.objects.List("IngressClass", all));
    const Object* chosen = nullptr;
    for (const Object& each : classes.items) {
      if (AnnotationOf(each.body(), kDefaultClass) != "true") continue;
      if (chosen == nullptr || Newer(each, *chosen)) chosen = &each;
    }
    if (chosen != nullptr) attempt.body["spec"]["ingressClassName"] = chosen->name();
    co_return Status();
  }

 private:
  /// Of two of one second the one whose name comes first.
  static bool Newer(const Object& one, const Object& other) {
    const auto made = [](const Object& object) { return api::ReadMeta(object.body()).created.value_or(WallTime()); };
    if (made(one) != made(other)) return made(one) > made(other);
    return one.name() < other.name();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitIngressClasses() { return std::make_unique<IngressClasses>(); }

}  // namespace ordinal::objects
