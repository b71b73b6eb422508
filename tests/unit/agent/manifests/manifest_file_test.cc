#include "agent/manifests/manifest_file.h"

#include <gmock/gmock.h>

#include "agent/manifests/plan.h"

namespace ordinal::manifests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kGood = R"(apiVersion: v1
kind: Service
metadata:
  name: a
spec:
  clusterIP: None
)";

TEST(ManifestFile, KeepsGoodDocumentsAndLocatesTheFaultsOfOthers) {
  const ManifestFile file = ReadManifest(std::string(kGood) + R"(---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: b
spec:
  serviceName: b
  replicas: many
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
      - name: c
        imag: x
)");
  ASSERT_EQ(file.objects.size(), 1u);
  EXPECT_EQ(file.objects[0].key, (api::ObjectKey{"Service", "default", "a"}));
  EXPECT_THAT(file.errors, testing::UnorderedElementsAre(
                               StartsWith("line 14: spec.replicas: must be a whole number"),
                               testing::AllOf(StartsWith("line 21: spec.template.spec.containers[0].imag: "),
                                              HasSubstr("\"image\""))));
}

TEST(ManifestFile, NamesTheLineOfASyntaxError) {
  const ManifestFile file = ReadManifest("a: 1\nb:\n\tc: 2\n");
  EXPECT_THAT(file.objects, IsEmpty());
  EXPECT_THAT(file.errors, ElementsAre(StartsWith("line 3, column 1: ")));
}

TEST(ManifestFile, RefusesKindsAndNamesOfControllers) {
  const ManifestFile file = ReadManifest(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: "
      "{generateName: a-}\nspec: {containers: [{name: c, image: i}]}\n---\napiVersion: v1\nkind: Gadget\n");
  EXPECT_THAT(file.objects, IsEmpty());
  EXPECT_THAT(file.errors,
              ElementsAre(StartsWith("line 2: kind: a Namespace cannot"), StartsWith("line 7: metadata.name: "),
                          testing::AllOf(StartsWith("line 11: kind: "), HasSubstr("Gadget"))));
}

TEST(ManifestFile, BodyIsWhatWasWritten) {
  const ManifestFile file = ReadManifest(R"(apiVersion: apps/v1beta1
kind: StatefulSet
metadata: {name: b, uid: x, resourceVersion: "3"}
spec:
  serviceName: b
  replicas:
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: i}]}
status: {replicas: 9}
)");
  ASSERT_EQ(file.objects.size(), 1u) << testing::PrintToString(file.errors);
  EXPECT_EQ(file.objects[0].body, api::Json::parse(R"({"apiVersion": "apps/v1", "kind": "StatefulSet",
    "metadata": {"name": "b", "namespace": "default"}, "spec": {"serviceName": "b",
      "selector": {"matchLabels": {"a": "b"}}, "updateStrategy": {"type": "OnDelete"},
      "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})"));
  EXPECT_THAT(file.warnings, ElementsAre(StartsWith("line 1: apiVersion: "), StartsWith("line 4: spec.selector: "),
                                         StartsWith("line 4: spec.updateStrategy: ")));
}

TEST(ManifestNames, LeaveOutHiddenFilesAndBackups) {
  for (const char* name : {"a.yaml", "a.yml", "a.json", "a.b.yaml"}) EXPECT_TRUE(IsManifestName(name)) << name;
  for (const char* name : {".a.yaml", "a.yaml~", "#a.yaml#", "a.yaml.swp", "a.txt", "yaml", "", "a.yaml.bak"}) {
    EXPECT_FALSE(IsManifestName(name)) << name;
  }
}

const api::ObjectKey kA{"Service", "default", "a"};

TEST(ManifestPlan, FirstOfTwoFilesWinsAndTheOtherIsTold) {
  Files files;
  files["1.yaml"] = ReadManifest(kGood);
  files["2.yaml"] = ReadManifest(std::string("# later\n") + kGood);
  const Plan plan = MakePlan(files, {});
  ASSERT_EQ(plan.apply.size(), 1u);
  EXPECT_EQ(plan.apply[0].file, "1.yaml");
  EXPECT_THAT(plan.errors.at("2.yaml"),
              ElementsAre("line 5: metadata.name: Service default/a is in 1.yaml, line 1, too; that one is used"));
}

TEST(ManifestPlan, RemovesWhatNoFileAsksForUnlessItsFileHasErrors) {
  Files files;
  files["good.yaml"] = ManifestFile();
  files["bad.yaml"].errors = {"line 1: …"};
  const api::ObjectKey b{"Pod", "default", "b"}, c{"Pod", "default", "c"};
  const Plan plan = MakePlan(files, {{kA, "good.yaml"}, {b, "bad.yaml"}, {c, "gone.yaml"}});
  EXPECT_THAT(plan.remove, testing::UnorderedElementsAre(kA, c));
}

TEST(ManifestPlan, AFileWithErrorsKeepsItsObjectsFromOthers) {
  Files files;
  files["bad.yaml"].errors = {"line 1: …"};
  files["other.yaml"] = ReadManifest(kGood);
  const Plan plan = MakePlan(files, {{kA, "bad.yaml"}});
  EXPECT_THAT(plan.apply, IsEmpty());
  EXPECT_THAT(plan.errors.at("other.yaml"), ElementsAre(HasSubstr("comes from bad.yaml, which has errors")));
}

}  // namespace
}  // namespace ordinal::manifests
