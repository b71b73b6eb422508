#include "agent/api/openapi/descriptions.h"

#include <algorithm>
#include <string>

namespace ordinal::api::openapi {
namespace {

std::string_view Find(std::string_view of) {
  for (const std::span<const Description> table : DescriptionTables()) {
    const auto found = std::lower_bound(table.begin(), table.end(), of,
                                        [](const Description& each, std::string_view name) { return each.of < name; });
    if (found != table.end() && found->of == of) return found->text;
  }
  return {};
}

}  // namespace

std::string_view Describe(std::string_view type, std::string_view field) {
  if (field.empty()) return Find(type);
  const std::string_view own = Find(std::string(type) + "." + std::string(field));
  return own.empty() ? Find("*." + std::string(field)) : own;
}

std::span<const std::span<const Description>> DescriptionTables() {
  static const std::span<const Description> tables[] = {kPodDescriptions,      kContainerDescriptions,
                                                        kWorkloadDescriptions, kVolumeDescriptions,
                                                        kServiceDescriptions,  kMetaDescriptions};
  return tables;
}

}  // namespace ordinal::api::openapi
