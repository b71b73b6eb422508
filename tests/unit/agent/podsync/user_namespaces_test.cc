#include "agent/podsync/user_namespaces.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::podsync {
namespace {

class UserNamespacesTest : public ::testing::Test {
 protected:
  void Pod(const std::string& uid) { std::filesystem::create_directories(layout_.Pod(uid)); }
  uint32_t Claim(const std::string& uid) {
    const auto range = namespaces_.Claim(layout_, uid);
    EXPECT_TRUE(range.ok()) << range.error().message;
    if (!range.ok()) return 0;
    EXPECT_EQ(range->length, 65536U);
    return range->host_id;
  }

  fakes::ScratchDirectory directory_;
  const Layout layout_{{directory_ / "state"}};
  UserNamespaces namespaces_;
};

TEST_F(UserNamespacesTest, EachPodHasIdsOfItsOwnAndKeepsThem) {
  for (const char* uid : {"a", "b", "c"}) Pod(uid);
  EXPECT_EQ(Claim("a"), 65536U);
  EXPECT_EQ(Claim("b"), 2 * 65536U);
  EXPECT_EQ(Claim("a"), 65536U);
  UserNamespaces later;  // of an agent that was started again
  EXPECT_EQ(later.Claim(layout_, "b")->host_id, 2 * 65536U);
  EXPECT_EQ(later.Claim(layout_, "c")->host_id, 3 * 65536U);
}

TEST_F(UserNamespacesTest, ThoseOfAPodThatIsGoneAreFree) {
  for (const char* uid : {"a", "b", "c"}) Pod(uid);
  Claim("a");
  Claim("b");
  std::filesystem::remove_all(layout_.Pod("a"));
  EXPECT_EQ(Claim("c"), 65536U);
}

TEST_F(UserNamespacesTest, TwoAtOnceGetDifferentOnes) {
  std::vector<uint32_t> got(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < got.size(); ++i) {
    Pod(std::to_string(i));
    threads.emplace_back([&, i] { got[i] = Claim(std::to_string(i)); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<uint32_t>(got.begin(), got.end()).size(), got.size());
}

TEST_F(UserNamespacesTest, AFileThatSaysSomethingElseIsNamed) {
  Pod("a");
  std::ofstream(layout_.UserNamespace("a")) << "70000\n";
  const auto range = namespaces_.Claim(layout_, "a");
  ASSERT_FALSE(range.ok());
  EXPECT_NE(range.error().message.find(layout_.UserNamespace("a")), std::string::npos) << range.error().message;
}

TEST_F(UserNamespacesTest, IdsThatCannotBeReadAreNotFree) {
  for (const char* uid : {"a", "b"}) Pod(uid);
  std::filesystem::create_directories(layout_.UserNamespace("a"));  // what no user can read as a file
  const auto range = namespaces_.Claim(layout_, "b");
  ASSERT_FALSE(range.ok());
  EXPECT_NE(range.error().message.find(layout_.UserNamespace("a")), std::string::npos) << range.error().message;
  EXPECT_FALSE(std::filesystem::exists(layout_.UserNamespace("b")));
  std::filesystem::remove(layout_.UserNamespace("a"));
  std::ofstream(layout_.Pods() + "/stray") << "no pod's directory\n";
  EXPECT_EQ(Claim("b"), 65536U);
}

}  // namespace
}  // namespace ordinal::podsync
