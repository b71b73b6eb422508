// ServedKinds: which custom kinds are known (api::PublishKinds), kept as the definitions are. A definition that did not
// change keeps its description.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/api/custom/definition.h"
#include "agent/base/clock.h"

namespace ordinal::controllers::definitions {

class ServedKinds {
 public:
  /// Publishes the kinds of these definitions and no others. Control thread.
  void Publish(const std::vector<const api::Json*>& definitions, const Clock& clock);
  /// The keys (api::KeyOf) of what is published.
  std::set<std::string> Keys() const;
  /// That of one definition; empty: it is not served.
  std::string KeyOf(const std::string& definition) const;

 private:
  struct Described {
    std::string of;  ///< what the description was made of
    std::shared_ptr<const api::custom::CustomKind> kind;
  };
  std::map<std::string, Described> described_;  ///< by the definition's name
};

}  // namespace ordinal::controllers::definitions
