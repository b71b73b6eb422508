// Typed view of a PersistentVolumeClaim (core/v1).
#pragma once

#include "agent/api/object.h"
#include "agent/api/quantity.h"
#include "agent/api/selector.h"

namespace ordinal::api {

struct PersistentVolumeClaim {
  static constexpr char kKind[] = "PersistentVolumeClaim";

  Object object;
  Meta meta;
  Quantity request;
  std::vector<std::string> access_modes;
  std::optional<std::string> storage_class;  ///< absent: the default class; "": none
  std::string volume_mode = "Filesystem";
  std::string volume_name;
  Selector selector;
  std::string phase;
  static PersistentVolumeClaim From(const Object& object);
};

}  // namespace ordinal::api
