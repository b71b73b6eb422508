// Types that are written as one value (apimachinery's own JSON forms).
#include "agent/api/openapi/plain_types.h"
#include "agent/api/openapi/definitions.h"

namespace ordinal::api::openapi {

Json Reference(const std::string& full_name, Dialect dialect) {
  return {{"$ref", (dialect == Dialect::kV2 ? "#/definitions/" : "#/components/schemas/") + full_name}};
}

std::map<std::string, Json> PlainDefinitions(Dialect dialect) {
  const Json text_or_integer = Json::array({{{"type", "integer"}}, {{"type", "string"}}});
  const Json text_or_number = Json::array({{{"type", "string"}}, {{"type", "number"}}});
  Json int_or_string = {{"description", "a number, or a text such as a percentage or the name of a port"},
                        {"format", "int-or-string"}};
  Json quantity = {{"description", "an amount with an optional suffix: 500m, 64Mi, 1.5G, 2e3"}};
  if (dialect == Dialect::kV2) {
    int_or_string["type"] = quantity["type"] = "string";
  } else {
    int_or_string["oneOf"] = text_or_integer;
    quantity["oneOf"] = text_or_number;
  }
  const Json time = {{"description", "a moment as RFC 3339 writes it: 2026-11-21T23:15:36Z"},
                     {"type", "string"},
                     {"format", "date-time"}};
  return {
      {std::string(kIntOrStringName), int_or_string},
      {std::string(kQuantityName), quantity},
      {std::string(kTimeName), time},
      {std::string(kMicroTimeName), time},
      {std::string(kFieldsV1Name), {{"description", "a set of fields, as a trie"}, {"type", "object"}}},
      {std::string(kRawExtensionName), {{"description", "any object"}, {"type", "object"}}},
      {std::string(kPatchName), {{"description", "a change, in the form its content type names"}, {"type", "object"}}}};
}

}  // namespace ordinal::api::openapi
