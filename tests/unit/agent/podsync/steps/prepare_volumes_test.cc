#include "agent/podsync/steps/prepare_volumes.h"

#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class PrepareVolumesStep : public StepTest {};

TEST_F(PrepareVolumesStep, MountsWhatWasSeen) {
  Json spec = Spec({}, {"main"});
  spec["volumes"] = {{{"name", "scratch"}, {"emptyDir", Json::object()}}};
  StepContext& context = For(spec);
  EXPECT_TRUE(RunTask(io_, Perform(context, PrepareVolumes())).ok());
  EXPECT_THAT(volumes_.ready(), Contains(kUid));
  ASSERT_EQ(context.volumes.volumes.size(), 1U);
  EXPECT_EQ(context.volumes.volumes[0].name, "scratch");
}

TEST_F(PrepareVolumesStep, SaysWhichClaimIsMissing) {
  Json spec = Spec({}, {"main"});
  spec["volumes"] = {{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "data-0"}}}}};
  StepContext& context = For(spec);
  const Status mounted = RunTask(io_, Perform(context, PrepareVolumes()));
  ASSERT_FALSE(mounted.ok());
  EXPECT_EQ(mounted.error().reason, "FailedMount");
  EXPECT_THAT(mounted.error().message, HasSubstr("claim \"data-0\" does not exist"));
  EXPECT_EQ(volumes_.mounts(), 0);
}

}  // namespace
}  // namespace ordinal::podsync
