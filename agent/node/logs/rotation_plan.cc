#include "agent/node/logs/rotation_plan.h"

#include <algorithm>
#include <map>

#include "agent/base/log_parts.h"

namespace ordinal::node {
namespace {

struct Forms {
  bool plain = false, compressed = false, draft = false;
};

/// By their stamps, and so the oldest first.
std::map<std::string, Forms> PartsBeside(std::string_view log, const std::vector<std::string>& beside) {
  std::map<std::string, Forms> parts;
  for (const std::string& name : beside) {
    const auto part = ReadLogPart(log, name);
    if (!part) continue;
    Forms& forms = parts[part->stamp];
    if (part->form == LogPartName::Form::kPlain) forms.plain = true;
    if (part->form == LogPartName::Form::kCompressed) forms.compressed = true;
    if (part->form == LogPartName::Form::kDraft) forms.draft = true;
  }
  return parts;
}

}  // namespace

RotationPlan PlanRotation(std::string_view log, const std::vector<std::string>& beside, bool due,
                          const LogLimits& limits, const std::set<std::string>& compressing, WallTime now) {
  RotationPlan plan;
  std::map<std::string, Forms> parts = PartsBeside(log, beside);
  const std::string newest = parts.empty() ? std::string() : parts.rbegin()->first;
  for (auto& [stamp, forms] : parts) {
    const std::string plain = RotatedLog(log, stamp);
    if (forms.draft && !compressing.contains(plain)) plan.remove.push_back(plain + std::string(kLogDraft));
    if (forms.plain && forms.compressed) plan.remove.push_back(plain);
    if (forms.compressed) forms.plain = false;
  }
  std::erase_if(parts, [](const auto& part) { return !part.second.plain && !part.second.compressed; });
  // Beside the log itself, and what it becomes when it is due.
  const auto most = static_cast<size_t>(std::max<int64_t>(limits.max_files - (due ? 2 : 1), 0));
  while (parts.size() > most) {
    const auto& [stamp, forms] = *parts.begin();
    plan.remove.push_back(RotatedLog(log, stamp) + std::string(forms.compressed ? kCompressedLog : ""));
    parts.erase(parts.begin());
  }
  if (due) plan.rename_to = RotatedLog(log, NextLogStamp(newest, now));
  for (const auto& [stamp, forms] : parts) {
    const bool last = !due && stamp == parts.rbegin()->first;
    if (forms.plain && !last) plan.compress.push_back(RotatedLog(log, stamp));
  }
  return plan;
}

Duration NextLogLook(int64_t size, int64_t grown, Duration over, const LogLimits& limits) {
  if (grown <= 0 || over <= Duration(0)) return kLogLook;
  const double rest = static_cast<double>(std::max<int64_t>(limits.max_size - size, 0));
  const double until_full = rest * static_cast<double>(over.count()) / static_cast<double>(grown);
  if (until_full >= static_cast<double>(kLogLook.count())) return kLogLook;
  return std::max(kSoonestLogLook, Duration(static_cast<int64_t>(until_full)));
}

}  // namespace ordinal::node
