#include "agent/api/kinds/replication_controller/view.h"

namespace ordinal::api {

ReplicationController ReplicationController::From(const Object& object) {
  ReplicationController controller;
  static_cast<ReplicaSet&>(controller) = ReplicaSet::From(object);
  controller.selector = Selector::FromMap(ReadStringMap(Member(object.body(), "spec"), "selector"));
  return controller;
}

}  // namespace ordinal::api
