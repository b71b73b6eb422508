#include "agent/apiserver/streams/log_options.h"

#include <gtest/gtest.h>

#include "tests/unit/agent/apiserver/streams/requests.h"

namespace ordinal::apiserver::streams {
namespace {

const WallTime kNow = *ParseTime("2026-01-01T00:10:00Z");

std::variant<LogOptions, http::Response> Read(Values query) {
  return ReadLogOptions(*PodRequest("log", std::move(query)), "kubia-0", kNow);
}

TEST(LogOptions, AreReadFromTheQuery) {
  const auto read = Read({{"container", "main"},
                          {"follow", "true"},
                          {"previous", "1"},
                          {"timestamps", ""},
                          {"tailLines", "5"},
                          {"limitBytes", "100"},
                          {"sinceSeconds", "60"},
                          {"stream", "All"}});
  const auto& options = std::get<LogOptions>(read);
  EXPECT_EQ(options.container, "main");
  EXPECT_TRUE(options.follow && options.previous && options.timestamps);
  EXPECT_EQ(options.tail, 5);
  EXPECT_EQ(options.max_bytes, 100);
  EXPECT_EQ(options.since, *ParseTime("2026-01-01T00:09:00Z"));
  const auto time = Read({{"sinceTime", "2026-01-01T01:00:00+01:00"}, {"follow", "False"}, {"previous", "0"}});
  EXPECT_EQ(std::get<LogOptions>(time).since, *ParseTime("2026-01-01T00:00:00Z"));
  EXPECT_FALSE(std::get<LogOptions>(time).follow || std::get<LogOptions>(time).previous);
  EXPECT_EQ(std::get<LogOptions>(Read({{"sinceSeconds", "9223372036854775807"}})).since, std::nullopt);
}

TEST(LogOptions, WhatCannotBeReadIsABadRequest) {
  for (const Values& query : {Values{{"tailLines", "x"}}, Values{{"limitBytes", "1.5"}}, Values{{"sinceTime", "now"}},
                              Values{{"sinceSeconds", "99999999999999999999"}}}) {
    const auto read = Read(query);
    ASSERT_TRUE(std::holds_alternative<http::Response>(read)) << query.begin()->first;
    EXPECT_EQ(std::get<http::Response>(read).status, 400) << query.begin()->first;
  }
}

TEST(LogOptions, WhatMustNotBeIsInvalid) {
  const struct {
    Values query;
    const char* field;
    const char* cause;
  } kCases[] = {
      {{{"tailLines", "-1"}}, "tailLines", "FieldValueInvalid"},
      {{{"limitBytes", "0"}}, "limitBytes", "FieldValueInvalid"},
      {{{"sinceSeconds", "0"}}, "sinceSeconds", "FieldValueInvalid"},
      {{{"sinceSeconds", "1"}, {"sinceTime", "2026-01-01T00:00:00Z"}}, "", "FieldValueForbidden"},
      {{{"stream", "stdout"}}, "stream", "FieldValueNotSupported"},
      {{{"stream", "Stdout"}, {"tailLines", "1"}}, "", "FieldValueForbidden"},
  };
  for (const auto& [query, field, cause] : kCases) {
    const auto read = Read(query);
    ASSERT_TRUE(std::holds_alternative<http::Response>(read)) << field;
    const Json status = Json::parse(TextOf(std::get<http::Response>(read)));
    EXPECT_EQ(status["code"], 422);
    EXPECT_EQ(status["reason"], "Invalid");
    EXPECT_EQ(status["details"]["kind"], "PodLogOptions");
    EXPECT_EQ(status["details"]["name"], "kubia-0");
    ASSERT_EQ(status["details"]["causes"].size(), 1U) << status;
    EXPECT_EQ(status["details"]["causes"][0]["field"], field);
    EXPECT_EQ(status["details"]["causes"][0]["reason"], cause);
  }
}

}  // namespace
}  // namespace ordinal::apiserver::streams
