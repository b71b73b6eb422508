#include "agent/podsync/steps/refresh_files.h"

#include "agent/podsync/volume_specs.h"
#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

/// A pod with its name as a file in volume v, and another such volume w.
class RefreshFilesStep : public StepTest {
 protected:
  StepContext& Context() {
    Json spec = Spec({}, {"main"});
    spec["volumes"] = Json::parse(R"([
      {"name": "v", "downwardAPI": {"items": [{"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}]}},
      {"name": "w", "downwardAPI": {"items": [{"path": "uid", "fieldRef": {"fieldPath": "metadata.uid"}}]}},
      {"name": "other", "emptyDir": {}}])");
    return For(spec);
  }
};

TEST_F(RefreshFilesStep, WritesWhatChangedAndNothingElse) {
  StepContext& context = Context();
  RunTask(io_, Perform(context, RefreshFiles()));
  EXPECT_THAT(volumes_.FilesOf(kUid, "v"), ElementsAre(Pair("name", "kubia-0")));
  EXPECT_THAT(volumes_.FilesOf(kUid, "w"), ElementsAre(Pair("uid", kUid)));
  EXPECT_EQ(volumes_.mounts(), 2);
  EXPECT_EQ(memory_.files, VersionsOf(context.seen.files));
  RunTask(io_, Perform(context, RefreshFiles()));
  EXPECT_EQ(volumes_.mounts(), 2);
}

TEST_F(RefreshFilesStep, OneThatFailsKeepsNoOtherFromBeingWritten) {
  volumes_.FailVolume("v", MakeError(ErrorCode::kUnavailable, "no space", "FailedMount"));
  StepContext& context = Context();
  RunTask(io_, Perform(context, RefreshFiles()));
  EXPECT_THAT(said_, ElementsAre(" Warning FailedMount no space"));
  ASSERT_TRUE(memory_.files_retry);
  EXPECT_EQ(context.look_again, memory_.files_retry->not_before);
  EXPECT_THAT(volumes_.FilesOf(kUid, "v"), IsEmpty());
  EXPECT_THAT(volumes_.FilesOf(kUid, "w"), ElementsAre(Pair("uid", kUid)));
  EXPECT_NE(memory_.files, VersionsOf(context.seen.files));
}

}  // namespace
}  // namespace ordinal::podsync
