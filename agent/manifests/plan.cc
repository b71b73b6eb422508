#include "agent/manifests/plan.h"

#include <algorithm>

namespace ordinal::manifests {
namespace {

/// A file that is there but cannot be fully read: what it asked for before may still be in it.
bool IsDoubtful(const Files& files, const std::string& name) {
  const auto found = files.find(name);
  return found != files.end() && !found->second.errors.empty();
}

/// Why `object` is not taken from `file`; empty when it is.
std::string Objection(const Files& files, const Owners& owned, const std::string& file, const ManifestObject& object,
                      const std::map<api::ObjectKey, Wanted>& taken) {
  if (const auto first = taken.find(object.key); first != taken.end()) {
    return ToString(object.key) + " is in " + first->second.file + ", line " +
           std::to_string(first->second.object->line) + ", too; that one is used";
  }
  const auto owner = owned.find(object.key);
  if (owner != owned.end() && owner->second != file && IsDoubtful(files, owner->second)) {
    return ToString(object.key) + " comes from " + owner->second + ", which has errors; it stays as it is until " +
           owner->second + " is mended or removed";
  }
  return {};
}

}  // namespace

Plan MakePlan(const Files& files, const Owners& owned) {
  Plan plan;
  std::map<api::ObjectKey, Wanted> taken;
  for (const auto& [name, file] : files) {
    for (const auto& object : file.objects) {
      std::string objection = Objection(files, owned, name, object, taken);
      if (!objection.empty()) {
        plan.errors[name].push_back(object.Locate("metadata.name", objection));
        continue;
      }
      taken.emplace(object.key, Wanted{name, &object});
      plan.apply.push_back({name, &object});
    }
  }
  // Classes and namespaces before what names them.
  const auto of_cluster = [](const Wanted& wanted) { return !wanted.object->kind->namespaced; };
  std::stable_partition(plan.apply.begin(), plan.apply.end(), of_cluster);
  for (const auto& [key, name] : owned) {
    if (!taken.contains(key) && !IsDoubtful(files, name)) plan.remove.push_back(key);
  }
  return plan;
}

}  // namespace ordinal::manifests
