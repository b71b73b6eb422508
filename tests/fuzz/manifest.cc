// Text → documents → objects. What was decoded once is decoded again to the same.
#include "agent/api/decode.h"
#include "tests/fuzz/fail.h"

namespace ordinal {
namespace {

std::string Text(const api::Json& body) { return body.dump(-1, ' ', false, api::Json::error_handler_t::replace); }

void DecodeTwice(const api::Document& document) {
  api::FindLine(document, "spec.containers[0].name");
  const auto first = api::Decode(document.body);
  if (const auto* failure = std::get_if<api::DecodeFailure>(&first)) {
    fuzz::Expect(!failure->errors.empty(), "a failure names a fault");
    return;
  }
  const api::Json& body = std::get<api::Decoded>(first).body;
  const auto second = api::Decode(body);
  fuzz::Expect(std::holds_alternative<api::Decoded>(second), "what is decoded is valid: " + Text(body));
  const api::Json& again = std::get<api::Decoded>(second).body;
  fuzz::Expect(again == body, "defaults are filled in once: " + Text(body) + "\n" + Text(again));
}

}  // namespace
}  // namespace ordinal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto documents = ordinal::api::ParseManifest({reinterpret_cast<const char*>(data), size});
  if (!documents.ok()) return 0;
  for (const auto& document : *documents) ordinal::DecodeTwice(document);
  return 0;
}
