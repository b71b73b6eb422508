#include "agent/api/patch/patch.h"

namespace ordinal::api {

Json ApplyMergePatch(Json document, const Json& patch) {
  if (!patch.is_object()) return patch;
  if (!document.is_object()) document = Json::object();
  for (const auto& [name, value] : patch.items()) {
    if (value.is_null()) {
      document.erase(name);
    } else if (value.is_object()) {
      Json& member = document[name];
      member = ApplyMergePatch(std::move(member), value);
    } else {
      document[name] = value;
    }
  }
  return document;
}

}  // namespace ordinal::api
