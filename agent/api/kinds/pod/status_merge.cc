#include "agent/api/kinds/pod/status_merge.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

bool Terminal(const Json& status) {
  const std::string phase = ReadString(status, "phase");
  return phase == "Succeeded" || phase == "Failed";
}

const Json* ConditionOf(const Json& status, const std::string& type) {
  const Json& conditions = Items(status, "conditions");
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [&](const Json& each) { return ReadString(each, "type") == type; });
  return found == conditions.end() ? nullptr : &*found;
}

/// The node's own, and there only while they hold: what it does not say is no longer so.
bool PassingOfNode(const std::string& type) { return type == kPodResizePending || type == kPodResizeInProgress; }

/// `to` with the conditions of `from` of which it has none.
void AddMissingConditions(const Json& from, Json& to) {
  Json missing = Json::array();
  for (const Json& condition : Items(from, "conditions")) {
    const std::string type = ReadString(condition, "type");
    if (ConditionOf(to, type) == nullptr && !PassingOfNode(type)) missing.push_back(condition);
  }
  for (Json& condition : missing) to["conditions"].push_back(std::move(condition));
}

/// `stored` with `said`'s conditions in their places.
Json WithConditions(const Json& said, const Json& stored) {
  Json merged = stored.is_object() ? stored : Json::object();
  Json& conditions = merged["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json condition : Items(said, "conditions")) {
    const std::string type = ReadString(condition, "type");
    const auto place = std::find_if(conditions.begin(), conditions.end(),
                                    [&](const Json& each) { return ReadString(each, "type") == type; });
    if (place == conditions.end()) {
      conditions.push_back(std::move(condition));
      continue;
    }
    const bool repeated = ReadString(*place, "status") == ReadString(condition, "status");
    if (repeated && place->contains("lastTransitionTime")) {
      condition["lastTransitionTime"] = (*place)["lastTransitionTime"];
    }
    *place = std::move(condition);
  }
  return merged;
}

}  // namespace

Json MergedStatus(StatusBy by, const Json& said, const Json& stored) {
  if (by == StatusBy::kPlacement) return WithConditions(said, stored);
  Json merged = said;
  if (by == StatusBy::kNode) AddMissingConditions(stored, merged);
  if (by == StatusBy::kClient && ReadInt(said, "observedGeneration") == 0 && stored.contains("observedGeneration")) {
    merged["observedGeneration"] = stored["observedGeneration"];
  }
  if (Terminal(stored) && !Terminal(said)) {
    for (const char* member : {"phase", "reason", "message"}) {
      if (stored.contains(member)) merged[member] = stored[member];
    }
  }
  return merged;
}

void ObserveGeneration(const Json& pod, Json& condition) {
  const int64_t generation = ReadInt(Member(pod, "metadata"), "generation");
  if (generation > 0) condition["observedGeneration"] = generation;
}

bool SameStatus(const Json& a, const Json& b) {
  if (a.is_array() && b.is_array()) return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameStatus);
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto covers = [](const Json& these, const Json& those) {
    for (const auto& [name, member] : these.items()) {
      if (!member.is_null() && !SameStatus(member, Member(those, name))) return false;
    }
    return true;
  };
  return covers(a, b) && covers(b, a);
}

}  // namespace ordinal::api
