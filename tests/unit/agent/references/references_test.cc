// References on a store: what is used is watched and known, what is not is neither.
#include "agent/references/references.h"

#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::references {
namespace {

using api::Json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

/// A store whose answers take a turn of the loop, as those of one that is somewhere else.
class SlowReader final : public store::ObjectReader {
 public:
  explicit SlowReader(store::ObjectReader& store) : store_(store) {}
  Task<Result<store::Object>> Get(ObjectKey key) override { return store_.Get(std::move(key)); }
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return co_await store_.List(std::move(kind), std::move(options));
  }
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override {
    return store_.StartWatch(std::move(kind), std::move(options), revision);
  }

 private:
  store::ObjectReader& store_;
};

class ReferencesTest : public ::testing::Test {
 protected:
  ReferencesTest() {
    references_->OnChange([this](const std::string& user) { told_.push_back(user); });
  }

  static Json Document(const std::string& kind, const std::string& name, Json members) {
    members["apiVersion"] = "v1";
    members["kind"] = kind;
    members["metadata"] = {{"namespace", "default"}, {"name", name}, {"uid", "uid-" + name}};
    return members;
  }
  void Create(const std::string& kind, const std::string& name, Json members) {
    ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(Document(kind, name, std::move(members))))).ok());
    Settle();
  }
  void Update(const std::string& kind, const std::string& name, Json members) {
    ASSERT_TRUE(RunTask(io_, store_.Update(api::Object(Document(kind, name, std::move(members))))).ok());
    Settle();
  }
  void Delete(const ObjectKey& key) {
    ASSERT_TRUE(RunTask(io_, store_.Delete(key, {})).ok());
    Settle();
  }
  void Use(const std::string& user, const std::set<ObjectKey>& keys) {
    references_->Use(user, keys);
    Settle();
  }
  void Settle() {
    io_.restart();
    while (io_.poll_one() > 0) RestDocuments();
  }
  std::vector<std::string> Told() { return std::exchange(told_, {}); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  store::MemoryStore store_;
  SlowReader reader_{store_};
  std::unique_ptr<References> references_ = std::make_unique<References>(reader_, clock_, io_.get_executor());
  std::vector<std::string> told_;
  const ObjectKey map_{"ConfigMap", "default", "plain"}, secret_{"Secret", "default", "keys"};
};

TEST_F(ReferencesTest, WhatIsUsedIsKnownAndItsUsersAreTold) {
  Create("ConfigMap", "plain", {{"data", {{"a", "1"}}}, {"binaryData", {{"b", api::EncodeBase64("\xff")}}}});
  Create("Secret", "keys", {{"data", {{"k", api::EncodeBase64("hidden")}}}});
  Create("ConfigMap", "other", {{"data", {{"x", "y"}}}});
  EXPECT_FALSE(references_->Find(map_).known);
  Use("pod-a", {map_, secret_});
  EXPECT_THAT(Told(), ElementsAre("pod-a", "pod-a"));
  const Found map = references_->Find(map_), secret = references_->Find(secret_);
  ASSERT_TRUE(map.config && secret.config);
  EXPECT_THAT(map.config->values, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(map.config->binary, ElementsAre(Pair("b", "\xff")));
  EXPECT_THAT(secret.config->values, ElementsAre(Pair("k", "hidden")));
  EXPECT_TRUE(references_->Known("pod-a"));
}

TEST_F(ReferencesTest, AbsenceIsKnownAndEndsWithTheObject) {
  Use("pod-a", {map_});
  EXPECT_TRUE(references_->Find(map_).known);
  EXPECT_EQ(references_->Find(map_).config, nullptr);
  Told();
  Create("ConfigMap", "plain", {{"data", {{"a", "1"}}}});
  EXPECT_THAT(Told(), ElementsAre("pod-a"));
  ASSERT_TRUE(references_->Find(map_).config);
  // what was given out stays as it was
  const ConfigRef held = references_->Find(map_).config;
  Update("ConfigMap", "plain", {{"data", {{"a", "2"}}}});
  EXPECT_THAT(Told(), ElementsAre("pod-a"));
  EXPECT_EQ(held->values.at("a"), "1");
  EXPECT_EQ(references_->Find(map_).config->values.at("a"), "2");
  Delete(map_);
  EXPECT_THAT(Told(), ElementsAre("pod-a"));
  EXPECT_EQ(references_->Find(map_).config, nullptr);
}

TEST_F(ReferencesTest, OnlyWhatIsUsedIsWatched) {
  Use("pod-a", {map_});
  Use("pod-b", {map_, secret_});
  EXPECT_EQ(references_->watched(), 2U);
  Told();
  Create("ConfigMap", "other", {{"data", {{"x", "y"}}}});
  EXPECT_THAT(Told(), IsEmpty());
  Create("ConfigMap", "plain", {{"data", {{"a", "1"}}}});
  EXPECT_THAT(Told(), UnorderedElementsAre("pod-a", "pod-b"));
  Use("pod-b", {});
  EXPECT_EQ(references_->watched(), 1U);
  Use("pod-a", {});
  EXPECT_EQ(references_->watched(), 0U);
  Update("ConfigMap", "plain", {{"data", {{"a", "2"}}}});
  EXPECT_THAT(Told(), IsEmpty());
  // and again
  Use("pod-a", {map_});
  EXPECT_EQ(references_->Find(map_).config->values.at("a"), "2");
}

TEST_F(ReferencesTest, AUserMayLetGoWhenItIsTold) {
  Use("pod-a", {map_});
  references_->OnChange([this](const std::string& user) { references_->Use(user, {}); });
  Create("ConfigMap", "plain", {{"data", {{"a", "1"}}}});
  EXPECT_EQ(references_->watched(), 0U);
}

TEST_F(ReferencesTest, AUserMayLetGoOfWhatItHearsOfFirst) {
  Create("ConfigMap", "plain", {{"data", {{"a", "1"}}}});
  References at_once(store_, clock_, io_.get_executor());
  at_once.OnChange([&](const std::string& user) { at_once.Use(user, {}); });
  asio::post(io_, [&] { at_once.Use("pod-a", {map_, secret_}); });
  Settle();
  EXPECT_EQ(at_once.watched(), 0U);
}

TEST_F(ReferencesTest, ItMayEndWhileItReads) {
  for (int turns = 0; turns < 6; ++turns) {
    auto references = std::make_unique<References>(reader_, clock_, io_.get_executor());
    bool told = false;
    references->OnChange([&](const std::string&) { told = true; });
    references->Use("pod-a", {map_, secret_});
    io_.restart();
    for (int turn = 0; turn < turns; ++turn) io_.poll_one();
    references.reset();
    told = false;
    Create("ConfigMap", "of-turn-" + std::to_string(turns), Json::object());
    EXPECT_FALSE(told);
  }
}

}  // namespace
}  // namespace ordinal::references
