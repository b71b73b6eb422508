// A pod and a strategic merge patch of it.
#include "agent/api/kind.h"
#include "agent/api/patch/patch.h"
#include "tests/fuzz/fail.h"
#include "tests/fuzz/pair.h"

namespace {

bool HasDirective(const ordinal::api::Json& value) {
  if (!value.is_structured()) return false;
  for (const auto& item : value) {
    if (HasDirective(item)) return true;
  }
  if (!value.is_object()) return false;
  for (const auto& member : value.items()) {
    if (member.key() == "$patch" || member.key() == "$retainKeys") return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ordinal;
  const auto pair = fuzz::ReadPair({reinterpret_cast<const char*>(data), size});
  if (!pair) return 0;
  const auto& [document, patch] = *pair;
  for (const char* kind : {"Pod", "Service"}) {
    const auto merged = api::ApplyStrategicMergePatch(document, patch, *api::FindKind(kind)->schema);
    fuzz::Expect(merged.ok() || !merged.error().reason.empty(), "an error has a reason");
    if (merged.ok()) fuzz::Expect(!HasDirective(*merged) || HasDirective(document), "no directive is stored");
  }
  return 0;
}
