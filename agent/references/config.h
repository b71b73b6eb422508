// Config: what a ConfigMap or a Secret holds, with bytes for base64. Pure.
#pragma once

#include <memory>

#include "agent/api/object.h"

namespace ordinal::references {

struct Config {
  api::StringMap values;  ///< data: text of a ConfigMap, bytes of a Secret
  api::StringMap binary;  ///< binaryData of a ConfigMap: files, never variables
  uint64_t revision = 0;
  std::string uid;

  /// Values that are no base64 are left out: what is stored was validated.
  static Config From(const api::Object& object);
};

using ConfigRef = std::shared_ptr<const Config>;

}  // namespace ordinal::references
