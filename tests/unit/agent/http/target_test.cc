#include "agent/http/target.h"

#include <gtest/gtest.h>

namespace ordinal::http {
namespace {

using Segments = std::vector<std::string>;
using Query = std::multimap<std::string, std::string>;

TEST(Target, IsTakenApart) {
  struct Case {
    const char* target;
    Segments segments;
    Query query;
  };
  const Case cases[] = {
      {"/", {}, {}},
      {"/api/v1/pods", {"api", "v1", "pods"}, {}},
      {"//api//v1/", {"api", "v1"}, {}},
      {"/a%2Fb/%41%e2%82%ac", {"a/b", "A\xe2\x82\xac"}, {}},
      {"/a+b", {"a+b"}, {}},
      {"/a?x=1&y=a+b%26c&flag&x=2&&=z", {"a"}, {{"x", "1"}, {"y", "a b&c"}, {"flag", ""}, {"x", "2"}, {"", "z"}}},
      {"/a?x=b=c", {"a"}, {{"x", "b=c"}}},
      {"/a?", {"a"}, {}},
      {"/a#b?c", {"a"}, {}},
      {"https://127.0.0.1:6443/version?x=1", {"version"}, {{"x", "1"}}},
      {"http://host", {}, {}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.target);
    const auto parsed = ParseTarget(one.target);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(parsed->segments, one.segments);
    EXPECT_EQ(parsed->query, one.query);
  }
}

TEST(Target, IsRefused) {
  for (const char* target : {"", "*", "api/v1", "/%", "/%4", "/%zz", "/a%00b", "/a?x=%", "/a?%0=1"}) {
    EXPECT_FALSE(ParseTarget(target).ok()) << target;
  }
}

}  // namespace
}  // namespace ordinal::http
