#include "agent/manifests/merge.h"

namespace ordinal::manifests {

api::Json Merge(const api::Json& last, const api::Json& wanted, api::Json current) {
  if (!wanted.is_object() || !current.is_object()) return wanted;
  if (last.is_object()) {
    for (const auto& [name, value] : last.items()) {
      if (!wanted.contains(name)) current.erase(name);
    }
  }
  for (const auto& [name, value] : wanted.items()) {
    const api::Json& before = api::Member(last, name);
    current[name] = current.contains(name) ? Merge(before, value, std::move(current[name])) : value;
  }
  return current;
}

}  // namespace ordinal::manifests
