#include "agent/api/kinds/node/view.h"

namespace ordinal::api {

Node Node::From(const Object& object) {
  Node node;
  node.object = object;
  node.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  if (const Json& taints = Member(spec, "taints"); taints.is_array()) node.taints = taints;
  node.unschedulable = ReadBool(spec, "unschedulable");
  const StringMap allocatable = ReadStringMap(Member(object.body(), "status"), "allocatable");
  for (const auto& [name, text] : allocatable) {
    if (const auto quantity = Quantity::Parse(text); quantity.ok()) node.allocatable[name] = *quantity;
  }
  return node;
}

}  // namespace ordinal::api
