#include "agent/api/kinds/job/table.h"

#include <algorithm>

#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

bool Holds(const Json& body, std::string_view type) {
  const Json& conditions = Items(Member(body, "status"), "conditions");
  return std::any_of(conditions.begin(), conditions.end(), [&](const Json& each) {
    return ReadString(each, "type") == type && ReadString(each, "status") == "True";
  });
}

std::string StatusCell(const Json& body) {
  for (const char* end : {"Complete", "Failed"}) {
    if (Holds(body, end)) return end;
  }
  if (Deleting(body)) return "Terminating";
  for (const char* state : {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
    if (Holds(body, state)) return state;
  }
  return "Running";
}

std::string CompletionsCell(const Json& body) {
  const Json& spec = Member(body, "spec");
  const std::string succeeded = std::to_string(ReadInt(Member(body, "status"), "succeeded"));
  if (spec.contains("completions")) return succeeded + "/" + std::to_string(ReadInt(spec, "completions"));
  const int64_t parallelism = ReadInt(spec, "parallelism");
  return succeeded + "/1" + (parallelism > 1 ? " of " + std::to_string(parallelism) : "");
}

std::string DurationCell(const Json& body, WallTime now) {
  const Json& status = Member(body, "status");
  const auto start = ReadTime(status, "startTime");
  return start ? HumanDuration(ReadTime(status, "completionTime").value_or(now) - *start) : "";
}

}  // namespace

Json JobCells(const Json& body, WallTime now) {
  return {NameCell(body),        StatusCell(body),
          CompletionsCell(body), DurationCell(body, now),
          AgeCell(body, now),    TemplateNames(body),
          TemplateImages(body),  SelectorCell(Member(Member(body, "spec"), "selector"))};
}

}  // namespace ordinal::api
