// A document and a JSON patch or merge patch of it.
#include "agent/api/patch/patch.h"
#include "tests/fuzz/fail.h"
#include "tests/fuzz/pair.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ordinal;
  const auto pair = fuzz::ReadPair({reinterpret_cast<const char*>(data), size});
  if (!pair) return 0;
  const auto& [document, patch] = *pair;
  const auto patched = api::ApplyJsonPatch(document, patch);
  fuzz::Expect(patched.ok() || !patched.error().reason.empty(), "an error has a reason");
  const api::Json merged = api::ApplyMergePatch(document, patch);
  fuzz::Expect(api::ApplyMergePatch(merged, patch) == merged, "a merge patch changes nothing the second time");
  return 0;
}
