#include "agent/base/mountinfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ordinal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Lines as proc(5) shows them: id, parent, device, root, mount point, options, optional fields, "-", type, source.
constexpr char kText[] =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "40 22 0:35 / /pods/a/v rw,relatime - tmpfs tmpfs rw,size=1024k\n"
    "41 40 0:36 / /pods/a/v/with\\040space\\011tab\\134slash rw - tmpfs tmpfs rw\n"
    "42 22 254:0 /data /pods/ab rw shared:1 master:2 - ext4 /dev/vda rw\n"
    "43 22 0:37 / /pods/a rw - tmpfs tmpfs rw\n"
    "broken\n"
    "44 22 0:38 / /pods/a/v rw - tmpfs tmpfs rw";  // no newline at the end

TEST(Mountinfo, FindsMountPointsAtAndBelowAPathInOrder) {
  EXPECT_THAT(MountPointsUnder(kText, "/pods/a"),
              ElementsAre("/pods/a/v", "/pods/a/v/with space\ttab\\slash", "/pods/a", "/pods/a/v"));
  EXPECT_THAT(MountPointsUnder(kText, "/pods/ab"), ElementsAre("/pods/ab"));
  EXPECT_THAT(MountPointsUnder(kText, "/pods/b"), IsEmpty());
  EXPECT_THAT(MountPointsUnder("", "/pods"), IsEmpty());
}

TEST(Mountinfo, TellsTheDeviceOfAPath) {
  const MountedDevices devices(kText);
  const std::pair<const char*, const char*> cases[] = {{"/", "254:0"},        {"/etc/passwd", "254:0"},
                                                       {"/pods", "254:0"},    {"/pods/a", "0:37"},
                                                       {"/pods/a/x", "0:37"}, {"/pods/a/v/x/", "0:38"},
                                                       {"/pods/ab", "254:0"}, {"/pods/abc", "254:0"},
                                                       {"relative", "254:0"}, {"", "254:0"}};
  for (const auto& [path, device] : cases) EXPECT_EQ(devices.Of(path), device) << path;
  EXPECT_EQ(MountedDevices("").Of("/a/b"), "");
}

}  // namespace
}  // namespace ordinal
