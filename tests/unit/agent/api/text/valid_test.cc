#include "agent/api/text/valid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ordinal::api {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(MakeValid, LeavesWhatIsValid) {
  const Json document = Json::parse(R"({"a":["é","\u0000\u001b",1,true,null],"b":{"c":""}})");
  Json same = document;
  EXPECT_THAT(MakeValid(same), IsEmpty());
  EXPECT_EQ(same, document);
}

TEST(MakeValid, MendsTextsAndNamesAndSaysWhere) {
  Json document = {{"list", {{{"message", "a\xFF"}}}}, {"bad\xFE", "x"}, {"good", "y"}};
  EXPECT_THAT(MakeValid(document), UnorderedElementsAre("bad\xEF\xBF\xBD", "list[0].message"));
  EXPECT_EQ(document["list"][0]["message"], "a\xEF\xBF\xBD");
  EXPECT_EQ(document["bad\xEF\xBF\xBD"], "x");
  EXPECT_EQ(document["good"], "y");
  EXPECT_NO_THROW(document.dump());
}

TEST(MakeValid, CutsNothing) {
  Json document = std::string(100'000, '\xFF');
  MakeValid(document);
  EXPECT_EQ(document.get<std::string>().size(), 300'000U);
}

}  // namespace
}  // namespace ordinal::api
