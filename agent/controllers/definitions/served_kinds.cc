#include "agent/controllers/definitions/served_kinds.h"

#include <fmt/format.h>

#include "agent/api/custom/publish.h"
#include "agent/controllers/definitions/plan.h"

namespace ordinal::controllers::definitions {
namespace {

using api::Json;
using api::Member;
using api::ReadString;

/// The generation counts what the spec says; uid, as a definition may come again under the same name.
std::string MarkOf(const Json& definition, const Json& names) {
  const Json& metadata = Member(definition, "metadata");
  return fmt::format("{} {} {} {}", ReadString(metadata, "uid"), api::ReadInt(metadata, "generation"),
                     api::Deleting(definition), names.dump());
}

}  // namespace

void ServedKinds::Publish(const std::vector<const Json*>& definitions, const Clock& clock) {
  std::map<std::string, Described> next;
  std::vector<std::shared_ptr<const api::custom::CustomKind>> kinds;
  bool changed = false;
  for (const Served& served : PlanServed(definitions, clock.Now())) {
    const std::string name = ReadString(Member(*served.definition, "metadata"), "name");
    const Json& names = Member(served.status, "acceptedNames");
    Described described{MarkOf(*served.definition, names), nullptr};
    const auto known = described_.find(name);
    if (known != described_.end() && known->second.of == described.of) {
      described.kind = known->second.kind;
    } else {
      described.kind = api::custom::CustomKind::Make(*served.definition, names);
      changed = true;
    }
    if (described.kind == nullptr) continue;
    kinds.push_back(described.kind);
    next.emplace(name, std::move(described));
  }
  changed = changed || next.size() != described_.size();
  described_ = std::move(next);
  if (changed) api::PublishKinds(std::move(kinds), clock.Steady());
}

std::string ServedKinds::KeyOf(const std::string& definition) const {
  const auto found = described_.find(definition);
  return found == described_.end() ? std::string() : std::string(api::KeyOf(found->second.kind->info()));
}

std::set<std::string> ServedKinds::Keys() const {
  std::set<std::string> keys;
  for (const auto& [name, described] : described_) keys.emplace(api::KeyOf(described.kind->info()));
  return keys;
}

}  // namespace ordinal::controllers::definitions
