#include "agent/base/whole_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace ordinal {
namespace {

namespace fs = std::filesystem;

class WholeFileTest : public ::testing::Test {
 protected:
  WholeFileTest() { fs::create_directories(directory_); }
  ~WholeFileTest() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return directory_ / name; }
  static std::string Text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  size_t Entries() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }

  const fs::path directory_ = fs::temp_directory_path() / ("ordinal-whole-" + std::to_string(getpid()));
};

TEST_F(WholeFileTest, ReplacesTheFileAndLeavesNoDraft) {
  std::ofstream(Path("file")) << "old";
  for (const bool durable : {false, true}) {
    for (const bool hidden : {false, true}) {
      const std::string text = std::string(100'000, durable ? 'd' : 'n') + (hidden ? "h" : "v");
      ASSERT_TRUE(WriteWhole(Path("file"), text, {.durable = durable, .hidden_draft = hidden}).ok());
      EXPECT_EQ(Text(Path("file")), text);
    }
  }
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(WholeFileTest, GivesTheModeAlsoWhereADraftWasLeft) {
  std::ofstream(Path("file.new")) << "half";
  fs::create_symlink(Path("elsewhere"), Path(".file.new"));
  ASSERT_TRUE(WriteWhole(Path("file"), "text", {.mode = 0600}).ok());
  struct stat facts {};
  ASSERT_EQ(stat(Path("file").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  ASSERT_TRUE(WriteWhole(Path("file"), "more", {.hidden_draft = true}).ok());
  EXPECT_EQ(Text(Path("file")), "more");
  EXPECT_FALSE(fs::exists(Path("elsewhere")));
}

TEST_F(WholeFileTest, AFailureNamesTheFileAndKeepsWhatWasThere) {
  const Status missing = WriteWhole(Path("no/file"), "text");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find(Path("no/file.new")), std::string::npos) << missing.error().message;
  fs::create_directories(Path("taken/full"));
  EXPECT_FALSE(WriteWhole(Path("taken"), "text").ok());
  EXPECT_TRUE(fs::exists(Path("taken/full")));
}

}  // namespace
}  // namespace ordinal
