// The string form of field selectors, as list requests have it.
#include "agent/store/field_selector.h"

#include "tests/fuzz/fail.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ordinal;
  static const api::Object pod(api::Json::parse(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"kubia-0","namespace":"a"},"spec":{"nodeName":"a"}})"));
  for (const char* kind : {"Pod", "Event", "ConfigMap"}) {
    const auto selector =
        store::FieldSelector::Parse({reinterpret_cast<const char*>(data), size}, *api::FindKind(kind));
    if (!selector.ok()) {
      fuzz::Expect(!selector.error().reason.empty(), "an error has a reason");
      continue;
    }
    const bool matches = selector->Matches(pod);
    fuzz::Expect(matches || !selector->empty(), "an empty selector matches everything");
  }
  return 0;
}
