#include "agent/api/kinds/priority_class/view.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::api {

PriorityClass PriorityClass::From(const Object& object) {
  PriorityClass out;
  const Json& body = object.body();
  out.object = object;
  out.meta = ReadMeta(body);
  out.value = static_cast<int32_t>(ReadInt(body, "value"));
  out.global_default = ReadBool(body, "globalDefault");
  out.preemption_policy = ReadString(body, "preemptionPolicy", out.preemption_policy);
  return out;
}

const SystemPriority* FindSystemPriority(std::string_view name) {
  const auto found = std::find_if(kSystemPriorities.begin(), kSystemPriorities.end(),
                                  [&](const SystemPriority& each) { return each.name == name; });
  return found == kSystemPriorities.end() ? nullptr : &*found;
}

Json DocumentOf(const SystemPriority& priority) {
  Json body = {{"apiVersion", "scheduling.k8s.io/v1"}, {"kind", PriorityClass::kKind}};
  body["metadata"]["name"] = priority.name;
  body["value"] = priority.value;
  body["description"] = priority.description;
  return body;
}

}  // namespace ordinal::api
