#include "agent/podsync/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

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
  ASSERT_TRUE(RemoveLogsOf("1", dir_ / "pods", dir_ / "links").ok());
  EXPECT_FALSE(fs::exists(dir_ / "pods/default_a_1"));
  EXPECT_FALSE(fs::is_symlink(dir_ / "links/a"));
  EXPECT_EQ(Content("links/b"), "y");
  EXPECT_TRUE(fs::exists(dir_ / "links/file"));
  EXPECT_TRUE(RemoveLogsOf("1", dir_ / "pods", dir_ / "no-links").ok());  // again, and without links
}

TEST_F(Files, TheLogOfARunGoesWithItsPartsAndItsLink) {
  const std::string log = dir_ / "pods/default_a_1/c/0.log";
  for (const char* name : {"0.log", "0.log.20260101-000000", "0.log.20260101-000000.gz", "0.log.20260101-000000.tmp",
                           "0.log.mine", "1.log", "10.log"}) {
    Put(std::string("pods/default_a_1/c/") + name, "x");
  }
  ASSERT_TRUE(Link(log, dir_ / "links/a").ok());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(RemoveLog(log, dir_ / "links/a").ok());
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(fs::path(log).parent_path())) left.insert(entry.path().filename());
  EXPECT_EQ(left, (std::set<std::string>{"0.log.mine", "1.log", "10.log"}));
  EXPECT_FALSE(fs::is_symlink(dir_ / "links/a"));
  // A link that leads to another log has another owner.
  ASSERT_TRUE(Link(dir_ / "pods/default_a_1/c/1.log", dir_ / "links/a").ok());
  ASSERT_TRUE(RemoveLog(log, dir_ / "links/a").ok());
  EXPECT_TRUE(fs::is_symlink(dir_ / "links/a"));
  EXPECT_TRUE(RemoveLog(dir_ / "pods/default_gone_2/c/0.log", dir_ / "links/none").ok());
}

TEST_F(Files, LinksIntoDirectoriesThatAreGoneAreDead) {
  Put("pods/default_a_1/c/0.log", "x");
  ASSERT_TRUE(Link(dir_ / "pods/default_a_1/c/1.log", dir_ / "links/rotated-just-now").ok());
  ASSERT_TRUE(Link(dir_ / "pods/default_b_2/c/0.log", dir_ / "links/dead").ok());
  ASSERT_TRUE(Link(dir_ / "elsewhere/c/0.log", dir_ / "links/not-ours").ok());
  ASSERT_TRUE(RemoveDeadLinks(dir_ / "pods", dir_ / "links").ok());
  EXPECT_TRUE(fs::is_symlink(dir_ / "links/rotated-just-now"));
  EXPECT_FALSE(fs::is_symlink(dir_ / "links/dead"));
  EXPECT_TRUE(fs::is_symlink(dir_ / "links/not-ours"));
}

TEST_F(Files, APipeInAFilesPlaceHoldsNobodyUp) {
  ASSERT_EQ(mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReadTail(dir_ / "pipe", 100), "");
  EXPECT_FALSE(WriteFile(dir_ / "pipe", "text", 0600).ok());
}

TEST_F(Files, LinksThatCannotBeLookedForAreSaid) {
  Put("no-directory", "");
  const Status removed = RemoveLogsOf("1", dir_ / "pods", dir_ / "no-directory");
  ASSERT_FALSE(removed.ok());
  EXPECT_NE(removed.error().message.find("no-directory"), std::string::npos) << removed.error().message;
}

// ---- termination messages

std::string LogLine(const std::string& text, char tag = 'F') {
  return std::string("2026-11-21T23:15:36.123456789Z stdout ") + tag + " " + text + "\n";
}

TEST_F(Files, AMessageIsValidTextWhereverItIsCut) {
  const std::string bad = "\xEF\xBF\xBD";
  Put("message", "no \xFF text \xE2\x82");
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", false), "no " + bad + " text " + bad + bad);
  Put("message", "\xE2\x82\xAC" + std::string(4095, 'x'));  // the limit is in its first character
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", false), std::string(4095, 'x'));
  Put("message", std::string(4096, '\xFF'));
  EXPECT_LE(TerminationMessage(dir_ / "message", dir_ / "log", false).size(), 4096U);
  Put("message", "");
  Put("log", LogLine("\xE2\x82\xAC" + std::string(2046, 'x')));
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", true), std::string(2046, 'x') + "\n");
  Put("log", LogLine("\xFF"));
  EXPECT_EQ(TerminationMessage(dir_ / "message", dir_ / "log", true), bad + "\n");
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

TEST_F(Files, TheLogIsThatBeforeARotationToo) {
  Put("0.log.20260101-000000", LogLine("long ago"));
  Put("0.log.20260102-000000", LogLine("one") + LogLine("two"));
  Put("0.log.20260103-000000.tmp", LogLine("a draft"));
  Put("0.log", LogLine("three"));
  EXPECT_EQ(TerminationMessage(dir_ / "none", dir_ / "0.log", true), "one\ntwo\nthree\n");
  Put("0.log", "");
  EXPECT_EQ(TerminationMessage(dir_ / "none", dir_ / "0.log", true), "one\ntwo\n");
  Put("0.log", LogLine("four"));
  Put("0.log.20260104-000000.gz", "compressed");
  EXPECT_EQ(TerminationMessage(dir_ / "none", dir_ / "0.log", true), "four\n") << "what is missing is not passed over";
}

TEST_F(Files, NoLinkInALogsPlaceIsFollowed) {
  Put("secret", LogLine("a secret"));
  fs::create_symlink(dir_ / "secret", dir_ / "0.log");
  fs::create_symlink(dir_ / "secret", dir_ / "0.log.20260101-000000");
  EXPECT_EQ(TerminationMessage(dir_ / "none", dir_ / "0.log", true), "");
  EXPECT_EQ(ReadTail(dir_ / "0.log", 9), "a secret\n") << "/etc/hosts may be a link";
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

TEST_F(Files, LogsOfAPodAreFoundByItsUid) {
  fs::create_directories(dir_ / "logs/default_kubia-0_u1/main");
  fs::create_directories(dir_ / "logs/default_kubia-1_u2");
  ASSERT_TRUE(Link(dir_ / "logs/default_kubia-0_u1/main/0.log", dir_ / "links/kubia-0_default_main-1.log").ok());
  ASSERT_TRUE(Link(dir_ / "logs/default_kubia-1_u2/main/0.log", dir_ / "links/kubia-1_default_main-2.log").ok());
  ASSERT_TRUE(RemoveLogsOf("u1", dir_ / "logs", dir_ / "links").ok());
  EXPECT_FALSE(fs::exists(dir_ / "logs/default_kubia-0_u1"));
  EXPECT_FALSE(fs::is_symlink(dir_ / "links/kubia-0_default_main-1.log"));
  EXPECT_TRUE(fs::exists(dir_ / "logs/default_kubia-1_u2"));
  EXPECT_TRUE(fs::is_symlink(dir_ / "links/kubia-1_default_main-2.log"));
  ASSERT_TRUE(RemoveLogsOf("", dir_ / "logs", dir_ / "links").ok());
  EXPECT_TRUE(fs::exists(dir_ / "logs/default_kubia-1_u2"));
}

}  // namespace
}  // namespace ordinal::podsync
