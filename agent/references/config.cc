#include "agent/references/config.h"

#include <utility>

#include "agent/api/base64.h"
#include "agent/api/read.h"

namespace ordinal::references {
namespace {

constexpr std::string_view kSecret = "Secret";

api::StringMap Decoded(const api::Json& body, std::string_view member) {
  api::StringMap decoded;
  for (auto& [key, text] : api::ReadStringMap(body, member)) {
    auto bytes = api::DecodeBase64(text);
    if (bytes.ok()) decoded.emplace(key, std::move(*bytes));
  }
  return decoded;
}

}  // namespace

Config Config::From(const api::Object& object) {
  const api::Json& body = object.body();
  Config config;
  config.revision = object.revision();
  config.uid = object.uid();
  if (object.kind() == kSecret) {
    config.values = Decoded(body, "data");
  } else {
    config.values = api::ReadStringMap(body, "data");
    config.binary = Decoded(body, "binaryData");
  }
  return config;
}

}  // namespace ordinal::references
