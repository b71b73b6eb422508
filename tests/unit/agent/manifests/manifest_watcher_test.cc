// What becomes of files of the manifest directory.
#include <gmock/gmock.h>

#include "tests/unit/agent/manifests/watcher_fixture.h"

namespace ordinal::manifests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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
  ASSERT_TRUE(RunTask(agent_->io, agent_->client.Modify(kSetKey, add_label)).ok());
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

TEST_F(ManifestWatcherTest, WhatMayNotBeDeletedStaysAndIsAskedForOnce) {
  const ObjectKey key{"PriorityClass", "", "system-node-critical"};
  const std::string text =
      "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: system-node-critical}\n"
      "value: 2000001000\n";
  Write("class.yaml", text);
  Start();
  ASSERT_FALSE(Get(key).empty());
  ASSERT_EQ(FileOf(Get(key)), "class.yaml");
  Remove("class.yaml");
  EXPECT_TRUE(Becomes(key, [&](const Object& found) {
    if (found.empty() || FileOf(found).empty()) return true;
    agent_->clock.Advance(kRemovalWait);
    return false;
  }));
  EXPECT_FALSE(Get(key).empty());
  EXPECT_TRUE(RunUntil(agent_->io, [&] { return agent_->clock.Pending() == 0; })) << "it is tried again";
  // When the file comes back, it is the file's again
  Write("class.yaml", text);
  EXPECT_TRUE(Becomes(key, [](const Object& found) { return FileOf(found) == "class.yaml"; }));
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
  ASSERT_TRUE(RunTask(agent_->io, agent_->client.Modify(kPodKey, place)).ok());
  const std::string uid = Get(kPodKey).uid();
  // When its hostname changes
  Write("pod.yaml", PodText("b"));
  // Then it is told to end first
  ASSERT_TRUE(Becomes(kPodKey, [](const Object& pod) { return api::ReadMeta(pod.body()).deleting(); }));
  EXPECT_EQ(Get(kPodKey).body()["spec"]["hostname"], "a");
  // And comes back when the node has let it go
  objects::DeleteOptions now;
  now.grace_seconds = 0;
  ASSERT_TRUE(RunTask(agent_->io, agent_->client.Delete(kPodKey, now)).ok());
  EXPECT_TRUE(Becomes(kPodKey, [&](const Object& pod) { return !pod.empty() && pod.uid() != uid; }));
  EXPECT_EQ(Get(kPodKey).body()["spec"]["hostname"], "b");
  EXPECT_TRUE(NoErrors());
}

TEST_F(ManifestWatcherTest, AChoiceMayBeChangedByWritingTheNewOneAlone) {
  const auto deployment = [](const std::string& strategy, const std::string& volume) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n" + strategy +
           "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
           "      containers: [{name: c, image: 'i:1'}]\n      volumes: [{name: v" +
           volume + "}]\n";
  };
  const ObjectKey key{"Deployment", "default", "d"};
  Write("d.yaml", deployment("", ""));
  Write("s.yaml", kServiceText);
  Start();
  ASSERT_TRUE(Get(key).body()["spec"]["strategy"].contains("rollingUpdate"));
  // When files choose otherwise than the defaults that were filled in
  Write("d.yaml", deployment("  strategy: {type: Recreate}\n", ", hostPath: {path: /a}"));
  Write("s.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: ExternalName, externalName: a.example}\n");
  // Then it is taken
  EXPECT_TRUE(Becomes(key, [](const Object& object) {
    const Json& spec = object.body()["spec"];
    return spec["strategy"] == Json({{"type", "Recreate"}}) &&
           spec["template"]["spec"]["volumes"][0].contains("hostPath");
  })) << Get(key).body();
  EXPECT_TRUE(
      Becomes(kServiceKey, [](const Object& object) { return object.body()["spec"]["type"] == "ExternalName"; }));
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
  ASSERT_TRUE(RunTask(agent_->io, agent_->client.Create(pod)).ok());
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

const char* const kClassesText =
    "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: vm}\nhandler: kata\n---\n"
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n";
const char* const kClassedPodText =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  runtimeClassName: vm\n  priorityClassName: high\n"
    "  containers: [{name: c, image: 'i:1'}]\n";

TEST_F(ManifestWatcherTest, ClassesOfOnePassComeBeforeThePodsThatNameThem) {
  Write("a-pod.yaml", kClassedPodText);
  Write("z-classes.yaml", kClassesText);
  Start();
  EXPECT_EQ(Get(kPodKey).body()["spec"]["priority"], 1000);
  EXPECT_TRUE(NoErrors());
}

TEST_F(ManifestWatcherTest, APodWhoseClassesComeLaterIsTriedAgain) {
  Write("a-pod.yaml", kClassedPodText);
  Start();
  EXPECT_THAT(ErrorsOf("a-pod.yaml"), ElementsAre(HasSubstr("no PriorityClass with name high was found")));
  const auto classes = api::ParseManifest(kClassesText);
  ASSERT_TRUE(classes.ok());
  for (const api::Document& document : *classes) {
    ASSERT_TRUE(RunTask(agent_->io, agent_->client.Create(document.body)).ok());
  }
  ASSERT_TRUE(agent_->clock.AdvanceToNext()) << "nothing is tried again";
  EXPECT_TRUE(Appears(kPodKey));
  EXPECT_EQ(Get(kPodKey).body()["spec"]["priority"], 1000);
  EXPECT_TRUE(NoErrors());
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
