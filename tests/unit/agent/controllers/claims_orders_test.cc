// Volumes made for claims and taken back, by all controllers together.
#include "agent/controllers/claims/classes.h"
#include "tests/unit/agent/controllers/cluster.h"

#include <gmock/gmock.h>

namespace ordinal::controllers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ClaimsAndVolumes : public Cluster {
 protected:
  ClaimsAndVolumes() { Create(claims::NodeClass(true)); }

  Json Released(const std::string& name, const std::string& policy) {
    Json volume = Volume(name, "1Mi", Json{{"persistentVolumeReclaimPolicy", policy}});
    volume["spec"]["claimRef"] =
        Json{{"kind", "PersistentVolumeClaim"}, {"namespace", "default"}, {"name", "gone"}, {"uid", "gone-uid"}};
    return volume;
  }
  std::string Phase(const std::string& volume) {
    const Object* found = volumes_.Find("", volume);
    return found == nullptr ? "gone" : api::ReadString(api::Member(found->body(), "status"), "phase");
  }
  bool Becomes(const std::string& volume, const std::string& phase) {
    return Eventually([&] { return Phase(volume) == phase; });
  }
  bool Said(const std::string& text) {
    return Eventually([&] {
      return std::any_of(events_.all.begin(), events_.all.end(),
                         [&](const std::string& event) { return event.find(text) != std::string::npos; });
    });
  }
  Json Local(const std::string& name) { return Claim(name, "1Mi", Json{{"storageClassName", "ordinal-local"}}); }
};

TEST_F(ClaimsAndVolumes, AClaimOfTheNodesClassIsProvisionedAndItsVolumeGoesWithIt) {
  for (int round = 0; round < 3; ++round) {
    storage_.done.clear();
    Create(Local("x"));
    ASSERT_TRUE(Eventually([&] { return Get("PersistentVolumeClaim", "x")["status"]["phase"] == "Bound"; }));
    const Json claim = Get("PersistentVolumeClaim", "x");
    const std::string name = "pvc-" + claim["metadata"]["uid"].get<std::string>();
    EXPECT_EQ(claim["spec"]["volumeName"], name);
    EXPECT_EQ(claim["metadata"]["annotations"]["volume.kubernetes.io/storage-provisioner"], "ordinal.dev/local");
    EXPECT_EQ(claim["status"]["capacity"]["storage"], "1Mi");
    const Json volume = Get("PersistentVolume", name);
    EXPECT_EQ(volume["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"], "ordinal.dev/local");
    EXPECT_EQ(volume["spec"]["local"]["path"], "/volumes/default/x");
    EXPECT_EQ(volume["spec"]["persistentVolumeReclaimPolicy"], "Delete");
    EXPECT_EQ(volume["spec"]["storageClassName"], "ordinal-local");
    EXPECT_EQ(volume["spec"]["claimRef"]["uid"], claim["metadata"]["uid"]);
    EXPECT_TRUE(Said("x ProvisioningSucceeded: Successfully provisioned volume " + name));

    Delete("PersistentVolumeClaim", "x");
    ASSERT_TRUE(Eventually([&] { return volumes_.size() == 0; }));
    EXPECT_THAT(storage_.done, ElementsAre("make x", "remove " + name));
    EXPECT_THAT(Names("PersistentVolume"), IsEmpty());
    EXPECT_THAT(Names("PersistentVolumeClaim"), IsEmpty());
  }
}

TEST_F(ClaimsAndVolumes, AStatefulSetWithoutVolumesStarts) {
  Json set = Set("kubia", 2);
  set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "ordinal-local";
  Create(set);
  EXPECT_TRUE(Ready("kubia", 2));
  EXPECT_THAT(storage_.done, ElementsAre("make data-kubia-0", "make data-kubia-1"));
}

TEST_F(ClaimsAndVolumes, AClassThatWaitsIsProvisionedWhenThePodComes) {
  Json late = claims::NodeClass(false);
  late["metadata"]["name"] = "late";
  late["volumeBindingMode"] = "WaitForFirstConsumer";
  Create(late);
  Create(Claim("x", "1Mi", Json{{"storageClassName", "late"}}));
  ASSERT_TRUE(Said("x WaitForFirstConsumer"));
  RunReady(io_);
  EXPECT_THAT(storage_.done, IsEmpty());
  Create(Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"},
    "spec": {"containers": [{"name": "c", "image": "busybox:1.35"}],
             "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "x"}}]}})"));
  EXPECT_TRUE(Eventually([&] { return node_.started == std::vector<std::string>{"p"}; }));
}

TEST_F(ClaimsAndVolumes, OldDataIsMentioned) {
  storage_.passed_over = "/volumes/default/x";
  Create(Local("x"));
  EXPECT_TRUE(Said("/volumes/default/x holds the data of an earlier claim"));
}

TEST_F(ClaimsAndVolumes, AClaimWhoseDirectoryHoldsDataWaitsUntilItsAnnotationDecides) {
  // Given data under the claim's name
  storage_.failures["make x"] = MakeError(ErrorCode::kFailedPrecondition,
                                          "/volumes/default/x holds data and no PersistentVolume shows it; an empty "
                                          "directory for this claim would be /volumes/default/x-1",
                                          claims::kUndecided);
  Create(Local("x"));
  // then it waits, with an event that names both directories and both commands
  ASSERT_TRUE(Said("x DirectoryHoldsData: claim default/x waits: /volumes/default/x holds data"));
  EXPECT_TRUE(Said("/volumes/default/x-1"));
  EXPECT_TRUE(Said("kubectl -n default annotate --overwrite pvc x ordinal.dev/directory=adopt"));
  EXPECT_TRUE(Said("kubectl -n default annotate --overwrite pvc x ordinal.dev/directory=new"));
  EXPECT_EQ(Get("PersistentVolumeClaim", "x")["status"]["phase"], "Pending");
  // given that it failed often enough to rest for 4 s
  ASSERT_TRUE(Eventually([&] { return std::count(storage_.done.begin(), storage_.done.end(), "make x") == 3; }));
  // when somebody decides, then it goes on at once
  storage_.failures.clear();
  const WallTime decided = clock_.Now();
  Modify("PersistentVolumeClaim", "x",
         [](Json& body) { body["metadata"]["annotations"]["ordinal.dev/directory"] = "adopt"; });
  ASSERT_TRUE(Eventually([&] { return Get("PersistentVolumeClaim", "x")["status"]["phase"] == "Bound"; }));
  EXPECT_LT(clock_.Now() - decided, std::chrono::seconds(3));
}

TEST_F(ClaimsAndVolumes, WhatCannotBeProvisionedIsSaidAndTriedAgain) {
  storage_.failures["make x"] = MakeError(ErrorCode::kUnavailable, "the disk is full");
  Create(Local("x"));
  ASSERT_TRUE(Said("x ProvisioningFailed: the disk is full"));
  EXPECT_EQ(Get("PersistentVolumeClaim", "x")["status"]["phase"], "Pending");
  storage_.failures.clear();
  EXPECT_TRUE(Eventually([&] { return Get("PersistentVolumeClaim", "x")["status"]["phase"] == "Bound"; }));
}

TEST_F(ClaimsAndVolumes, ARecycledVolumeIsWipedAndServesAgain) {
  Create(Released("pv-a", "Recycle"));
  ASSERT_TRUE(Becomes("pv-a", "Available"));
  EXPECT_THAT(storage_.done, ElementsAre("wipe pv-a"));
  EXPECT_FALSE(Get("PersistentVolume", "pv-a")["spec"].contains("claimRef"));
  EXPECT_TRUE(Said("pv-a VolumeRecycled"));
  Create(Claim("x", "1Mi"));
  EXPECT_TRUE(Becomes("pv-a", "Bound"));
}

TEST_F(ClaimsAndVolumes, AFailureIsWrittenDownAndTriedAgain) {
  for (const std::string policy : {"Recycle", "Delete"}) {
    SCOPED_TRACE(policy);
    const std::string reason = "VolumeFailed" + policy;
    const std::string work = policy == "Recycle" ? "wipe pv-a" : "remove pv-a";
    storage_.failures[work] = MakeError(ErrorCode::kPermissionDenied, "/etc is left as it is");
    Create(Released("pv-a", policy));
    ASSERT_TRUE(Becomes("pv-a", "Failed"));
    const Json status = Get("PersistentVolume", "pv-a")["status"];
    EXPECT_EQ(status["reason"], reason);
    EXPECT_EQ(status["message"], "/etc is left as it is");
    EXPECT_TRUE(Said("pv-a " + reason + ": /etc is left as it is"));
    RunReady(io_);
    const auto tries = std::count(storage_.done.begin(), storage_.done.end(), work);
    EXPECT_EQ(tries, 1) << "not again at once";
    storage_.failures.clear();
    ASSERT_TRUE(Becomes("pv-a", policy == "Recycle" ? "Available" : "gone"));
    if (policy == "Recycle") {
      EXPECT_FALSE(Get("PersistentVolume", "pv-a")["status"].contains("reason"));
      Delete("PersistentVolume", "pv-a");
      ASSERT_TRUE(Becomes("pv-a", "gone"));
    }
  }
}

TEST_F(ClaimsAndVolumes, NothingIsTouchedWhileAPodMayUseTheVolume) {
  storage_.running = {{"default", "forced", "forced-uid"}};
  Create(Released("pv-a", "Delete"));
  ASSERT_TRUE(Said("pv-a VolumeFailedDelete: the volume is still used by pods: forced"));
  EXPECT_THAT(storage_.done, IsEmpty());
  EXPECT_EQ(Phase("pv-a"), "Released") << "nothing failed";
  storage_.running.clear();
  EXPECT_TRUE(Becomes("pv-a", "gone"));
}

TEST_F(ClaimsAndVolumes, AVolumeThatChangedWhileItWasWipedIsLeftAlone) {
  Create(Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
    "metadata": {"name": "gone", "namespace": "default"},
    "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "9Mi"}}}})"));
  // Given that its owner hands it to the new claim of that name while it is removed
  const std::string uid = Get("PersistentVolumeClaim", "gone")["metadata"]["uid"];
  storage_.meanwhile = [this, uid]() -> Task<void> {
    const api::ObjectKey key{"PersistentVolume", "", "pv-a"};
    std::function<bool(Json&)> change = [uid](Json& body) {
      body["spec"]["claimRef"]["uid"] = uid;
      return true;
    };
    const auto written = co_await client_.Modify(key, change);
    EXPECT_TRUE(written.ok());
  };
  Create(Released("pv-a", "Delete"));
  ASSERT_TRUE(Eventually([&] { return !storage_.done.empty(); }));
  RunReady(io_);
  EXPECT_EQ(Get("PersistentVolume", "pv-a")["spec"]["claimRef"]["uid"], uid);
  EXPECT_EQ(storage_.done.size(), 1u);
}

TEST_F(ClaimsAndVolumes, RetainKeepsTheData) {
  Create(Released("pv-a", "Retain"));
  ASSERT_TRUE(Becomes("pv-a", "Released"));
  RunReady(io_);
  EXPECT_THAT(storage_.done, IsEmpty());
}

TEST_F(ClaimsAndVolumes, TheNodesClassIsMadeOnceAndOnlyAsADefaultWhereThereIsNone) {
  const auto default_of = [&](const std::string& name) {
    return Get("StorageClass", name)["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"];
  };
  Modify("StorageClass", "ordinal-local", [](Json& body) { body["allowVolumeExpansion"] = false; });
  ASSERT_TRUE(RunTask(io_, claims::MakeNodeClass(client_)).ok());
  EXPECT_EQ(Get("StorageClass", "ordinal-local")["allowVolumeExpansion"], false) << "what its owner changed stays";
  Delete("StorageClass", "ordinal-local");
  ASSERT_TRUE(RunTask(io_, claims::MakeNodeClass(client_)).ok());
  EXPECT_EQ(default_of("ordinal-local"), "true");
  Json other = claims::NodeClass(true);
  other["metadata"]["name"] = "other";
  Create(other);
  Delete("StorageClass", "ordinal-local");
  ASSERT_TRUE(RunTask(io_, claims::MakeNodeClass(client_)).ok());
  EXPECT_EQ(default_of("ordinal-local"), "false");
}

TEST_F(ClaimsAndVolumes, AClassOfTheNodesNameThatIsAnotherProvisionersIsNoSuccess) {
  Delete("StorageClass", "ordinal-local");
  Json foreign = claims::NodeClass(false);
  foreign["provisioner"] = "example.com/other";
  Create(foreign);
  const Status made = RunTask(io_, claims::MakeNodeClass(client_));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(made.error().message,
            "StorageClass ordinal-local already exists and is of the provisioner example.com/other");
}

}  // namespace
}  // namespace ordinal::controllers
