// The node as what an event is about. Its uid is its name, as a kubelet has it. Pure.
#pragma once

#include <string>

#include "agent/api/object.h"

namespace ordinal::node {

inline api::Object NodeSubject(const std::string& name) {
  return api::Object(api::Json{{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", name}, {"uid", name}}}});
}

}  // namespace ordinal::node
