// Messages of protobuf that are embedded in others: their fields are the document's own.
#include <gtest/gtest.h>

#include "agent/api/kinds/validating_admission_policy/fields.h"
#include "agent/api/kinds/validating_webhook_configuration/fields.h"
#include "agent/api/protobuf/message.h"

namespace ordinal::api {
namespace {

/// A short field of bytes.
std::string Part(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

TEST(EmbeddedMessages, AreReadIntoTheDocument) {
  // RuleWithOperations: operations 1, Rule 2 (apiGroups 1, apiVersions 2, resources 3, scope 4).
  const std::string rule =
      Part(1, "CREATE") + Part(2, Part(1, "apps") + Part(2, "v1") + Part(3, "pods") + Part(4, "*"));
  const Json wanted =
      Json::parse(R"({"operations": ["CREATE"], "apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["pods"],
        "scope": "*"})");
  const auto read = protobuf::ReadMessage(schema::kRuleWithOperations, rule);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, wanted);
  // NamedRuleWithOperations: resourceNames 1, RuleWithOperations 2.
  const auto named = protobuf::ReadMessage(schema::kNamedRuleWithOperations, Part(1, "a") + Part(2, rule));
  ASSERT_TRUE(named.ok());
  Json with_names = wanted;
  with_names["resourceNames"] = Json::array({"a"});
  EXPECT_EQ(*named, with_names);
}

}  // namespace
}  // namespace ordinal::api
