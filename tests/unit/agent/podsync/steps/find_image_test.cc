// What is said of a pod's image while it is pulled.
#include "agent/podsync/steps/find_image.h"

#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::FakeRuntime;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class FindImageTest : public ::testing::Test {
 protected:
  void Apply(const std::string& name, const std::string& image) {
    host_.runtime.AddRemoteImage(image);
    Json spec = Spec({}, {"main"});
    spec["containers"][0]["image"] = image;
    spec["containers"][0]["imagePullPolicy"] = "IfNotPresent";
    host_.Apply(spec, name);
    host_.Settle();
  }
  size_t Said(const std::string& event) const {
    return static_cast<size_t>(std::count(host_.events.begin(), host_.events.end(), event));
  }

  Host host_;
};

TEST_F(FindImageTest, AShortPullIsToldByItsBeginningAndItsEnd) {
  host_.StartAgent();
  host_.runtime.Delay(FakeRuntime::Call::kPullImage, seconds(2));
  Apply("kubia-0", "small:1");
  host_.Pass(seconds(70), seconds(1));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(host_.events, Contains("Normal Pulling Pulling image \"small:1\""));
  EXPECT_THAT(host_.events, Contains("Normal Pulled Successfully pulled image \"small:1\" in 2s (2s including "
                                     "waiting). Image size: 0 bytes."));
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("Still"))));
}

TEST_F(FindImageTest, OfALongPullAMinuteIsToldThatItGoesOn) {
  host_.StartAgent();
  host_.runtime.Delay(FakeRuntime::Call::kPullImage, seconds(150));
  Apply("kubia-0", "large:1");
  host_.Pass(seconds(160), seconds(1));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(Said("Normal Pulling Pulling image \"large:1\""), 1U);
  EXPECT_EQ(Said("Normal Pulling Still pulling image \"large:1\""), 2U);
}

TEST_F(FindImageTest, OneThatHasNoTurnYetSaysSo) {
  host_.StartAgent();
  host_.runtime.Delay(FakeRuntime::Call::kPullImage, seconds(90));
  for (size_t i = 0; i <= Images::kAtOnce; ++i) Apply(fmt::format("kubia-{}", i), fmt::format("image-{}:1", i));
  host_.Pass(seconds(70), seconds(1));
  EXPECT_EQ(Said("Normal Pulling Still pulling image \"image-0:1\""), 1U);
  EXPECT_EQ(Said("Normal Pulling Image \"image-5:1\" waits for its turn: others are being pulled"), 1U);
}

TEST_F(FindImageTest, OfAPodThatIsGoneNothingIsTold) {
  host_.StartAgent();
  host_.runtime.Delay(FakeRuntime::Call::kPullImage, std::chrono::hours(1));
  Apply("kubia-0", "large:1");
  host_.Delete();
  host_.Pass(seconds(10), seconds(1));
  EXPECT_TRUE(host_.Object().empty());
  host_.Pass(seconds(200), seconds(1));
  EXPECT_THAT(host_.events, Not(Contains(HasSubstr("Still"))));
}

}  // namespace
}  // namespace ordinal::podsync
