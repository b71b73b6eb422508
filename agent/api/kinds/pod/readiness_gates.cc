#include "agent/api/kinds/pod/readiness_gates.h"

#include <fmt/format.h>

#include "agent/api/read.h"

namespace ordinal::api {

std::vector<std::pair<std::string, std::string>> ReadinessGates(const Pod& pod) {
  std::vector<std::pair<std::string, std::string>> gates;
  for (const Json& gate : Items(Member(pod.object.body(), "spec"), "readinessGates")) {
    std::string type = ReadString(gate, "conditionType");
    const Condition* condition = pod.FindCondition(type);
    gates.emplace_back(std::move(type), condition == nullptr ? std::string() : condition->status);
  }
  return gates;
}

std::string ClosedGates(const Pod& pod) {
  std::string why;
  for (const auto& [type, status] : ReadinessGates(pod)) {
    if (status == "True") continue;
    if (!why.empty()) why += ", ";
    why += status.empty()
               ? fmt::format("corresponding condition of pod readiness gate \"{}\" does not exist.", type)
               : fmt::format("the status of pod readiness gate \"{}\" is not \"True\", but {}", type, status);
  }
  return why;
}

}  // namespace ordinal::api
