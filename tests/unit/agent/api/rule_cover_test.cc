// What one's own rules cover of others (the cases of the reference's rule_test.go, in our words).
#include "agent/api/rule_cover.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<PolicyRule> Rules(const char* text) { return ReadRules(Json{{"rules", Json::parse(text)}}); }

std::vector<std::string> Missing(const char* owned, const char* wanted) {
  std::vector<std::string> lines;
  for (const PolicyRule& rule : Compacted(*Uncovered(Rules(owned), Rules(wanted)))) lines.push_back(ToString(rule));
  return lines;
}

TEST(RuleCover, SaysWhatIsMissing) {
  const char* read = R"([{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"]}])";
  EXPECT_THAT(Missing(read, read), IsEmpty());
  EXPECT_THAT(Missing(R"([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}])", read), IsEmpty());
  EXPECT_THAT(Missing("[]", read), ElementsAre(R"({APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]})",
                                               R"({APIGroups:[""], Resources:["pods/log"], Verbs:["get" "list"]})"));
  EXPECT_THAT(Missing(R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}])", read),
              ElementsAre(R"({APIGroups:[""], Resources:["pods"], Verbs:["list"]})",
                          R"({APIGroups:[""], Resources:["pods/log"], Verbs:["get" "list"]})"));
}

TEST(RuleCover, AddsUpSeveralRules) {
  EXPECT_THAT(Missing(R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]},
                          {"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]},
                          {"verbs": ["*"], "apiGroups": ["apps"], "resources": ["deployments"]}])",
                      R"([{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]},
                          {"verbs": ["delete"], "apiGroups": ["apps"], "resources": ["deployments"]}])"),
              IsEmpty());
}

TEST(RuleCover, AStarIsMoreThanAllThatAreNamed) {
  EXPECT_THAT(Missing(R"([{"verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["pods"]}])",
                      R"([{"verbs": ["*"], "apiGroups": [""], "resources": ["pods"]}])"),
              ElementsAre(R"({APIGroups:[""], Resources:["pods"], Verbs:["*"]})"));
}

TEST(RuleCover, NamesAreLess) {
  const char* one = R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a"]}])";
  const char* all = R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}])";
  EXPECT_THAT(Missing(all, one), IsEmpty());
  EXPECT_THAT(Missing(one, all), ElementsAre(R"({APIGroups:[""], Resources:["secrets"], Verbs:["get"]})"));
  EXPECT_THAT(Missing(one, R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"],
                               "resourceNames": ["a", "b"]}])"),
              ElementsAre(R"({APIGroups:[""], Resources:["secrets"], ResourceNames:["b"], Verbs:["get"]})"));
}

TEST(RuleCover, SubresourcesOfAll) {
  const char* scales = R"([{"verbs": ["get"], "apiGroups": ["apps"], "resources": ["*/scale"]}])";
  EXPECT_THAT(Missing(scales, R"([{"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments/scale"]}])"),
              IsEmpty());
  EXPECT_THAT(Missing(scales, R"([{"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments"]}])"),
              testing::SizeIs(1));
}

TEST(RuleCover, Paths) {
  const char* below = R"([{"verbs": ["get"], "nonResourceURLs": ["/api/*", "/version"]}])";
  EXPECT_THAT(Missing(below, R"([{"verbs": ["get"], "nonResourceURLs": ["/api/v1", "/version", "/api/apps/*"]}])"),
              IsEmpty());
  EXPECT_THAT(Missing(below, R"([{"verbs": ["get"], "nonResourceURLs": ["/metrics"]}])"),
              ElementsAre(R"({NonResourceURLs:["/metrics"], Verbs:["get"]})"));
  EXPECT_THAT(Missing(below, R"([{"verbs": ["get"], "nonResourceURLs": ["*"]}])"), testing::SizeIs(1));
}

TEST(RuleCover, RefusesWhatWouldTakeForever) {
  PolicyRule many;
  for (int i = 0; i < 200; ++i) {
    many.verbs.push_back("v" + std::to_string(i));
    many.groups.push_back("g" + std::to_string(i));
    many.resources.push_back("r" + std::to_string(i));
  }
  EXPECT_EQ(Uncovered({}, {many}).error().code, ErrorCode::kInvalid);
  EXPECT_THAT(*Uncovered({{{"*"}, {"*"}, {"*"}, {}, {}}}, {many}), IsEmpty());
}

TEST(RuleCover, CountsComparisonsBeforeItMakesThem) {
  std::vector<PolicyRule> owned, wanted;
  for (int i = 0; i < 3'000; ++i) {
    owned.push_back({{"get"}, {""}, {"a" + std::to_string(i)}, {}, {}});
    wanted.push_back({{"get"}, {""}, {"b" + std::to_string(i)}, {}, {}});
  }
  EXPECT_EQ(Uncovered(owned, wanted).error().code, ErrorCode::kInvalid) << "few rights, compared with many rules";
  PolicyRule below, paths;
  for (int i = 0; i < 3'000; ++i) {
    below.paths.push_back("/a/" + std::to_string(i) + "/*");
    paths.paths.push_back("/b/" + std::to_string(i));
  }
  below.verbs = paths.verbs = {"get"};
  EXPECT_EQ(Uncovered({below}, {paths}).error().code, ErrorCode::kInvalid);
}

TEST(RuleCover, LongListsAreLookedUp) {
  PolicyRule many{{"get"}, {""}, {"secrets"}, {}, {}};
  for (int i = 0; i < 100'000; ++i) many.names.push_back("a-rather-long-name-" + std::to_string(i));
  PolicyRule turned = many;
  std::reverse(turned.names.begin(), turned.names.end());
  EXPECT_THAT(*Uncovered({many}, {turned}), IsEmpty()) << "which word by word would take minutes";
}

TEST(RuleCover, StarsAtTheEndOfPaths) {
  EXPECT_TRUE(MatchesPath("*", "/anything"));
  EXPECT_TRUE(MatchesPath("/api/*", "/api/"));
  EXPECT_FALSE(MatchesPath("/api/*", "/api"));
  EXPECT_FALSE(MatchesPath("/a*/b", "/ax/b"));
}

}  // namespace
}  // namespace ordinal::api
