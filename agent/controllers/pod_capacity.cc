#include "agent/controllers/pod_capacity.h"

#include <utility>

#include "agent/controllers/pod_room.h"

namespace ordinal::controllers {

void OnPodCapacity(objects::Cache<api::Node>& nodes, std::string name, std::function<void()> changed) {
  nodes.OnChange([name = std::move(name), changed = std::move(changed)](const objects::Change<api::Node>& change) {
    if (change.last()->meta.name != name) return;
    if (PodCapacityOf(change.now.get()) != PodCapacityOf(change.old.get())) changed();
  });
}

}  // namespace ordinal::controllers
