// A store with its admission, for what the policies of a namespace let through.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {

class PolicyCase : public ::testing::Test {
 public:
  static Json Pod(const std::string& name, const char* containers = R"([{"name": "a"}])") {
    Json spec{{"containers", Json::parse(containers)}};
    for (Json& container : spec["containers"]) {
      if (!container.contains("image")) container["image"] = "a:1";
    }
    return {{"apiVersion", "v1"},
            {"kind", "Pod"},
            {"metadata", {{"name", name}, {"namespace", "default"}}},
            {"spec", std::move(spec)}};
  }

  Result<Written> Try(Json body) { return RunTask(io_, client_.Create(std::move(body))); }
  void Make(Json body) {
    const auto made = Try(std::move(body));
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  Json Stored(Json body) {
    const auto made = Try(std::move(body));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? made->object.body() : Json();
  }
  /// Why it is not made; empty when it is.
  std::string RefusalOf(Json body) {
    const auto made = Try(std::move(body));
    if (made.ok()) return "";
    EXPECT_EQ(made.error().reason, "Forbidden") << made.error().message;
    return made.error().message;
  }
  /// Why it is not changed so; empty when it is.
  std::string Change(const std::string& kind, const std::string& name, std::function<void(Json&)> change,
                     WriteOptions::Part part = WriteOptions::Part::kSpec) {
    Objects::Edit edit = [change = std::move(change)](const Object& current) -> Result<Json> {
      Json next = current.body();
      change(next);
      return next;
    };
    WriteOptions options;
    options.part = part;
    const auto written = RunTask(io_, client_.Change({kind, "default", name}, std::move(edit), std::move(options)));
    return written.ok() ? "" : written.error().message;
  }
  void Drop(const std::string& kind, const std::string& name) {
    DeleteOptions options;
    options.grace_seconds = 0;
    const auto removed = RunTask(io_, client_.Remove({kind, "default", name}, std::move(options)));
    EXPECT_TRUE(removed.ok() || removed.error().code == ErrorCode::kNotFound) << removed.error().message;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  LocalObjects client_{store_, clock_, random_};
};

}  // namespace ordinal::objects
