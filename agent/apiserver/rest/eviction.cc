#include "agent/apiserver/rest/eviction.h"

#include <charconv>
#include <utility>

#include "agent/api/read.h"
#include "agent/apiserver/rest/budget.h"
#include "agent/apiserver/rest/posted.h"
#include "agent/apiserver/rest/remove.h"
#include "agent/store/core/change.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using api::Pod;
using api::PodDisruptionBudget;

// How often a pod that changes between look and deletion is looked at again.
constexpr int kEvictionAttempts = 20;

Result<objects::DeleteOptions> EvictionOptionsOf(const Call& call, const Json& wish) {
  if (!wish.is_null() && !wish.is_object()) return BadRequest("deleteOptions: must be an object");
  TRYV(CheckDeleteOptions(wish));
  objects::DeleteOptions options;
  if (api::Member(wish, "gracePeriodSeconds").is_number_integer()) {
    options.grace_seconds = api::ReadInt(wish, "gracePeriodSeconds");
  }
  const Json& preconditions = api::Member(wish, "preconditions");
  const std::string uid = api::ReadString(preconditions, "uid");
  if (!uid.empty()) options.preconditions.uid = uid;
  const std::string revision = api::ReadString(preconditions, "resourceVersion");
  if (!revision.empty()) {
    uint64_t number = 0;
    std::from_chars(revision.data(), revision.data() + revision.size(), number);
    options.preconditions.revision = number;
  }
  options.dry_run = call.dry_run() || !api::ReadStrings(wish, "dryRun").empty();
  return options;
}

/// Why the pod goes: what watches pods can tell an eviction from a failure (the failure policy of jobs does).
void MarkEvicted(WallTime now, Json& body) {
  Json mark{{"type", "DisruptionTarget"},
            {"status", "True"},
            {"reason", "EvictionByEvictionAPI"},
            {"message", "Eviction API: evicting"},
            {"lastTransitionTime", FormatTime(now)}};
  Json kept = Json::array();
  for (const Json& each : api::Items(api::Member(body, "status"), "conditions")) {
    if (api::ReadString(each, "type") != "DisruptionTarget") {
      kept.push_back(each);
    } else if (api::ReadString(each, "status") == "True") {
      api::Carry(each, "lastTransitionTime", mark);
    }
  }
  kept.push_back(std::move(mark));
  body["status"]["conditions"] = std::move(kept);
}

/// Marks and deletes the pod, if it is as the preconditions have it; never another one of its name. A pod that is over
/// needs no mark.
Task<Status> DeleteMarked(Call& call, Pod pod, objects::DeleteOptions options) {
  options.preconditions.uid = pod.meta.uid;
  if (!options.dry_run && !pod.Terminal()) {
    bool changed = false;
    std::function<bool(Json&)> mark = [&](Json& body) {
      const Json& metadata = api::Member(body, "metadata");
      const auto& wanted = options.preconditions.revision;
      changed = api::ReadString(metadata, "uid") != pod.meta.uid ||
                (wanted && api::ReadString(metadata, "resourceVersion") != std::to_string(*wanted));
      if (!changed) MarkEvicted(call.with.clock.Now(), body);
      return !changed;
    };
    CO_TRY(const api::Object marked, co_await call.with.stored.Modify(pod.object.key(), std::move(mark)));
    if (changed) {
      co_return MakeError(ErrorCode::kConflict, api::ToString(marked.key()) + " changed meanwhile", "Conflict");
    }
    if (options.preconditions.revision) options.preconditions.revision = marked.revision();
  }
  CO_TRYV(co_await call.with.stored.Remove(pod.object.key(), std::move(options)));
  co_return Status();
}

Task<Result<std::vector<PodDisruptionBudget>>> BudgetsOf(Call& call, const Pod& pod) {
  store::ListOptions options;
  options.ns = pod.meta.ns;
  std::string kind = PodDisruptionBudget::kKind;
  CO_TRY(const store::ListResult all, co_await call.with.stored.List(std::move(kind), std::move(options)));
  std::vector<PodDisruptionBudget> budgets;
  for (const api::Object& object : all.items) {
    auto budget = PodDisruptionBudget::From(object);
    if (budget.Selects(pod.meta.labels)) budgets.push_back(std::move(budget));
  }
  co_return budgets;
}

/// One disruption taken of the budget and written, or why not; nothing is written in a dry run.
Task<Result<std::optional<Refusal>>> Take(Call& call, const Pod& pod, const PodDisruptionBudget& budget, bool dry_run) {
  std::optional<Refusal> refusal;
  objects::Objects::Edit take = [&](const api::Object& current) -> Result<Json> {
    // Of the document as it is now: disruptions that others took meanwhile are missing in it.
    Taken taken = TakeDisruption(PodDisruptionBudget::From(current), pod.meta.name, call.with.clock.Now());
    refusal = std::move(taken.refusal);
    if (refusal) return MakeError(ErrorCode::kFailedPrecondition, "the budget lets no pod go");
    Json next = current.body();
    next["status"] = std::move(taken.status);
    return next;
  };
  objects::WriteOptions options;
  options.part = objects::WriteOptions::Part::kStatus;
  options.dry_run = dry_run;
  const auto written = co_await call.with.stored.Change(budget.object.key(), std::move(take), std::move(options));
  if (written.ok() || refusal) co_return refusal;
  if (written.error().code == ErrorCode::kNotFound) co_return std::optional<Refusal>();  // it went meanwhile
  if (written.error().code == ErrorCode::kConflict) co_return std::optional<Refusal>(BudgetIsBusy(budget.meta.name));
  co_return written.error();
}

/// Deletes a pod whose health decided that it may go: only as it was when it was looked at.
Task<Status> DeleteAsSeen(Call& call, const Pod& pod, objects::DeleteOptions options) {
  if (!options.preconditions.revision) options.preconditions.revision = pod.object.revision();
  co_return co_await DeleteMarked(call, pod, std::move(options));
}

Task<Result<http::Response>> EvictByBudget(Call& call, const Pod& pod, objects::DeleteOptions options) {
  CO_TRY(const std::vector<PodDisruptionBudget> budgets, co_await BudgetsOf(call, pod));
  if (budgets.size() > 1) co_return Refuse(TooManyBudgets());
  if (budgets.size() == 1 && FreeOfBudget(budgets.front(), pod)) {
    const bool asked = options.preconditions.revision.has_value();
    const Status deleted = co_await DeleteAsSeen(call, pod, std::move(options));
    if (deleted.ok()) co_return Done(call, 201);
    const bool changed = deleted.error().code == ErrorCode::kConflict && !asked;
    if (changed) co_return Refuse(BudgetIsBusy(budgets.front().meta.name));
    co_return deleted.error();
  }
  if (budgets.size() == 1) {
    CO_TRY(const std::optional<Refusal> refusal, co_await Take(call, pod, budgets.front(), options.dry_run));
    if (refusal) co_return Refuse(*refusal);
  }
  CO_TRYV(co_await DeleteMarked(call, pod, std::move(options)));
  co_return Done(call, 201);
}

}  // namespace

Task<Result<http::Response>> Evict(Call& call) {
  CO_TRY(const Json body, PostedOf(call, "Eviction"));
  CO_TRY(const objects::DeleteOptions options, EvictionOptionsOf(call, api::Member(body, "deleteOptions")));
  for (int tries = 0;; ++tries) {
    api::ObjectKey key = call.key();
    CO_TRY(const api::Object object, co_await call.with.stored.Get(std::move(key)));
    const Pod pod = Pod::From(object);
    // First: no disruption is taken for a pod that is not the one that is meant.
    CO_TRYV(store::CheckPreconditions(object, options.preconditions));
    const bool last = options.preconditions.revision || tries + 1 >= kEvictionAttempts;
    if (!IgnoresBudgets(pod)) {
      auto answer = co_await EvictByBudget(call, pod, options);
      const bool other = !answer.ok() && answer.error().code == ErrorCode::kConflict;
      if (!other || last) co_return answer;
      continue;
    }
    // One that never ran may begin to, and then its budget counts.
    const bool over = pod.Terminal() || pod.deleting();
    auto deleting = over ? DeleteMarked(call, pod, options) : DeleteAsSeen(call, pod, options);
    const Status deleted = co_await std::move(deleting);
    if (deleted.ok()) co_return Done(call, 201);
    if (deleted.error().code != ErrorCode::kConflict || last) co_return deleted.error();
  }
}

}  // namespace ordinal::apiserver::rest
