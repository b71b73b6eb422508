#include "agent/controllers/job/policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace ordinal::controllers::job {
namespace {

using api::JobFailureRule;

/// Why the rule fits the pod, as a clause; nothing when it does not.
std::optional<std::string> FitsExitCodes(const JobFailureRule& rule, const api::Pod& pod) {
  for (const auto* statuses : {&pod.status.container_statuses, &pod.status.init_container_statuses}) {
    for (const api::ContainerStatus& status : *statuses) {
      if (!rule.container.empty() && status.name != rule.container) continue;
      const auto* ended = std::get_if<api::TerminatedState>(&status.state);
      if (ended == nullptr || ended->exit_code == 0) continue;
      const auto& codes = rule.exit_codes;
      const bool listed = std::find(codes.begin(), codes.end(), ended->exit_code) != codes.end();
      if (listed != rule.not_in) {
        return fmt::format("Container {} for pod {}/{} failed with exit code {}", status.name, pod.meta.ns,
                           pod.meta.name, ended->exit_code);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> FitsConditions(const JobFailureRule& rule, const api::Pod& pod) {
  for (const auto& [type, status] : rule.conditions) {
    const api::Condition* condition = pod.FindCondition(type);
    if (condition != nullptr && condition->status == status) {
      return fmt::format("Pod {}/{} has condition {}", pod.meta.ns, pod.meta.name, type);
    }
  }
  return std::nullopt;
}

}  // namespace

Judgement JudgeFailure(const api::Job& job, const api::Pod& failed) {
  for (size_t i = 0; i < job.failure_rules.size(); ++i) {
    const JobFailureRule& rule = job.failure_rules[i];
    const auto fits = rule.by_exit_codes ? FitsExitCodes(rule, failed) : FitsConditions(rule, failed);
    if (!fits) continue;
    Judgement judgement;
    judgement.counts = rule.action != JobFailureRule::Action::kIgnore;
    judgement.fails_index = rule.action == JobFailureRule::Action::kFailIndex;
    if (rule.action == JobFailureRule::Action::kFailJob) {
      judgement.fails_job = fmt::format("{} matching {} rule at index {}", *fits, rule.action_name, i);
    }
    return judgement;
  }
  return {};
}

std::optional<std::string> MetSuccess(const api::Job& job, const api::IndexSet& succeeded) {
  for (size_t i = 0; i < job.success_rules.size(); ++i) {
    const api::JobSuccessRule& rule = job.success_rules[i];
    const int64_t wanted = rule.count.value_or(rule.indexes ? rule.indexes->Count() : 0);
    const int64_t reached = rule.indexes ? succeeded.CountIn(*rule.indexes) : succeeded.Count();
    if (reached >= wanted) return fmt::format("Matched rules at index {}", i);
  }
  return std::nullopt;
}

}  // namespace ordinal::controllers::job
