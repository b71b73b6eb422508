#include "agent/objects/read_your_writes.h"

#include <gmock/gmock.h>

#include <map>

#include "agent/base/random.h"
#include "agent/objects/indexes.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using api::Json;

Json PodJson(const std::string& name) {
  Json body =
      Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "i"}]}})");
  body["metadata"] = Json{{"name", name}, {"namespace", "default"}, {"labels", Json{{"app", "kubia"}}}};
  return body;
}

class ReadYourWritesTest : public testing::Test {
 protected:
  ReadYourWritesTest() {
    pods_.OnChange([this](const Change<api::Pod>& change) {
      ++told_[change.last()->meta.name + (change.added() ? " came" : change.deleted() ? " went" : " changed")];
    });
    caches_.Start(io_.get_executor());
    RunTask(io_, caches_.WaitSynced());
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore memory_;
  Caches caches_{memory_, clock_};
  ReadYourWrites store_{memory_, caches_};
  objects::LocalObjects client_{store_, clock_, random_};
  Cache<api::Pod>& pods_ = caches_.Of<api::Pod>();
  std::map<std::string, int> told_;
};

/// One coroutine from beginning to end: nothing else has a turn between a write and the look after it.
TEST_F(ReadYourWritesTest, WhatWasWrittenIsFoundByWhoWroteIt) {
  const auto course = [this]() -> Task<std::vector<std::string>> {
    std::vector<std::string> seen;
    const auto see = [&] {
      const api::Ref<api::Pod> pod = pods_.Find("default", "kubia-0");
      seen.push_back(!pod ? "none" : pod->deleting() ? "going" : pod->status.phase);
    };
    Json body = PodJson("kubia-0");
    const auto made = co_await client_.Create(std::move(body));
    if (!made.ok()) co_return seen;
    see();
    Json status = Json{{"phase", "Running"}};
    const store::ObjectKey key{"Pod", "default", "kubia-0"};
    const auto written = co_await client_.UpdateStatus(key, "", std::move(status));
    if (!written.ok()) co_return seen;
    see();
    objects::DeleteOptions options;
    const auto removed = co_await client_.Delete(key, std::move(options));
    if (!removed.ok()) co_return seen;
    see();
    co_return seen;
  };
  EXPECT_EQ(RunTask(io_, course()), (std::vector<std::string>{"Pending", "Running", "none"}));
  // and the watch, which brings the same once more, tells nobody again
  RunReady(io_);
  EXPECT_EQ(told_, (std::map<std::string, int>{{"kubia-0 came", 1}, {"kubia-0 changed", 1}, {"kubia-0 went", 1}}));
}

TEST_F(ReadYourWritesTest, SelectorsAreFoundByTheLabelsTheyAskFor) {
  for (const auto& [selector, anchor] : std::map<std::string, std::string>{
           {"app=kubia", "default/app=kubia"},
           {"tier in (a,b),app=kubia", "default/app=kubia"},
           {"tier in (a,b)", "default/"},
           {"", "default/"},
       }) {
    EXPECT_EQ(AnchorOf("default", api::Selector::Parse(selector).value()), anchor) << selector;
  }
  EXPECT_THAT(AnchorsFor("default", {{"app", "kubia"}, {"x", "y"}}),
              testing::UnorderedElementsAre("default/", "default/app=kubia", "default/x=y"));
}

}  // namespace
}  // namespace ordinal::objects
