#include "agent/api/text/go_text.h"

#include <gtest/gtest.h>

#include "agent/api/kinds/controller_revision/fields.h"
#include "agent/api/object.h"
#include "agent/api/protobuf/message.h"
#include "agent/api/protobuf/write.h"

namespace ordinal::api {
namespace {

struct Written {
  const char *json, *go;
};

TEST(GoText, EscapesWhatGoDoes) {
  const Written cases[] = {
      {"{}", "{}"},
      {R"({"a":"b"})", R"({"a":"b"})"},
      {R"({"args":["a && b > c < d"]})", R"({"args":["a \u0026\u0026 b \u003e c \u003c d"]})"},
      {R"({"<":">"})", R"({"\u003c":"\u003e"})"},
      {"\"\u2028x\u2029\"", R"("\u2028x\u2029")"},
      {"\"\u2027\u20ac\xe2\"", "\"\u2027\u20ac\xe2\""},  // like these, but others
      {"&", R"(\u0026)"},
  };
  for (const Written& each : cases) EXPECT_EQ(AsGoWrites(each.json), each.go);
  const std::string text = R"({"a":"<&>","b":1})";
  EXPECT_EQ(Json::parse(AsGoWrites(text)), Json::parse(text)) << "it is the same document";
}

TEST(GoText, IsWhatARevisionHasInProtobufToo) {
  const Json body{
      {"apiVersion", "apps/v1"}, {"kind", "ControllerRevision"}, {"data", {{"args", "a<b"}}}, {"revision", 1}};
  std::string message;
  protobuf::AppendMessage(schema::kControllerRevision, AsGoWrites(body.dump()), message);
  EXPECT_NE(message.find(R"({"args":"a\u003cb"})"), std::string::npos);
  const auto read = protobuf::ReadMessage(schema::kControllerRevision, message);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)["data"], body["data"]);
}

}  // namespace
}  // namespace ordinal::api
