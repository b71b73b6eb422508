// Which images go, when and in which order.
#include "agent/node/image_plan.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace ordinal::node {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kApp[] = "registry.test/app:1";
const std::string kSum = "sha256:" + std::string(64, '9');
const std::string kDigest = "registry.test/app@" + kSum;

cri::Image Image(const std::string& id, std::vector<std::string> tags, std::vector<std::string> digests = {}) {
  cri::Image image;
  image.id = id;
  image.repo_tags = std::move(tags);
  image.repo_digests = std::move(digests);
  image.size = 100;
  return image;
}

cri::Container ContainerOf(const std::string& image, const std::string& image_ref) {
  cri::Container container;
  container.image = image;
  container.image_ref = image_ref;
  container.state = cri::ContainerState::kExited;
  return container;
}

std::string Verdict(const cri::Image& image, const std::vector<cri::Container>& containers, const PulledNames& pulled,
                    const NamesInUse& names = {}) {
  const std::vector<SeenImage> seen = Judge({image}, containers, pulled, names);
  return std::string(seen[0].collectable ? "collectable" : "kept") + (seen[0].in_use ? ", in use" : "");
}

TEST(JudgeImages, OnlyWhatThisAgentPulledByAllItsNamesIsCollectable) {
  const PulledNames pulled{{"sha256:1", {kApp, "docker.io/library/busybox:latest"}}};
  EXPECT_EQ(Verdict(Image("sha256:1", {kApp}), {}, pulled), "collectable");
  EXPECT_EQ(Verdict(Image("sha256:1", {kApp, "busybox"}), {}, pulled), "collectable") << "names in any form";
  EXPECT_EQ(Verdict(Image("sha256:1", {}, {"registry.test/app@sha256:9"}), {}, pulled), "collectable")
      << "its tag is another image's by now";
  EXPECT_EQ(Verdict(Image("sha256:2", {kApp}), {}, pulled), "kept") << "somebody else brought it";
  EXPECT_EQ(Verdict(Image("sha256:1", {kApp, "registry.test/mine:1"}), {}, pulled), "kept")
      << "somebody else gave it a name";
  EXPECT_EQ(Verdict(Image("sha256:1", {kApp}, {kDigest}), {}, pulled), "collectable");
  EXPECT_EQ(Verdict(Image("sha256:1", {kApp}, {kDigest, "registry.test/mine@" + kSum}), {}, pulled), "kept")
      << "somebody else pulled it from elsewhere";
  EXPECT_EQ(Verdict(Image("sha256:1", {}, {kDigest}), {}, {{"sha256:1", {kApp + ("@" + kSum)}}}), "collectable");
  cri::Image pinned = Image("sha256:1", {kApp});
  pinned.pinned = true;
  EXPECT_EQ(Verdict(pinned, {}, pulled), "kept");
}

TEST(JudgeImages, WhatTheImagesFolderHasAndTheSandboxesImageAreKept) {
  NamesInUse names;
  names.is_kept = [](const std::string& name) { return name == kApp; };
  EXPECT_EQ(Verdict(Image("sha256:1", {kApp}), {}, {{"sha256:1", {kApp}}}, names), "kept");
  EXPECT_EQ(Verdict(Image("sha256:1", {}, {kDigest}), {}, {{"sha256:1", {kApp}}}, names), "collectable")
      << "the tag is another image's by now";
  const std::string both = kApp + ("@" + kSum);
  names.is_kept = [&](const std::string& name) { return name == both; };
  EXPECT_EQ(Verdict(Image("sha256:1", {}, {kDigest}), {}, {{"sha256:1", {both}}}, names), "kept");
}

TEST(JudgeImages, AnyContainerAndAnyPodThatWantsItUsesAnImage) {
  const cri::Image image = Image("sha256:1", {kApp}, {kDigest});
  const PulledNames pulled{{"sha256:1", {kApp}}};
  for (const std::string& by : {std::string("sha256:1"), std::string(kApp), kDigest}) {
    EXPECT_EQ(Verdict(image, {ContainerOf(by, "")}, pulled), "collectable, in use") << by;
    EXPECT_EQ(Verdict(image, {ContainerOf("", by)}, pulled), "collectable, in use") << by;
  }
  EXPECT_EQ(Verdict(image, {ContainerOf("registry.test/app:2", "sha256:2")}, pulled), "collectable");
  NamesInUse names;
  names.wanted = {kApp};
  EXPECT_EQ(Verdict(image, {}, pulled, names), "collectable, in use");
  names.wanted = {kDigest};
  EXPECT_EQ(Verdict(image, {}, pulled, names), "collectable, in use");
}

TEST(JudgeImages, APodThatNamesATagAndADigestWantsTheDigest) {
  const std::string both = kApp + ("@" + kSum);
  const PulledNames pulled{{"sha256:1", {both}}};
  NamesInUse names;
  names.Want(both);
  EXPECT_THAT(names.wanted, ::testing::UnorderedElementsAre(both, kDigest));
  EXPECT_EQ(Verdict(Image("sha256:1", {}, {kDigest}), {}, pulled, names), "collectable, in use");
  names.wanted.clear();
  names.Want(kApp);
  EXPECT_THAT(names.wanted, ElementsAre(kApp));
}

/// A look after another one, with time between them.
class ImageRecordsTest : public ::testing::Test {
 protected:
  void Look(const std::vector<SeenImage>& images) { records_ = Detect(records_, images, now_); }
  static SeenImage Seen(const std::string& id, bool in_use, uint64_t bytes = 100) {
    return {id, bytes, in_use, true, {}};
  }
  static std::vector<std::string> Ids(const std::vector<SeenImage>& images) {
    std::vector<std::string> ids;
    for (const SeenImage& image : images) ids.push_back(image.id);
    return ids;
  }
  std::vector<std::string> Old() const { return Ids(TooOld(records_, policy_, now_)); }
  std::vector<std::string> Unused() const { return Ids(ForSpace(records_, policy_, now_)); }

  CollectionPolicy policy_;
  ImageRecords records_;
  SteadyTime now_{hours(1)};
};

TEST_F(ImageRecordsTest, TheLongestUnusedGoesFirstAndThenTheOneThatCameFirst) {
  Look({Seen("never", false), Seen("long-ago", true)});
  now_ += minutes(5);
  Look({Seen("never", false), Seen("long-ago", false), Seen("lately", true), Seen("never-and-later", false)});
  now_ += minutes(5);
  Look({Seen("never", false), Seen("long-ago", false), Seen("lately", false), Seen("never-and-later", false),
        Seen("now", true)});
  EXPECT_THAT(Unused(), ElementsAre("never", "never-and-later", "long-ago", "lately"));
}

TEST_F(ImageRecordsTest, NothingGoesBeforeItsMinimumAge) {
  Look({Seen("new", false)});
  now_ += policy_.minimum_age - seconds(1);
  EXPECT_THAT(Unused(), IsEmpty());
  now_ += seconds(1);
  EXPECT_THAT(Unused(), ElementsAre("new"));
}

TEST_F(ImageRecordsTest, WhatIsUsedOrKeptStaysAtAnyAge) {
  policy_.maximum_age = hours(1);
  SeenImage kept = Seen("kept", false);
  kept.collectable = false;
  Look({Seen("used", true), kept});
  now_ += hours(100);
  Look({Seen("used", true), kept});
  EXPECT_THAT(Old(), IsEmpty());
  EXPECT_THAT(Unused(), IsEmpty());
}

TEST_F(ImageRecordsTest, TheMaximumAgeIsSinceTheLastUseOrTheStart) {
  Look({Seen("used-once", true), Seen("never", false)});
  now_ += hours(1);
  Look({Seen("used-once", true), Seen("never", false)});
  now_ += hours(1) + seconds(1);
  Look({Seen("used-once", false), Seen("never", false)});
  EXPECT_THAT(Old(), IsEmpty()) << "without one";
  policy_.maximum_age = hours(2);
  EXPECT_THAT(Old(), ElementsAre("never"));
  policy_.maximum_age = hours(1);
  EXPECT_THAT(Old(), ElementsAre("never", "used-once"));
}

TEST_F(ImageRecordsTest, OneThatWentAndCameAgainIsNew) {
  Look({Seen("a", true)});
  now_ += hours(1);
  Look({});
  Look({Seen("a", false)});
  EXPECT_THAT(Unused(), IsEmpty());
}

TEST(DiskOfImages, SpaceIsFreedFromTheHighThresholdToTheLowOne) {
  const CollectionPolicy policy;
  const struct {
    DiskUse disk;
    uint64_t bytes;
    int percent;
  } kRows[] = {
      {{1000, 1000}, 0, 0},  {{1000, 160}, 0, 84}, {{1000, 151}, 49, 85}, {{1000, 150}, 50, 85},
      {{1000, 0}, 200, 100}, {{1000, 2000}, 0, 0}, {{0, 0}, 0, 0},
  };
  for (const auto& [disk, bytes, percent] : kRows) {
    EXPECT_EQ(BytesToFree(disk, policy), bytes) << disk.free << " of " << disk.total;
    EXPECT_EQ(UsedPercent(disk), percent) << disk.free << " of " << disk.total;
  }
  CollectionPolicy never;
  never.high_percent = 100;
  EXPECT_EQ(BytesToFree({1000, 0}, never), 0U);
}

}  // namespace
}  // namespace ordinal::node
