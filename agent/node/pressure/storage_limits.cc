#include "agent/node/pressure/storage_limits.h"

#include <fmt/format.h>

#include "agent/api/kinds/pod/resources.h"
#include "agent/node/pressure/figures.h"

namespace ordinal::node {
namespace {

constexpr const char* kEphemeralStorage = "ephemeral-storage";

int64_t At(const std::map<std::string, int64_t>& of, const std::string& name) {
  const auto found = of.find(name);
  return found == of.end() ? 0 : found->second;
}

int64_t In(const api::ResourceList& limits) {
  const auto limit = limits.find(kEphemeralStorage);
  return limit == limits.end() ? 0 : limit->second.Value();
}

/// The member's text is a number where its writer wrote one.
std::string TextOf(const api::Json& value, int64_t bytes) {
  return value.is_string() ? value.get<std::string>() : fmt::format("{}", bytes);
}

}  // namespace

StorageLimits StorageLimitsOf(const api::Pod& pod) {
  StorageLimits limits;
  for (const api::Volume& volume : pod.spec.volumes) {
    if (volume.source != "emptyDir" || api::ReadString(volume.spec, "medium") == "Memory") continue;
    limits.disk.push_back(volume.name);
    const api::Json& size = api::Member(volume.spec, "sizeLimit");
    const Result<api::Quantity> read = api::Quantity::Parse(size.is_string()   ? size.get<std::string>()
                                                            : size.is_number() ? size.dump()
                                                                               : "0");
    if (!read.ok() || read->Value() <= 0) continue;
    limits.volumes.push_back({volume.name, read->Value(), TextOf(size, read->Value())});
  }
  for (const api::Container& container : pod.spec.containers) {
    const int64_t bytes = In(container.limits);
    if (bytes == 0) continue;
    limits.containers.push_back({container.name, bytes, BinaryText(bytes)});
  }
  limits.pod = In(api::LimitsOf(pod.spec));
  return limits;
}

int64_t StorageUse::OfContainer(const std::string& name) const { return At(logs, name) + At(layers, name); }

int64_t StorageUse::Total() const {
  int64_t sum = 0;
  for (const auto* of : {&volumes, &logs, &layers}) {
    for (const auto& [name, bytes] : *of) sum += bytes;
  }
  return sum;
}

std::string StorageExcess(const StorageLimits& limits, const StorageUse& use) {
  for (const StorageLimit& volume : limits.volumes) {
    if (At(use.volumes, volume.name) > volume.bytes) {
      return fmt::format("Usage of EmptyDir volume \"{}\" exceeds the limit \"{}\". ", volume.name, volume.text);
    }
  }
  if (limits.pod > 0 && use.Total() > limits.pod) {
    return fmt::format("Pod ephemeral local storage usage exceeds the total limit of containers {}. ",
                       BinaryText(limits.pod));
  }
  for (const StorageLimit& container : limits.containers) {
    if (use.OfContainer(container.name) > container.bytes) {
      return fmt::format("Container {} exceeded its local ephemeral storage limit \"{}\". ", container.name,
                         container.text);
    }
  }
  return {};
}

}  // namespace ordinal::node
