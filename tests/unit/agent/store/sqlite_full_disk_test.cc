// A disk that is full, shut down or read-only: named, told, and left behind without a restart where that is possible.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "agent/store/sqlite/disk_trouble.h"
#include "tests/fakes/private_namespace.h"
#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SqliteFullDiskTest : public SqliteFixture {
 protected:
  SqliteFullDiskTest() {
    options_.volatile_kinds = {"Event"};
    options_.memory_while_failing = {"Node"};
  }

  void InNamespace(const std::function<void()>& body) {
    const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNS, body);
    if (!refusal.empty()) GTEST_SKIP() << refusal;
  }
  void Fill() {
    const int fd = ::open((directory_ / "filler").c_str(), O_WRONLY | O_CREAT, 0600);
    const std::string block(4096, 'x');
    while (::write(fd, block.data(), block.size()) > 0) {
    }
    ::close(fd);
  }
  /// Writes until one fails.
  Error FirstFailure() {
    for (int i = 0; i < 1000; ++i) {
      Json body = Pod("a", i).body();
      body["spec"]["text"] = std::string(20'000, 'x');
      const auto written = Run(store_->Update(Object(body)));
      if (!written.ok()) return written.error();
    }
    ADD_FAILURE() << "no write failed";
    return {};
  }
};

TEST_F(SqliteFullDiskTest, AFullDiskIsNamedAndLeftBehind) {
  InNamespace([&] {
    ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=4m"), 0);
    // given a full disk
    Open();
    Create(Pod("a", 0));
    Fill();
    // when something is written, then the error names the disk and the free bytes, and no number of SQLite's
    const Error error = FirstFailure();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_EQ(error.reason, kDiskFull);
    EXPECT_THAT(error.message, AllOf(HasSubstr("no space left on the disk of " + directory_.path()),
                                     HasSubstr("bytes free"), Not(HasSubstr("SQLite"))));
    ASSERT_TRUE(store_->Failure());
    EXPECT_FALSE(Run(store_->Probe()).ok());
    EXPECT_TRUE(DiskTrouble(directory_.path()));
    // then what needs no disk is still written, and so is the Node that says so
    const uint64_t said = Create(Pod("e", 1, "Event")).revision();
    EXPECT_GT(Create(Pod("n", 1, "Node")).revision(), said);
    // when there is space again, then a probe finds out, and writes go on
    std::filesystem::remove(directory_ / "filler");
    EXPECT_TRUE(Run(store_->Probe()).ok());
    EXPECT_FALSE(store_->Failure());
    Update(Pod("a", 7));
    Update(Pod("n", 2, "Node"));
    Reopen();
    EXPECT_EQ(Value("a"), 7);
    EXPECT_EQ(Value("n", "Node"), 2);
    store_.reset();
    ASSERT_EQ(::umount(directory_.path().c_str()), 0);
  });
}

TEST_F(SqliteFullDiskTest, AStoreOpensOnAFullDisk) {
  InNamespace([&] {
    ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=4m"), 0);
    Open();
    Create(Pod("a", 3));
    store_.reset();
    Fill();
    Open();
    EXPECT_EQ(Value("a"), 3);
    store_.reset();
    ASSERT_EQ(::umount(directory_.path().c_str()), 0);
  });
}

/// An ext4 file system in a file.
class SqliteExt4Test : public SqliteFullDiskTest {
 protected:
  bool Mount() {
    const std::string image = elsewhere_ / "image";
    const std::string command = "truncate -s 16M " + image + " && mkfs.ext4 -q " + image + " && mount -o loop " +
                                image + " " + directory_.path();
    return std::system(command.c_str()) == 0;
  }
  void Unmount() {
    store_.reset();
    ASSERT_EQ(::umount2(directory_.path().c_str(), MNT_DETACH), 0);
  }
  fakes::ScratchDirectory elsewhere_;
};

TEST_F(SqliteExt4Test, AFileSystemThatWasShutDownIsNamed) {
  InNamespace([&] {
    if (!Mount()) GTEST_SKIP() << "no ext4 on a loop device here";
    Open();
    Create(Pod("a", 0));
    const int fd = ::open(directory_.path().c_str(), O_RDONLY | O_DIRECTORY);
    uint32_t without_flush = 2;  // EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h)
    ASSERT_EQ(::ioctl(fd, _IOR('X', 125, uint32_t), &without_flush), 0);
    ::close(fd);
    const Error error = FirstFailure();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_THAT(error.message, AllOf(HasSubstr("the disk of " + directory_.path() + " fails"), HasSubstr("bytes free"),
                                     Not(HasSubstr("SQLite"))));
    EXPECT_TRUE(store_->Failure());
    Unmount();
  });
}

TEST_F(SqliteExt4Test, AFileSystemThatTurnedReadOnlyIsNamed) {
  InNamespace([&] {
    if (!Mount()) GTEST_SKIP() << "no ext4 on a loop device here";
    Open();
    Create(Pod("a", 0));
    // what ext4 does at an error of its own, with errors=remount-ro
    ASSERT_EQ(::mount(nullptr, directory_.path().c_str(), nullptr, MS_REMOUNT, "errors=remount-ro,abort"), 0);
    const Error error = FirstFailure();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("of " + directory_.path()), HasSubstr("read-only"), Not(HasSubstr("SQLite"))));
    EXPECT_TRUE(store_->Failure());
    Unmount();
  });
}

}  // namespace
}  // namespace ordinal::store
