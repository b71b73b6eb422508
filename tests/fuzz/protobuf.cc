// Bytes → a pod, a set and an event. What is read is valid text once it is made so, and is judged like any document.
#include "agent/api/protobuf/message.h"

#include "agent/api/decode.h"
#include "agent/api/text/valid.h"
#include "tests/fuzz/fail.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ordinal::api;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  for (const char* kind : {"Pod", "StatefulSet", "Event", "PersistentVolume"}) {
    const KindInfo& info = *FindKind(kind);
    auto body = protobuf::ReadMessage(*info.schema, bytes);
    if (!body.ok()) continue;
    (*body)["apiVersion"] = ApiVersion(info);
    (*body)["kind"] = kind;
    MakeValid(*body);
    ordinal::fuzz::Expect(!body->dump().empty(), "valid text");  // throws for what is not
    const auto decoded = Decode(*body);
    const auto* failure = std::get_if<DecodeFailure>(&decoded);
    ordinal::fuzz::Expect(failure == nullptr || !failure->errors.empty(), "a failure names a fault");
  }
  return 0;
}
