#include "agent/podsync/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

class Files : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text) { fakes::WriteFile(dir_ / name, text); }
  std::string Content(const std::string& name) const { return fakes::ReadFile(dir_ / name); }

  fakes::ScratchDirectory dir_;
};

TEST_F(Files, DirectoriesAreMadeAllTheWayAndOnce) {
  EXPECT_TRUE(MakeDirectories(dir_ / "a/b/c").ok());
  EXPECT_TRUE(MakeDirectories(dir_ / "a/b/c").ok());
  EXPECT_TRUE(fs::is_directory(dir_ / "a/b/c"));
  Put("file", "");
  const Status below_a_file = MakeDirectories(dir_ / "file/x");
  ASSERT_FALSE(below_a_file.ok());
  EXPECT_THAT(below_a_file.error().message, ::testing::HasSubstr("file/x"));
}

TEST_F(Files, WritingKeepsTheFileThatIsBoundSomewhere) {
  // given a file, when it is written again with a shorter text, then it is the same file (a bind mount sees the text)
  ASSERT_TRUE(WriteFile(dir_ / "hosts", "long text\n", 0644).ok());
  struct stat before {};
  stat((dir_ / "hosts").c_str(), &before);
  ASSERT_TRUE(WriteFile(dir_ / "hosts", "x\n", 0666).ok());
  struct stat after {};
  stat((dir_ / "hosts").c_str(), &after);
  EXPECT_EQ(Content("hosts"), "x\n");
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(after.st_mode & 0777, 0666U);  // whatever the umask
}

TEST_F(Files, WritingFollowsNoSymlink) {
  Put("secret", "keep");
  fs::create_symlink(dir_ / "secret", dir_ / "link");
  EXPECT_FALSE(WriteFile(dir_ / "link", "x", 0644).ok());
  EXPECT_EQ(Content("secret"), "keep");
  EXPECT_EQ(WriteFile(dir_ / "none/x", "x", 0644).error().code, ErrorCode::kNotFound);
}

TEST_F(Files, TailIsTheEndOfTheFile) {
  Put("log", "0123456789");
  EXPECT_EQ(ReadTail(dir_ / "log", 4), "6789");
  EXPECT_EQ(ReadTail(dir_ / "log", 100), "0123456789");
  EXPECT_EQ(ReadTail(dir_ / "log", 0), "");
  EXPECT_EQ(ReadTail(dir_ / "none", 4), "");
}

TEST_F(Files, LinksAreReplaced) {
  Put("one", "1");
  Put("two", "2");
  ASSERT_TRUE(Link(dir_ / "one", dir_ / "links/current").ok());
  ASSERT_TRUE(Link(dir_ / "two", dir_ / "links/current").ok());
  EXPECT_EQ(Content("links/current"), "2");
}

TEST_F(Files, LogsGoWithTheirLinksAndNothingElse) {
  Put("pods/default_a_1/c/0.log", "x");
  Put("pods/default_a_12/c/0.log", "y");
  ASSERT_TRUE(Link(dir_ / "pods/default_a_1/c/0.log", dir_ / "links/a").ok());
  ASSERT_TRUE(Link(dir_ / "pods/default_a_12/c/0.log", dir_ / "links/b").ok());
  Put("links/file", "");
  ASSERT_TRUE(RemoveLogs(dir_ / "pods/default_a_1", dir_ / "links").ok());
  EXPECT_FALSE(fs::exists(dir_ / "pods/default_a_1"));
  EXPECT_FALSE(fs::is_symlink(dir_ / "links/a"));
  EXPECT_EQ(Content("links/b"), "y");
  EXPECT_TRUE(fs::exists(dir_ / "links/file"));
  EXPECT_TRUE(RemoveLogs(dir_ / "pods/default_a_1", dir_ / "no-links").ok());  // again, and without links
}

// ---- termination messages

std::string LogLine(const std::string& text, char tag = 'F') {
  return std::string("2026-11-21T23:15:36.123456789Z stdout ") + tag + " " + text + "\n";
}

TEST_F(Files, TheTerminationLogIsTheMessage) {
  Put("message", "last words\n");
  Put("log", LogLine("dying"));
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", true), "last words\n");
  EXPECT_EQ(TerminationMessage(dir_ / "none", dir_ / "log", false), "");
}

TEST_F(Files, AnEmptyOneFallsBackToTheLog) {
  Put("message", "");
  Put("log", LogLine("one") + LogLine("two, ", 'P') + LogLine("still two") + LogLine(""));
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", true), "one\ntwo, still two\n\n");
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", false), "");
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "none", true), "");
}

TEST_F(Files, MessagesAreBounded) {
  Put("message", std::string(5000, 'a') + "end");
  EXPECT_EQ(TerminationMessage(dir_ / "message", "", false), std::string(4093, 'a') + "end");
  std::string many;
  for (int i = 0; i < 200; ++i) many += LogLine(std::to_string(i));
  Put("many", many);
  const std::string lines = TerminationMessage(dir_ / "none", dir_ / "many", true);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 80);
  EXPECT_TRUE(lines.starts_with("120\n")) << lines;
  EXPECT_TRUE(lines.ends_with("199\n")) << lines;
  Put("long", LogLine("first") + LogLine(std::string(4000, 'b')));
  EXPECT_EQ(TerminationMessage(dir_ / "none", dir_ / "long", true), std::string(2047, 'b') + "\n");
}

// ---- cgroups; a directory tree stands for the file system of cgroups, whose rmdir refuses the same way

TEST_F(Files, ThePodsCgroupGoesFromEveryHierarchy) {
  for (const char* hierarchy : {"memory/", "unified/", ""}) {
    fs::create_directories(dir_ / (std::string(hierarchy) + "kubepods/burstable/podu"));
    fs::create_directories(dir_ / (std::string(hierarchy) + "kubepods/burstable/podother"));
  }
  fs::create_directories(dir_ / "cpu/kubepods/burstable/podu/still-used");
  RemoveCgroup(dir_.path(), "/kubepods/burstable/podu");
  EXPECT_FALSE(fs::exists(dir_ / "memory/kubepods/burstable/podu"));
  EXPECT_FALSE(fs::exists(dir_ / "unified/kubepods/burstable/podu"));
  EXPECT_FALSE(fs::exists(dir_ / "kubepods/burstable/podu"));
  EXPECT_TRUE(fs::exists(dir_ / "cpu/kubepods/burstable/podu/still-used"));
  EXPECT_TRUE(fs::exists(dir_ / "memory/kubepods/burstable/podother"));
}

TEST_F(Files, EmptyCgroupsOfPodsGoAndUsedOnesStay) {
  fs::create_directories(dir_ / "memory/kubepods/burstable/podu/c");
  fs::create_directories(dir_ / "memory/system.slice");
  fs::create_directories(dir_ / "cpu/kubepods/podv");
  Put("cpu/kubepods/podv/tasks", "1");
  RemoveEmptyPodCgroups(dir_.path());
  EXPECT_FALSE(fs::exists(dir_ / "memory/kubepods"));
  EXPECT_TRUE(fs::exists(dir_ / "memory/system.slice"));
  EXPECT_TRUE(fs::exists(dir_ / "cpu/kubepods/podv/tasks"));
}

}  // namespace
}  // namespace ordinal::podsync
