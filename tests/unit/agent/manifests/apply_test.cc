// A manifest's document and what is stored: what it says becomes so, what it stopped saying goes, the rest stays.
#include "agent/manifests/apply.h"

#include <gmock/gmock.h>

#include "agent/api/text/yaml.h"
#include "tests/unit/agent/manifests/watcher_fixture.h"

namespace ordinal::manifests {
namespace {

using testing::IsEmpty;

class AppliesManifests : public testing::Test {
 protected:
  Object Apply(const std::string& text) {
    ManifestFile file = ReadManifest(text);
    EXPECT_THAT(file.errors, IsEmpty());
    const ObjectKey key = file.objects.at(0).key;
    const Outcome outcome =
        RunTask(io_, manifests::Apply(client_, "f.yaml", std::move(file.objects.at(0)), clock_.Now()));
    EXPECT_THAT(outcome.errors, IsEmpty());
    EXPECT_EQ(outcome.kind, Outcome::Kind::kApplied);
    return *RunTask(io_, store_.Get(key));
  }
  /// A controller writes: nobody keeps who set what.
  void Modify(const ObjectKey& key, std::function<void(Json&)> edit) {
    const auto change = [edit = std::move(edit)](Json& body) {
      edit(body);
      return true;
    };
    ASSERT_TRUE(RunTask(io_, client_.Modify(key, change)).ok());
  }
  /// A person writes through the API.
  void Edit(const ObjectKey& key, std::function<void(Json&)> edit) {
    objects::WriteOptions options;
    options.track = [this](Json body, const Json& old) {
      const api::KindInfo* kind = api::FindKind(api::ReadString(body, "kind"));
      return api::TrackUpdate(*kind, old, std::move(body), {"kubectl-edit", api::ApiVersion(*kind), ""}, clock_.Now());
    };
    objects::Objects::Edit change = [edit = std::move(edit)](const Object& current) -> Result<Json> {
      Json body = current.body();
      edit(body);
      return body;
    };
    ASSERT_TRUE(RunTask(io_, client_.Change(key, std::move(change), std::move(options))).ok());
  }
  static const Json& At(const Object& object, const std::string& pointer) {
    return object.body().at(Json::json_pointer(pointer));
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  objects::LocalObjects client_{store_, clock_, random_};
};

std::string Set(const std::string& containers, const std::string& more = "") {
  return "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: kubia}\nspec: {serviceName: s" + more +
         ", selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [" + containers +
         "]}}}\n";
}

TEST_F(AppliesManifests, WhatIsNoLongerWrittenGoesAndWhatOthersAddedStays) {
  const std::string set = "apiVersion: v1\nkind: Service\nmetadata: {name: s, labels: {";
  const std::string rest = "}}\nspec: {clusterIP: None, ports: [{port: 80}], selector: {";
  Apply(set + "a: '1', b: '2'" + rest + "a: '1', b: '2'}, publishNotReadyAddresses: true}\n");
  Modify(kServiceKey, [](Json& body) { body["metadata"]["labels"]["c"] = "3"; });
  const Object now = Apply(set + "a: '9'" + rest + "a: '9'}}\n");
  EXPECT_EQ(At(now, "/metadata/labels"), Json({{"a", "9"}, {"c", "3"}}));
  EXPECT_EQ(At(now, "/spec/selector"), Json({{"a", "9"}})) << "it has one owner as a whole";
  EXPECT_FALSE(At(now, "/spec").contains("publishNotReadyAddresses"));
}

TEST_F(AppliesManifests, APodOfAClassIsNotMadeAnewForALabel) {
  Apply(
      "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: vm}\nhandler: kata\n"
      "scheduling: {nodeSelector: {kata: 'yes'}, tolerations: [{key: vm, operator: Exists}]}\n");
  const auto pod = [](const std::string& label, const std::string& image) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: '" + label +
           "'}}\nspec:\n  runtimeClassName: vm\n  nodeSelector: {disk: ssd}\n  tolerations: [{key: a, operator: "
           "Exists}]\n  containers: [{name: c, image: '" +
           image + "'}]\n";
  };
  const Object first = Apply(pod("1", "i:1"));
  const Object now = Apply(pod("2", "i:2"));
  EXPECT_EQ(now.uid(), first.uid());
  EXPECT_EQ(At(now, "/metadata/labels/a"), "2");
  EXPECT_EQ(At(now, "/spec/nodeSelector"), Json({{"disk", "ssd"}, {"kata", "yes"}}));
}

TEST_F(AppliesManifests, WhatControllersSetStays) {
  const std::string volume =
      "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {accessModes: [ReadWriteOnce], hostPath: "
      "{path: /srv/v}, capacity: {storage: ";
  Apply(volume + "1Gi}}\n");
  const ObjectKey key{"PersistentVolume", "", "v"};
  Modify(key, [](Json& body) { body["spec"]["claimRef"] = {{"namespace", "default"}, {"name", "c"}}; });
  const Object now = Apply(volume + "2Gi}}\n");
  EXPECT_EQ(At(now, "/spec/claimRef/name"), "c");
  EXPECT_EQ(At(now, "/spec/capacity/storage"), "2Gi");
  EXPECT_EQ(At(now, "/metadata/finalizers"), Json({"kubernetes.io/pv-protection"}));
}

TEST_F(AppliesManifests, ListsAreMergedByTheirKeysAndReplacedWithout) {
  Apply(Set("{name: a, image: 'i:1', args: [v, w]}, {name: b, image: 'i:1'}"));
  Modify(kSetKey, [](Json& body) {
    body["spec"]["template"]["spec"]["containers"].push_back({{"name", "injected"}, {"image", "x:1"}});
    body["spec"]["template"]["spec"]["containers"][0]["workingDir"] = "/w";
  });
  const Object now = Apply(Set("{name: c, image: 'i:3'}, {name: a, image: 'i:2', args: [z]}"));
  std::vector<std::string> names;
  for (const Json& container : At(now, "/spec/template/spec/containers")) {
    names.push_back(container["name"]);
    if (container["name"] == "a") {
      EXPECT_EQ(container["workingDir"], "/w");
      EXPECT_EQ(container["args"], Json({"z"}));
      EXPECT_EQ(container["image"], "i:2");
    }
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("c", "a", "injected"));
}

TEST_F(AppliesManifests, TheFileWinsOverWhoeverChangedWhatItSays) {
  Apply(Set("{name: c, image: 'i:1'}", ", replicas: 2"));
  Edit(kSetKey, [](Json& body) { body["spec"]["replicas"] = 5; });
  const Object same = Apply(Set("{name: c, image: 'i:1'}", ", replicas: 2"));
  EXPECT_EQ(At(same, "/spec/replicas"), 5) << "the file did not change";
  const Object now = Apply(Set("{name: c, image: 'i:2'}", ", replicas: 2"));
  EXPECT_EQ(At(now, "/spec/replicas"), 2);
}

TEST_F(AppliesManifests, WhatSomebodyElseSetStaysWhenTheFileStopsSayingIt) {
  Apply(Set("{name: c, image: 'i:1'}", ", replicas: 2, minReadySeconds: 7"));
  Edit(kSetKey, [](Json& body) { body["spec"]["replicas"] = 5; });
  const Object now = Apply(Set("{name: c, image: 'i:1'}"));
  EXPECT_EQ(At(now, "/spec/replicas"), 5);
  EXPECT_FALSE(At(now, "/spec").contains("minReadySeconds"));
}

TEST_F(AppliesManifests, AVariablesSourceRulesOutItsValueAndTheOtherWayRound) {
  const std::string source = "valueFrom: {fieldRef: {fieldPath: metadata.name}}";
  Apply(Set("{name: c, image: 'i:1', env: [{name: A, value: '1'}, {name: B, " + source + "}]}"));
  Edit(kSetKey, [](Json& body) {
    Json& env = body["spec"]["template"]["spec"]["containers"][0]["env"];
    std::swap(env[0]["name"], env[1]["name"]);
  });
  const Object now = Apply(Set("{name: c, image: 'i:2', env: [{name: A, value: '1'}, {name: B, " + source + "}]}"));
  for (const Json& variable : At(now, "/spec/template/spec/containers/0/env")) {
    EXPECT_EQ(variable.contains("value"), variable["name"] == "A") << variable;
    EXPECT_EQ(variable.contains("valueFrom"), variable["name"] == "B") << variable;
  }
}

TEST_F(AppliesManifests, AKeyThatIsNoLongerWrittenLeavesTheSecret) {
  const std::string secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {";
  Apply(secret + "a: x, old: s3cret}\n");
  const Object now = Apply(secret + "a: z}\n");
  EXPECT_EQ(At(now, "/data"), Json({{"a", "eg=="}}));
}

TEST_F(AppliesManifests, WhatAnotherWroteTheSameGoesWithTheFilesWord) {
  ManifestFile file = ReadManifest(Set("{name: c, image: 'i:1'}", ", minReadySeconds: 7"));
  objects::WriteOptions options;
  options.track = [this](Json body, const Json& old) {
    return api::TrackUpdate(*api::FindKind("StatefulSet"), old, std::move(body), {"kubectl-create", "apps/v1", ""},
                            clock_.Now());
  };
  ASSERT_TRUE(RunTask(io_, client_.Create(file.objects.at(0).body, std::move(options))).ok());
  const Object taken = Apply(Set("{name: c, image: 'i:1'}", ", minReadySeconds: 7"));
  EXPECT_EQ(FileOf(taken), "f.yaml");
  const Object now = Apply(Set("{name: c, image: 'i:2'}"));
  EXPECT_FALSE(At(now, "/spec").contains("minReadySeconds"));
}

TEST_F(AppliesManifests, WhatAnEarlierAgentWroteStaysItsFilesWhenAChangeIsRefused) {
  const ManifestFile before = ReadManifest(Set("{name: c, image: 'i:1'}"));
  Json stored = before.objects[0].body;
  stored["metadata"]["annotations"] = {{"ordinald/last-applied", before.objects[0].body.dump()},
                                       {"ordinald/manifest-file", "f.yaml"}};
  ASSERT_TRUE(RunTask(io_, client_.Create(std::move(stored))).ok());
  std::string text = Set("{name: c, image: 'i:1'}");
  text.replace(text.find("serviceName: s"), 14, "serviceName: t");
  ManifestFile after = ReadManifest(text);
  const Outcome outcome =
      RunTask(io_, manifests::Apply(client_, "f.yaml", std::move(after.objects.at(0)), clock_.Now()));
  EXPECT_EQ(outcome.kind, Outcome::Kind::kRejected);
  EXPECT_EQ(FileOf(*RunTask(io_, store_.Get(kSetKey))), "f.yaml");
}

TEST_F(AppliesManifests, ACopyOfAnObjectIsOfNoFile) {
  const Object original = Apply(PodText("a"));
  EXPECT_EQ(FileOf(original), "f.yaml");
  Json copy = original.body();
  copy["metadata"] = {{"name", "copy"}, {"namespace", "default"}, {"annotations", copy["metadata"]["annotations"]}};
  const auto made = RunTask(io_, client_.Create(std::move(copy)));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(FileOf(made->object), "");
}

TEST_F(AppliesManifests, WhatAnEarlierAgentWroteIsItsFilesAndGoesOnFromThere) {
  const ManifestFile before = ReadManifest(Set("{name: c, image: 'i:1'}", ", replicas: 2, minReadySeconds: 7"));
  Json stored = before.objects[0].body;
  stored["metadata"]["annotations"] = {{"ordinald/last-applied", before.objects[0].body.dump()},
                                       {"ordinald/manifest-file", "f.yaml"}};
  const auto made = RunTask(io_, client_.Create(std::move(stored)));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(FileOf(made->object), "f.yaml");
  const Object unchanged = Apply(Set("{name: c, image: 'i:1'}", ", replicas: 2, minReadySeconds: 7"));
  EXPECT_EQ(unchanged.revision(), made->object.revision());
  Edit(kSetKey, [](Json& body) { body["spec"]["replicas"] = 5; });
  const Object now = Apply(Set("{name: c, image: 'i:1'}"));
  EXPECT_FALSE(At(now, "/spec").contains("minReadySeconds"));
  EXPECT_EQ(At(now, "/spec/replicas"), 5) << "a person's by now";
  EXPECT_FALSE(At(now, "/metadata/annotations").contains("ordinald/last-applied"));
  EXPECT_EQ(FileOf(now), "f.yaml");
}

}  // namespace
}  // namespace ordinal::manifests
