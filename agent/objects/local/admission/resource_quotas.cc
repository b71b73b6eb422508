// No namespace has more than its quotas allow. What there is is counted afresh for each write that is about a quota,
// with what was let through and is not stored yet; status.used follows (agent/controllers/quota).
#include <fmt/format.h>

#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/admission/quotas.h"

namespace ordinal::objects {
namespace {

using api::Json;

class ResourceQuotas final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return kind.namespaced && !api::IsBuiltIn(kind, "Event"); }

  Task<Status> Admit(Attempt& attempt) override {
    if (!IsLookedAt(attempt) || !attempt.faults.empty()) co_return Status();
    const std::string ns = api::ReadString(api::Member(attempt.body, "metadata"), "namespace");
    CO_TRY(const std::vector<api::ResourceQuota> quotas, co_await QuotasOf(attempt, ns));
    if (quotas.empty()) co_return Status();
    store::ListOptions here;
    here.ns = ns;
    std::string kind(api::KeyOf(attempt.kind));
    CO_TRY(const store::ListResult stored, co_await attempt.objects.List(std::move(kind), std::move(here)));
    // Nothing is waited for between this list and the promise.
    QuotaWrite write{attempt.kind, api::ReadString(api::Member(attempt.body, "metadata"), "uid"), attempt.body, Json()};
    if (!attempt.creates()) write.old = attempt.old.body();
    const std::string refusal = QuotaRefusal(quotas, write, stored.items, *promises_, attempt.now);
    if (refusal.empty()) {
      Promise(std::move(write), attempt);
      co_return Status();
    }
    const std::string resource =
        std::string(attempt.kind.plural) + (attempt.kind.group.empty() ? "" : ".") + std::string(attempt.kind.group);
    const std::string name = api::ReadString(api::Member(attempt.body, "metadata"), "name");
    co_return MakeError(ErrorCode::kFailedPrecondition,
                        fmt::format("{} \"{}\" is forbidden: {}", resource, name, refusal), "Forbidden");
  }

 private:
  /// Objects when they are made; claims and services when they change, pods when they are resized.
  static bool IsLookedAt(const Attempt& attempt) {
    if (attempt.creates()) return true;
    if (api::IsBuiltIn(attempt.kind, "Pod")) return attempt.resizes();
    const bool grows = api::IsBuiltIn(attempt.kind, "PersistentVolumeClaim") || api::IsBuiltIn(attempt.kind, "Service");
    return grows && attempt.part != WriteOptions::Part::kStatus;
  }

  /// Those that are about the object as it is to be.
  static Task<Result<std::vector<api::ResourceQuota>>> QuotasOf(Attempt& attempt, std::string ns) {
    store::ListOptions here;
    here.ns = std::move(ns);
    std::string kind = api::ResourceQuota::kKind;
    CO_TRY(const store::ListResult listed, co_await attempt.objects.List(std::move(kind), std::move(here)));
    std::vector<api::ResourceQuota> quotas;
    for (const Object& object : listed.items) {
      api::ResourceQuota quota = api::ResourceQuota::From(object);
      if (quota.IsAbout(attempt.kind, attempt.body)) quotas.push_back(std::move(quota));
    }
    co_return quotas;
  }

  void Promise(QuotaWrite write, Attempt& attempt) {
    promises_->push_back(std::move(write));
    const auto promise = std::prev(promises_->end());
    attempt.OnSettled([promises = promises_, promise](bool) { promises->erase(promise); });
  }

  std::shared_ptr<QuotaPromises> promises_ = std::make_shared<QuotaPromises>();
};

}  // namespace

std::unique_ptr<Admitter> AdmitResourceQuotas() { return std::make_unique<ResourceQuotas>(); }

}  // namespace ordinal::objects
