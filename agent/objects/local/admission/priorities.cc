// A pod has the priority of its class, of the default class where it names none, and no other; of classes at most one
// is the default (kubernetes/plugin/pkg/admission/priority).
#include <fmt/format.h>

#include "agent/api/kinds/priority_class/view.h"
#include "agent/api/read.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

using api::Json;
using api::PriorityClass;

constexpr char kPreempts[] = "PreemptLowerPriority";

/// What a pod takes from its class.
struct Importance {
  std::string class_name;
  int64_t value = 0;
  std::string preemption_policy = kPreempts;

  static Importance Of(const PriorityClass& of) { return {of.meta.name, of.value, of.preemption_policy}; }
};

/// The default class, of several the least important; null when there is none.
Task<Result<std::optional<PriorityClass>>> DefaultClass(store::ObjectReader& objects) {
  std::string kind = PriorityClass::kKind;
  store::ListOptions all;
  CO_TRY(const store::ListResult listed, co_await objects.List(std::move(kind), std::move(all)));
  std::optional<PriorityClass> least;
  for (const api::Object& object : listed.items) {
    PriorityClass each = PriorityClass::From(object);
    if (each.global_default && (!least || each.value < least->value)) least = std::move(each);
  }
  co_return least;
}

class Priorities final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override {
    return api::IsBuiltIn(kind, "Pod") || api::IsBuiltIn(kind, PriorityClass::kKind);
  }

  Task<Status> Admit(Attempt& attempt) override {
    if (api::IsBuiltIn(attempt.kind, PriorityClass::kKind)) co_return co_await AdmitClass(attempt);
    if (!attempt.creates()) co_return Status();
    Json& spec = attempt.body["spec"];
    CO_TRY(const Importance importance, co_await ImportanceOf(attempt));
    const int64_t said = api::ReadInt(spec, "priority", importance.value);
    if (said != importance.value) {
      co_return attempt.Forbidden(
          fmt::format("the integer value of priority ({}) must not be provided in pod spec; "
                      "priority admission controller computed {} from the given PriorityClass "
                      "name",
                      said, importance.value));
    }
    const std::string policy = api::ReadString(spec, "preemptionPolicy", importance.preemption_policy);
    if (policy != importance.preemption_policy) {
      co_return attempt.Forbidden(
          fmt::format("the string value of PreemptionPolicy ({}) must not be provided in pod "
                      "spec; priority admission controller computed {} from the given "
                      "PriorityClass name",
                      policy, importance.preemption_policy));
    }
    if (!importance.class_name.empty()) spec["priorityClassName"] = importance.class_name;
    spec["priority"] = importance.value;
    spec["preemptionPolicy"] = importance.preemption_policy;
    co_return Status();
  }

 private:
  static Task<Result<Importance>> ImportanceOf(Attempt& attempt) {
    const std::string wanted = api::ReadString(api::Member(attempt.body, "spec"), "priorityClassName");
    if (wanted.empty()) {
      CO_TRY(const std::optional<PriorityClass> usual, co_await DefaultClass(attempt.objects));
      co_return usual ? Importance::Of(*usual) : Importance{};
    }
    store::ObjectKey key{PriorityClass::kKind, "", wanted};
    const auto found = co_await attempt.objects.Get(std::move(key));
    if (found.ok()) co_return Importance::Of(PriorityClass::From(*found));
    if (found.error().code != ErrorCode::kNotFound) co_return found.error();
    co_return attempt.Forbidden(fmt::format("no PriorityClass with name {} was found", wanted));
  }

  static Task<Status> AdmitClass(Attempt& attempt) {
    if (!api::ReadBool(attempt.body, "globalDefault")) co_return Status();
    CO_TRY(const std::optional<PriorityClass> usual, co_await DefaultClass(attempt.objects));
    const std::string name = api::ReadString(api::Member(attempt.body, "metadata"), "name");
    if (!usual || usual->meta.name == name) co_return Status();
    co_return MakeError(
        ErrorCode::kFailedPrecondition,
        fmt::format("priorityclasses.scheduling.k8s.io \"{}\" is forbidden: PriorityClass {} is already "
                    "marked as default. Only one default can exist",
                    name, usual->meta.name),
        "Forbidden");
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitPriorities() { return std::make_unique<Priorities>(); }

}  // namespace ordinal::objects
