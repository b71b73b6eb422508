#include "agent/api/selector.h"

#include <gtest/gtest.h>

namespace ordinal::api {
namespace {

const StringMap kLabels = {{"app", "kubia"}, {"tier", "db"}, {"size", "3"}, {"example.com/x", ""}};

TEST(Selector, StringFormMatches) {
  const std::pair<const char*, bool> cases[] = {
      {"", true},
      {"app=kubia", true},
      {"app==kubia", true},
      {"app!=kubia", false},
      {"app", true},
      {"!app", false},
      {"other", false},
      {"!other", true},
      {"other!=x", true},
      {"tier in (a,db)", true},
      {"tier notin (a,db)", false},
      {"tier in (a)", false},
      {"size>2", true},
      {"size<2", false},
      {"tier>2", false},
      {"app=kubia,tier=db", true},
      {"app=kubia,tier=x", false},
      {"example.com/x=", true},
      {" app = kubia , tier in ( db ) ", true},
      {"other notin (a)", true},
      {"example.com/x in (,y)", true},
  };
  for (const auto& [text, expected] : cases) {
    const auto selector = Selector::Parse(text);
    ASSERT_TRUE(selector.ok()) << text << ": " << selector.error().message;
    EXPECT_EQ(selector->Matches(kLabels), expected) << text;
  }
}

TEST(Selector, StringFormRefusesBadSyntax) {
  for (const char* text : {"a===b", "=b", "a=b,", "a in", "a in b", "a in (b", "a=b c", "a>x", "-a=b", "a=b/c", "!"}) {
    const auto selector = Selector::Parse(text);
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_EQ(selector.error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(Selector, SaysWhatTheReferenceSaysOfABadOperator) {
  const auto selector = Selector::Parse("a===b");  // golden 04-api/errors/40
  ASSERT_FALSE(selector.ok());
  EXPECT_EQ(selector.error().message, "unable to parse requirement: found '=', expected: identifier");
}

TEST(Selector, ObjectFormCombinesLabelsAndExpressions) {
  const auto selector = Selector::FromJson(Json::parse(R"({
    "matchLabels": {"app": "kubia"},
    "matchExpressions": [{"key": "tier", "operator": "In", "values": ["db", "web"]},
                         {"key": "gone", "operator": "DoesNotExist"},
                         {"key": "size", "operator": "Exists"},
                         {"key": "app", "operator": "NotIn", "values": ["x"]}]})"));
  ASSERT_TRUE(selector.ok()) << selector.error().message;
  EXPECT_TRUE(selector->Matches(kLabels));
  EXPECT_FALSE(selector->Matches({{"app", "kubia"}}));
}

TEST(Selector, ObjectFormNamesTheFaultyMember) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"matchExpressions": [{"key": "a", "operator": "Is"}]})", "matchExpressions[0].operator"},
      {R"({"matchExpressions": [{"key": "a", "operator": "In"}]})", "matchExpressions[0].values"},
      {R"({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]})", "matchExpressions[0].values"},
      {R"({"matchLabels": {"a b": "c"}})", "matchLabels"},
  };
  for (const auto& [text, member] : cases) {
    const auto selector = Selector::FromJson(Json::parse(text));
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_EQ(selector.error().message.find(member), 0u) << selector.error().message;
  }
}

TEST(Selector, MayHaveSoManyRequirementsAndValues) {
  std::string many = "a0", values = "a in (v0";
  for (int i = 1; i <= 128; ++i) many += ",a" + std::to_string(i);
  for (int i = 1; i <= 1000; ++i) values += ",v" + std::to_string(i);
  const auto requirements = Selector::Parse(many), in = Selector::Parse(values + ")");
  ASSERT_FALSE(requirements.ok());
  EXPECT_EQ(requirements.error().message, "a selector may have 128 requirements, not more");
  ASSERT_FALSE(in.ok());
  EXPECT_EQ(in.error().message, "a selector may have 1000 values, not 1001");
  EXPECT_TRUE(Selector::Parse(many.substr(0, many.rfind(','))).ok());
  Json labels;
  for (int i = 0; i < 129; ++i) labels["matchLabels"]["a" + std::to_string(i)] = "b";
  EXPECT_FALSE(Selector::FromJson(labels).ok());
}

TEST(Selector, FromMapWantsEveryPair) {
  EXPECT_TRUE(Selector::FromMap({{"app", "kubia"}}).Matches(kLabels));
  EXPECT_FALSE(Selector::FromMap({{"app", "kubia"}, {"tier", "web"}}).Matches(kLabels));
  EXPECT_TRUE(Selector::FromMap({}).empty());
}

}  // namespace
}  // namespace ordinal::api
