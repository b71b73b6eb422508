#include "agent/api/kinds/cluster_role/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

ClusterRole ClusterRole::From(const Object& object) {
  ClusterRole out;
  out.object = object;
  out.rules = ReadRules(object.body());
  const Json& aggregation = Member(object.body(), "aggregationRule");
  out.gathers = aggregation.is_object();
  for (const Json& each : Items(aggregation, "clusterRoleSelectors")) {
    auto selector = Selector::FromJson(each);
    if (selector.ok()) out.gathered.push_back(std::move(*selector));
  }
  return out;
}

}  // namespace ordinal::api
