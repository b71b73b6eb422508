// The string form of label selectors, as list requests have it.
#include "agent/api/selector.h"

#include "tests/fuzz/fail.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ordinal::api::Selector;
  const auto selector = Selector::Parse({reinterpret_cast<const char*>(data), size});
  if (!selector.ok()) return 0;
  const bool nothing = selector->Matches({});
  const bool something = selector->Matches({{"app", "kubia"}, {"tier", "3"}});
  ordinal::fuzz::Expect(!selector->empty() || (nothing && something), "an empty selector matches everything");
  return 0;
}
