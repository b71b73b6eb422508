// metadata.generation counts the changes of what is wanted: of anything but metadata and status.
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

using api::Json;

/// Whether what is counted differs: anything but metadata and, where that is written apart, status. That an object of a
/// kind that is placed gets its place is no change of what is wanted (registry/core/pod/storage, assignPod).
bool Counts(const api::KindInfo& kind, const Json& before, const Json& body) {
  const Json &old_spec = api::Member(before, "spec"), &spec = api::Member(body, "spec");
  const std::string_view place = kind.placed_by;
  const bool placed =
      !place.empty() && api::ReadString(old_spec, place).empty() && !api::ReadString(spec, place).empty();
  if (placed) {
    return !SameBut({"metadata", "apiVersion", "status", "spec"}, before, body) || !SameBut({place}, old_spec, spec);
  }
  const bool with_status = kind.custom != nullptr && !api::HasStatus(kind);
  return !SameBut({"metadata", "apiVersion", with_status ? "metadata" : "status"}, before, body);
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
