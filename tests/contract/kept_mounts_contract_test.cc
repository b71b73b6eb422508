// KeptMounts on the kernel's own mountinfo, in a mount namespace of the test's own.
#include "agent/base/kept_mounts.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <thread>

#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

bool OwnNamespace() {
  return ::unshare(CLONE_FS | CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

TEST(KeptMountsContract, WhatComesAndGoesIsSeenAtTheNextLook) {
  const fakes::ScratchDirectory directory;
  bool own = false;
  std::thread look([&] {
    own = OwnNamespace();
    if (!own) return;
    KeptMounts mounts("/proc/thread-self/mountinfo");
    const auto there = [&] { return mounts.Read().find(directory.path()) != std::string::npos; };
    EXPECT_FALSE(there());
    EXPECT_FALSE(mounts.Read().empty()) << "nothing has changed";
    for (int times = 0; times < 3; ++times) {
      EXPECT_EQ(::mount("tmpfs", directory.path().c_str(), "tmpfs", 0, nullptr), 0);
      EXPECT_TRUE(there());
      EXPECT_TRUE(there());
      EXPECT_EQ(::umount2(directory.path().c_str(), MNT_DETACH), 0);
      EXPECT_FALSE(there());
    }
  });
  look.join();
  if (!own) GTEST_SKIP() << "mount namespaces need root";
}

TEST(KeptMountsContract, WhereThereIsNoneItIsEmpty) { EXPECT_EQ(KeptMounts("/proc/self/nosuch").Read(), ""); }

}  // namespace
}  // namespace ordinal
