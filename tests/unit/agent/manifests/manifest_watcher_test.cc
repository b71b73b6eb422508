// The watcher on a real directory and a memory store.
#include "agent/manifests/manifest_watcher.h"

#include <gmock/gmock.h>

#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::manifests {
namespace {

using api::Json;
using api::Object;
using api::ObjectKey;
using fakes::WriteFile;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ObjectKey kSetKey{"StatefulSet", "default", "kubia"};
const ObjectKey kPodKey{"Pod", "default", "p"};
const ObjectKey kServiceKey{"Service", "default", "s"};

std::string SetText(const std::string& replicas) {
  return "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: kubia}\nspec:\n  serviceName: s\n  replicas: " +
         replicas +
         "\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n"
         "    spec: {containers: [{name: c, image: 'i:1'}]}\n";
}
std::string PodText(const std::string& hostname) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostname: " + hostname +
         "\n  containers: [{name: c, image: 'i:1'}]\n";
}
constexpr const char* kServiceText =
    "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {clusterIP: None, ports: [{port: 80}]}\n";

/// A store that does not answer writes for a while.
class AbsentStore final : public store::ObjectStore {
 public:
  Task<Result<Object>> Create(Object object) override {
    if (failures > 0) {
      --failures;
      co_return MakeError(ErrorCode::kUnavailable, "the store is away");
    }
    co_return co_await real_.Create(std::move(object));
  }
  Task<Result<Object>> Update(Object object) override { return real_.Update(std::move(object)); }
  Task<Result<Object>> Delete(ObjectKey key, store::Preconditions preconditions) override {
    return real_.Delete(std::move(key), std::move(preconditions));
  }
  Task<Result<Object>> Get(ObjectKey key) override { return real_.Get(std::move(key)); }
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override {
    return real_.List(std::move(kind), std::move(options));
  }
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override {
    return real_.StartWatch(std::move(kind), std::move(options), revision);
  }

  int failures = 0;

 private:
  store::MemoryStore real_;
};

/// One run of the agent: everything that ends with the process.
struct Agent {
  Agent(store::ObjectStore& store, const std::string& directory)
      : door(store, clock, random), watcher(io.get_executor(), clock, door, pool, directory) {}

  asio::io_context io;
  fakes::FakeClock clock{io};
  SeededRandom random{1};
  store::Door door;
  BlockingPool pool{1};
  ManifestWatcher watcher;
};

class ManifestWatcherTest : public testing::Test {
 protected:
  void Start() {
    agent_.reset();
    agent_ = std::make_unique<Agent>(store_, directory_ / "m");
    Spawn(agent_->io.get_executor(), "watcher", agent_->watcher.Run());
    ASSERT_TRUE(RunUntil(agent_->io, [&] { return agent_->watcher.Synced(); }));
  }
  void Stop() { agent_.reset(); }
  void Write(const std::string& name, const std::string& text) { WriteFile(directory_ / ("m/" + name), text); }
  void Remove(const std::string& name) { std::filesystem::remove(directory_ / ("m/" + name)); }

  Object Get(const ObjectKey& key) {
    auto object = RunTask(agent_->io, store_.Get(key));
    return object.ok() ? *object : Object();
  }
  bool Becomes(const ObjectKey& key, const std::function<bool(const Object&)>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
    while (!holds(Get(key))) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      // The change may have come while the object was read: there is not always one more event to wait for.
      RunUntil(
          agent_->io, [] { return false; }, std::chrono::milliseconds(5));
    }
    return true;
  }
  bool Appears(const ObjectKey& key) {
    return Becomes(key, [](const Object& object) { return !object.empty(); });
  }
  bool Goes(const ObjectKey& key) {
    return Becomes(key, [](const Object& object) { return object.empty(); });
  }
  /// What is wrong with a file, once something is.
  std::vector<std::string> ErrorsOf(const std::string& name) {
    const std::string path = directory_ / ("m/" + name);
    EXPECT_TRUE(RunUntil(agent_->io, [&] { return agent_->watcher.Errors().contains(path); })) << path;
    return agent_->watcher.Errors().contains(path) ? agent_->watcher.Errors().at(path) : std::vector<std::string>();
  }
  bool NoErrors() {
    return RunUntil(agent_->io, [&] { return agent_->watcher.Errors().empty(); });
  }

  AbsentStore store_;
  fakes::ScratchDirectory directory_;
  std::unique_ptr<Agent> agent_;
};

TEST_F(ManifestWatcherTest, AppliesWhatIsThereAndWhatComes) {
  Write("set.yaml", SetText("3"));
  Write(".hidden.yaml", PodText("a"));
  Start();
  EXPECT_EQ(Get(kSetKey).body()["spec"]["replicas"], 3);
  EXPECT_TRUE(Get(kPodKey).empty());
  Write("pod.yaml", PodText("a"));
  EXPECT_TRUE(Appears(kPodKey));
  Write("list.json", R"({"kind": "List", "apiVersion": "v1", "items": [{"apiVersion": "v1", "kind": "Service",
    "metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}]})");
  EXPECT_TRUE(Appears(kServiceKey));
  EXPECT_TRUE(NoErrors());
}

TEST_F(ManifestWatcherTest, MakesTheDirectory) {
  Start();
  EXPECT_TRUE(std::filesystem::is_directory(directory_ / "m"));
}

TEST_F(ManifestWatcherTest, AChangeKeepsWhatOthersSet) {
  Write("set.yaml", SetText("3"));
  Start();
  // Given a label that somebody added
  const auto add_label = [](Json& body) {
    body["metadata"]["labels"]["team"] = "x";
    return true;
  };
  ASSERT_TRUE(RunTask(agent_->io, agent_->door.Modify(kSetKey, add_label)).ok());
  // When the file changes the number of replicas
  Write("set.yaml", SetText("5"));
  // Then the number is new, the label stays, and it is the same object
  const std::string uid = Get(kSetKey).uid();
  EXPECT_TRUE(Becomes(kSetKey, [](const Object& set) { return set.body()["spec"]["replicas"] == 5; }));
  EXPECT_EQ(Get(kSetKey).body()["metadata"]["labels"]["team"], "x");
  EXPECT_EQ(Get(kSetKey).uid(), uid);
}

TEST_F(ManifestWatcherTest, ARemovedFileOrDocumentRemovesItsObjects) {
  Write("both.yaml", std::string(kServiceText) + "---\n" + SetText("1"));
  Write("pod.yaml", PodText("a"));
  Start();
  Write("both.yaml", kServiceText);
  EXPECT_TRUE(Goes(kSetKey));
  EXPECT_FALSE(Get(kServiceKey).empty());
  Remove("pod.yaml");
  EXPECT_TRUE(Goes(kPodKey));
  std::filesystem::rename(directory_ / "m/both.yaml", directory_ / "m/both.off");
  EXPECT_TRUE(Goes(kServiceKey));
}

TEST_F(ManifestWatcherTest, WhatWasRemovedWhileTheAgentWasAwayGoesAtTheStart) {
  Write("set.yaml", SetText("1"));
  Write("pod.yaml", PodText("a"));
  Start();
  Stop();
  Remove("set.yaml");
  Start();
  EXPECT_TRUE(Get(kSetKey).empty());
  EXPECT_FALSE(Get(kPodKey).empty());
}

TEST_F(ManifestWatcherTest, AFaultRemovesNothingAndLetsTheRestPass) {
  Write("set.yaml", SetText("3"));
  Start();
  // When the set's file gets a fault, beside a good document
  Write("set.yaml", SetText("many") + "---\n" + kServiceText);
  // Then the fault is told with its line, the set runs on as it was, and the service is made
  EXPECT_THAT(ErrorsOf("set.yaml"), ElementsAre(HasSubstr("line 6: spec.replicas: must be a whole number")));
  EXPECT_EQ(Get(kSetKey).body()["spec"]["replicas"], 3);
  EXPECT_FALSE(Get(kServiceKey).empty());
  // When it is no YAML at all
  Write("set.yaml", "a: [1\n");
  ASSERT_TRUE(RunUntil(agent_->io, [&] {
    return agent_->watcher.Errors().begin()->second.front().find("column") != std::string::npos;
  }));
  EXPECT_FALSE(Get(kSetKey).empty());
  EXPECT_FALSE(Get(kServiceKey).empty());
  // When it is mended
  Write("set.yaml", SetText("4"));
  EXPECT_TRUE(Becomes(kSetKey, [](const Object& set) { return set.body()["spec"]["replicas"] == 4; }));
  EXPECT_TRUE(Goes(kServiceKey));
  EXPECT_TRUE(NoErrors());
}

TEST_F(ManifestWatcherTest, AnObjectInTwoFilesComesFromTheFirst) {
  Write("a.yaml", SetText("1"));
  Write("b.yaml", SetText("2"));
  Start();
  EXPECT_THAT(ErrorsOf("b.yaml"), ElementsAre(HasSubstr("is in a.yaml, line 1, too")));
  EXPECT_EQ(Get(kSetKey).body()["spec"]["replicas"], 1);
  const std::string uid = Get(kSetKey).uid();
  Remove("a.yaml");
  EXPECT_TRUE(Becomes(kSetKey, [](const Object& set) { return set.body()["spec"]["replicas"] == 2; }));
  EXPECT_EQ(Get(kSetKey).uid(), uid);
  EXPECT_TRUE(NoErrors());
}

TEST_F(ManifestWatcherTest, APodThatMayNotChangeIsMadeAnew) {
  Write("pod.yaml", PodText("a"));
  Start();
  // Given a pod that a node runs
  const auto place = [](Json& body) {
    body["spec"]["nodeName"] = "n";
    return true;
  };
  ASSERT_TRUE(RunTask(agent_->io, agent_->door.Modify(kPodKey, place)).ok());
  const std::string uid = Get(kPodKey).uid();
  // When its hostname changes
  Write("pod.yaml", PodText("b"));
  // Then it is told to end first
  ASSERT_TRUE(Becomes(kPodKey, [](const Object& pod) { return api::ReadMeta(pod.body()).deleting(); }));
  EXPECT_EQ(Get(kPodKey).body()["spec"]["hostname"], "a");
  // And comes back when the node has let it go
  store::DeleteOptions now;
  now.grace_seconds = 0;
  ASSERT_TRUE(RunTask(agent_->io, agent_->door.Delete(kPodKey, now)).ok());
  EXPECT_TRUE(Becomes(kPodKey, [&](const Object& pod) { return !pod.empty() && pod.uid() != uid; }));
  EXPECT_EQ(Get(kPodKey).body()["spec"]["hostname"], "b");
  EXPECT_TRUE(NoErrors());
}

TEST_F(ManifestWatcherTest, AForbiddenChangeIsToldAtItsField) {
  Write("set.yaml", SetText("1"));
  Start();
  std::string text = SetText("1");
  text.replace(text.find("serviceName: s"), 14, "serviceName: x");
  Write("set.yaml", text);
  EXPECT_THAT(ErrorsOf("set.yaml"), ElementsAre(HasSubstr("line 4: spec: updates may change only")));
  EXPECT_EQ(Get(kSetKey).body()["spec"]["serviceName"], "s");
}

TEST_F(ManifestWatcherTest, AnObjectOfAControllerIsLeftAlone) {
  Json pod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "ownerReferences": [
    {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "kubia", "uid": "u", "controller": true}]},
    "spec": {"containers": [{"name": "c", "image": "i"}]}})");
  Start();
  ASSERT_TRUE(RunTask(agent_->io, agent_->door.Create(pod)).ok());
  Write("pod.yaml", PodText("a"));
  EXPECT_THAT(ErrorsOf("pod.yaml"), ElementsAre(HasSubstr("belongs to StatefulSet kubia")));
  Remove("pod.yaml");
  EXPECT_TRUE(NoErrors());
  EXPECT_FALSE(Get(kPodKey).empty());
}

TEST_F(ManifestWatcherTest, AStoreThatIsAwayIsAskedAgain) {
  Start();
  store_.failures = 2;
  Write("pod.yaml", PodText("a"));
  EXPECT_THAT(ErrorsOf("pod.yaml"), ElementsAre(HasSubstr("the store is away")));
  for (int retry = 0; retry < 2; ++retry) ASSERT_TRUE(agent_->clock.AdvanceToNext()) << "nothing is tried again";
  EXPECT_FALSE(Get(kPodKey).empty());
  EXPECT_TRUE(NoErrors());
  EXPECT_EQ(agent_->clock.Pending(), 0u);
}

TEST_F(ManifestWatcherTest, FilesMovedLinkedAndDirectoriesReplaced) {
  Start();
  WriteFile(directory_ / "pod.txt", PodText("a"));
  std::filesystem::rename(directory_ / "pod.txt", directory_ / "m/pod.yaml");
  EXPECT_TRUE(Appears(kPodKey));
  WriteFile(directory_ / "service.txt", kServiceText);
  std::filesystem::create_symlink(directory_ / "service.txt", directory_ / "m/service.yaml");
  EXPECT_TRUE(Appears(kServiceKey));
  // When the directory goes, so does what it asked for; it is made anew and watched again.
  std::filesystem::remove_all(directory_ / "m");
  EXPECT_TRUE(Goes(kPodKey));
  EXPECT_TRUE(Goes(kServiceKey));
  ASSERT_TRUE(RunUntil(agent_->io, [&] { return std::filesystem::is_directory(directory_ / "m"); }));
  Write("pod.yaml", PodText("a"));
  EXPECT_TRUE(Appears(kPodKey));
}

}  // namespace
}  // namespace ordinal::manifests
