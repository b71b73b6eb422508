#include "agent/controllers/pod_capacity.h"

#include <utility>

#include "agent/controllers/pod_room.h"

namespace ordinal::controllers {

void OnPodCapacity(store::Cache& nodes, std::string name, std::function<void()> changed) {
  nodes.OnChange([name = std::move(name), changed = std::move(changed)](const store::WatchEvent& event) {
    if (event.object.name() != name) return;
    const bool gone = event.type == store::EventType::kDeleted;
    const int64_t now = PodCapacityOf(gone ? nullptr : &event.object);
    if (now != PodCapacityOf(event.old.empty() ? nullptr : &event.old)) changed();
  });
}

}  // namespace ordinal::controllers
