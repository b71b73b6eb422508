// New pods get what the limit ranges of their namespace have for those that say nothing; pods, resizes of pods and
// claims that do not keep to the limits are refused (kubernetes/plugin/pkg/admission/limitranger).
#include <fmt/format.h>

#include "agent/api/decode.h"
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/admission/limits.h"

namespace ordinal::objects {
namespace {

using api::Json;

class LimitRanges final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override {
    return api::IsBuiltIn(kind, "Pod") || api::IsBuiltIn(kind, "PersistentVolumeClaim");
  }

  Task<Status> Admit(Attempt& attempt) override {
    const bool pod = api::IsBuiltIn(attempt.kind, "Pod");
    if (!attempt.creates() && !(pod ? attempt.resizes() : AsksForOther(attempt))) co_return Status();
    store::ListOptions here;
    here.ns = api::ReadString(api::Member(attempt.body, "metadata"), "namespace");
    std::string kind = "LimitRange";
    CO_TRY(const store::ListResult ranges, co_await attempt.objects.List(std::move(kind), std::move(here)));
    if (ranges.items.empty()) co_return Status();
    if (pod && attempt.creates()) FillAll(ranges.items, attempt);
    std::vector<std::string> faults;
    for (const Object& range : ranges.items) {
      const auto found =
          pod ? PodLimitFaults(range.body(), attempt.body) : ClaimLimitFaults(range.body(), attempt.body);
      faults.insert(faults.end(), found.begin(), found.end());
    }
    if (faults.empty()) co_return Status();
    const std::string text = fmt::format("{}", fmt::join(faults, ", "));
    co_return MakeError(ErrorCode::kFailedPrecondition,
                        fmt::format("{} \"{}\" is forbidden: {}", attempt.kind.plural,
                                    api::ReadString(api::Member(attempt.body, "metadata"), "name"),
                                    faults.size() > 1 ? "[" + text + "]" : text),
                        "Forbidden");
  }

 private:
  /// A claim that is bound, or annotated, is not asked again: limits that came after it keep it from nothing.
  static bool AsksForOther(const Attempt& attempt) {
    const auto asked = [](const Json& body) -> const Json& {
      return api::Member(api::Member(body, "spec"), "resources");
    };
    return !api::Deleting(attempt.old.body()) && asked(attempt.body) != asked(attempt.old.body());
  }

  /// With what is filled in the pod is looked at as a whole once more: a limit may be less than the request now.
  static void FillAll(const std::vector<Object>& ranges, Attempt& attempt) {
    bool filled = false;
    for (const Object& range : ranges) filled = FillLimits(range.body(), attempt.body) || filled;
    if (!filled) return;
    std::vector<api::FieldError> faults = api::FaultsOf(attempt.kind, attempt.body, nullptr);
    attempt.faults.insert(attempt.faults.end(), faults.begin(), faults.end());
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitLimitRanges() { return std::make_unique<LimitRanges>(); }

}  // namespace ordinal::objects
