// Files of the store that are exchanged for others: nothing is acknowledged that goes nowhere, nothing is lost in
// silence.
#include <gmock/gmock.h>

#include "agent/store/sqlite/disk_trouble.h"
#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SqliteReplacedTest : public SqliteFixture {
 protected:
  void SetUp() override {
    Open();
    Create(Pod("a", 1));
  }
  /// Copies of store.db, its log and its mark, as they are now.
  void CopyAll() {
    for (const char* suffix : {"", "-wal", ".mark"})
      fs::copy_file(Path() + suffix, copies_ / ("copy" + std::string(suffix)));
  }
  void PutCopiesBack() {
    for (const char* suffix : {"", "-wal", ".mark"}) {
      fs::rename(copies_ / ("copy" + std::string(suffix)), Path() + suffix);
    }
  }
  void ExpectRefused(const std::string& name) {
    const auto refused = Run(store_->Create(Pod(name, 1)));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(refused.error().reason, kFileReplaced);
    EXPECT_THAT(refused.error().message, HasSubstr(Path()));
    EXPECT_TRUE(store_->Failure().has_value());
  }

  fakes::ScratchDirectory copies_;
};

TEST_F(SqliteReplacedTest, NothingIsAcknowledgedThatGoesIntoAFileWithoutAName) {
  for (const char* suffix : {"", "-wal"}) {
    SCOPED_TRACE(suffix);
    const std::string path = Path() + suffix;
    fs::rename(path, path + "-away");
    ExpectRefused("b");
    fs::copy_file(path + "-away", path);
    ExpectRefused("b");
    // Put back, it goes on by itself.
    fs::rename(path + "-away", path);
    EXPECT_TRUE(Run(store_->Probe()).ok());
    EXPECT_FALSE(store_->Failure().has_value());
  }
  Create(Pod("b", 2));
  Reopen();
  EXPECT_EQ(Value("a"), 1);
  EXPECT_EQ(Value("b"), 2);
}

TEST_F(SqliteReplacedTest, WhatWasAcknowledgedBeforeIsInABackup) {
  for (const char* suffix : {"", "-wal"}) fs::remove(Path() + suffix);
  ExpectRefused("b");
  fs::copy_file(Path() + ".backup", copies_ / "store.db");
  store_.reset();
  options_.directory = copies_.path();
  Open();
  EXPECT_EQ(Value("a"), 1);
}

TEST_F(SqliteReplacedTest, OlderCopiesOfAllFilesAreNoticedByTheBackup) {
  CopyAll();
  Create(Pod("b", 2));
  store_.reset();
  OpenWithBackup();
  PutCopiesBack();
  const auto refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("revision 2 was acknowledged"));
  // Who means it removes the mark.
  fs::remove(Path() + ".mark");
  Open();
  EXPECT_EQ(Value("a"), 1);
  EXPECT_EQ(Value("b"), -1);
}

}  // namespace
}  // namespace ordinal::store
