// A stored object and a configuration applied to it, and the entries of managedFields kept through both.
#include "agent/api/patch/apply.h"
#include "tests/fuzz/fail.h"
#include "tests/fuzz/pair.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ordinal;
  const auto pair = fuzz::ReadPair({reinterpret_cast<const char*>(data), size});
  if (!pair) return 0;
  const auto& [live, config] = *pair;
  const WallTime time{};
  for (const char* name : {"Pod", "StatefulSet"}) {
    const api::KindInfo& kind = *api::FindKind(name);
    if (live.is_object()) api::TrackUpdate(kind, config, live, {"somebody", "v1", ""}, time);
    for (const bool force : {false, true}) {
      const api::ApplyRequest request{{"kubectl", "v1", ""}, force, time};
      const auto first = api::ServerSideApply(kind, live, config, request);
      if (const auto* failure = std::get_if<api::ApplyFailure>(&first)) {
        fuzz::Expect(!failure->error.reason.empty(), "an error has a reason");
        continue;
      }
      const auto& body = std::get<api::Json>(first);
      const auto second = api::ServerSideApply(kind, body, config, request);
      const auto* again = std::get_if<api::Json>(&second);
      fuzz::Expect(again != nullptr, "what was applied can be applied again");
      fuzz::Expect(*again == body, "applying twice changes nothing:\n" + body.dump() + "\n" + again->dump());
    }
  }
  return 0;
}
