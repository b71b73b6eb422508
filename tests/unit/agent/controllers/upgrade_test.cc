// An agent that knows more defaults than the one that wrote the store: nothing is refused, and no set rolls.
#include <gtest/gtest.h>

#include "agent/api/stored.h"
#include "agent/controllers/statefulset/revisions.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::controllers {
namespace {

using api::Json;
using api::Object;

class UpgradeTest : public ::testing::Test {
 protected:
  void Open(std::function<Json(Json)> complete) {
    store_.reset();
    store::SqliteStore::Options options;
    options.directory = directory_.path();
    options.complete = std::move(complete);
    auto opened = store::SqliteStore::Open(options, io_.get_executor());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
    client_.emplace(*store_, clock_, random_);
  }

  Object Get(const std::string& kind, const std::string& name) {
    return RunTask(io_, store_->Get({kind, "default", name})).value();
  }

  /// Stores a set, its revision and a pod, as an agent did that did not know two of today's defaults.
  void StoreAsBefore() {
    Open(nullptr);
    Json set = Json::parse(R"({"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},"spec":{
      "serviceName":"db","selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},
      "spec":{"containers":[{"name":"db","image":"postgres:15"}]}}}})");
    ASSERT_TRUE(RunTask(io_, client_->Create(std::move(set))).ok());
    Forget("StatefulSet", "db", "/spec/template/spec");
    const api::StatefulSet stored = api::StatefulSet::From(Get("StatefulSet", "db"));
    Json revision = *statefulset::ResolveRevisions(stored, {}).create;
    revision_ = revision["metadata"]["name"];
    ASSERT_TRUE(RunTask(io_, store_->Create(Object(std::move(revision)))).ok());
    Json pod = {{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", stored.pod_template()["spec"]}};
    pod["metadata"] = {{"name", "db-0"}, {"namespace", "default"}};
    ASSERT_TRUE(RunTask(io_, client_->Create(std::move(pod))).ok());
    Forget("Pod", "db-0", "/spec");
  }

  void Forget(const std::string& kind, const std::string& name, const std::string& pod_spec) {
    Json body = Get(kind, name).body();
    Json& spec = body[Json::json_pointer(pod_spec)];
    EXPECT_EQ(spec.erase("schedulerName"), 1U);
    EXPECT_EQ(spec["containers"][0].erase("terminationMessagePolicy"), 1U);
    ASSERT_TRUE(RunTask(io_, store_->Update(Object(std::move(body)))).ok());
  }

  /// What `kubectl label` does.
  Result<Object> Label(const std::string& kind, const std::string& name) {
    auto edit = [](const Object& object) -> Result<Json> {
      Json body = object.body();
      body["metadata"]["labels"]["tier"] = "data";
      return body;
    };
    const api::ObjectKey key{kind, "default", name};
    auto written = RunTask(io_, client_->Change(key, edit, objects::WriteOptions()));
    if (!written.ok()) return written.error();
    return written->object;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  fakes::ScratchDirectory directory_;
  std::unique_ptr<store::SqliteStore> store_;
  std::optional<objects::LocalObjects> client_;
  std::string revision_;
};

TEST_F(UpgradeTest, LabelsOfWhatAnOlderAgentStoredCanBeChanged) {
  StoreAsBefore();
  Open(api::Completed);
  for (const auto& [kind, name] : {std::pair("StatefulSet", "db"), std::pair("Pod", "db-0")}) {
    const Object before = Get(kind, name);
    const Result<Object> labelled = Label(kind, name);
    ASSERT_TRUE(labelled.ok()) << labelled.error().message;
    EXPECT_EQ(labelled->body()["spec"], before.body()["spec"]);
    EXPECT_EQ(api::ReadMeta(labelled->body()).generation, api::ReadMeta(before.body()).generation) << kind;
  }
}

TEST_F(UpgradeTest, ASetIsStillOfTheRevisionItWasOf) {
  StoreAsBefore();
  Open(api::Completed);
  const auto known = api::ControllerRevision::From(Get("ControllerRevision", revision_));
  for (const bool labelled : {false, true}) {
    if (labelled) {
      ASSERT_TRUE(Label("StatefulSet", "db").ok());
    }
    const api::StatefulSet set = api::StatefulSet::From(Get("StatefulSet", "db"));
    const auto revisions = statefulset::ResolveRevisions(set, {known});
    EXPECT_FALSE(revisions.create.has_value()) << revisions.create->dump();
    EXPECT_EQ(revisions.update, revision_);
    EXPECT_EQ(TemplateOf(known.data())["spec"], set.pod_template()["spec"]);
  }
}

TEST_F(UpgradeTest, NothingIsWrittenForIt) {
  StoreAsBefore();
  const Object before = Get("Pod", "db-0");
  Open(api::Completed);
  EXPECT_EQ(Get("Pod", "db-0").revision(), before.revision());
  EXPECT_TRUE(Get("Pod", "db-0").body()["spec"].contains("schedulerName"));
  Open(nullptr);
  EXPECT_EQ(Get("Pod", "db-0").body(), before.body());
}

}  // namespace
}  // namespace ordinal::controllers
