// metadata.generation counts the changes of what is wanted: of anything but metadata and status.
#include <algorithm>

#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

using api::Json;

/// Whether two documents differ in anything but metadata and, where that is written apart, status.
bool SpecDiffers(const Json& a, const Json& b, bool with_status) {
  const auto counted = [with_status](const std::string& member) {
    return member != "metadata" && member != "apiVersion" && (with_status || member != "status");
  };
  const auto covers = [&](const Json& these, const Json& those) {
    return std::all_of(these.items().begin(), these.items().end(), [&](const auto& item) {
      return !counted(item.key()) || (those.contains(item.key()) && those[item.key()] == item.value());
    });
  };
  return !covers(a, b) || !covers(b, a);
}

/// The same for a kind that is placed: that is no change of what is wanted (registry/core/pod/storage, assignPod).
bool Counts(const api::KindInfo& kind, const Json& old_body, const Json& body) {
  const std::string member(kind.placed_by);
  const bool placed = !member.empty() && api::ReadString(api::Member(old_body, "spec"), member).empty() &&
                      !api::ReadString(api::Member(body, "spec"), member).empty();
  if (!placed) return SpecDiffers(old_body, body, kind.custom != nullptr && !api::HasStatus(kind));
  Json unplaced = body;
  unplaced["spec"].erase(member);
  Json before = old_body;
  before["spec"].erase(member);
  return SpecDiffers(before, unplaced, /*with_status=*/false);
}

class Generation final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    Json& metadata = attempt.body["metadata"];
    const bool counted = attempt.kind.counts_generation;
    if (attempt.creates()) {
      metadata.erase("generation");
      if (counted) metadata["generation"] = 1;
      co_return Status();
    }
    const Json& before = api::Member(attempt.old.body(), "metadata");
    api::Carry(before, "generation", metadata);
    if (counted && Counts(attempt.kind, attempt.old.body(), attempt.body)) {
      metadata["generation"] = api::ReadInt(before, "generation") + 1;
    }
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitGeneration() { return std::make_unique<Generation>(); }

}  // namespace ordinal::objects
