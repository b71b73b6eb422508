// The target of a request → segments and query → the resource it names.
#include "agent/http/target.h"

#include "agent/apiserver/rest/route.h"
#include "tests/fuzz/fail.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ordinal;
  const auto target = http::ParseTarget({reinterpret_cast<const char*>(data), size});
  if (!target.ok()) return 0;
  for (const auto& segment : target->segments) {
    fuzz::Expect(!segment.empty() && segment.find('\0') == std::string::npos, "a segment is a text of its own");
  }
  const auto route = apiserver::rest::FindRoute(target->segments);
  if (!route) return 0;
  fuzz::Expect(route->kind != nullptr, "a route has a kind");
  fuzz::Expect(route->kind->namespaced || route->ns.empty() || route->kind->kind == "Namespace",
               "only a kind in namespaces has one");
  return 0;
}
