// Backups of a store that is in use: made soon after changes, whole, several, and none while nothing changes.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <future>

#include "agent/store/sqlite/backup_maker.h"
#include "agent/store/sqlite/files.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class SqliteBackupTest : public SqliteFixture {
 protected:
  SqliteBackupTest() : files_(directory_.path()) {}

  void OpenAndKeepBackups() {
    Open();
    Spawn(io_.get_executor(), "backups", store_->KeepBackups(clock_));
    RunReady(io_);
  }
  uint64_t BackedUp() { return files_.BackedUp().value_or(0); }
  /// A minute passes, and whatever is made because of it is done.
  bool AMinuteLater(uint64_t revision) {
    clock_.Advance(std::chrono::minutes(1));
    return RunUntil(io_, [&] { return BackedUp() == revision; });
  }
  void Overwrite(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file << std::string(4096, 'x');
  }
  void MakeOlder(const std::string& suffix, std::chrono::minutes by) {
    const std::string path = files_.Backup() + suffix;
    fs::last_write_time(path, fs::last_write_time(path) - by);
  }

  fakes::FakeClock clock_{io_};
  StoreFiles files_;
};

TEST_F(SqliteBackupTest, WhatWasWrittenIsInABackupAMinuteLater) {
  OpenAndKeepBackups();
  for (int i = 0; i < 20; ++i) Create(Pod("a" + std::to_string(i), i));
  EXPECT_FALSE(files_.HasBackup());
  ASSERT_TRUE(AMinuteLater(20));
  struct stat info {};
  ASSERT_EQ(::stat(files_.Backup().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  // and what is changed after it, in the next one
  Update(Pod("a0", 7));
  ASSERT_TRUE(AMinuteLater(21));
}

TEST_F(SqliteBackupTest, NothingIsCopiedWhileNothingChanges) {
  OpenAndKeepBackups();
  Create(Pod("a", 1));
  ASSERT_TRUE(AMinuteLater(1));
  const auto made = fs::last_write_time(files_.Backup());
  for (int i = 0; i < 5; ++i) clock_.Advance(std::chrono::minutes(10));
  EXPECT_EQ(fs::last_write_time(files_.Backup()), made);
  EXPECT_EQ(clock_.Pending(), 0U) << "it does not even look";
}

TEST_F(SqliteBackupTest, ADamagedStoreGoesOnFromABackupOfTheSameRun) {
  // given a store whose objects were all made since the start, and an agent that is killed
  OpenAndKeepBackups();
  for (int i = 0; i < 100; ++i) Create(Pod("a" + std::to_string(i), i));
  ASSERT_TRUE(AMinuteLater(100));
  const fakes::ScratchDirectory crashed;
  fs::copy(directory_.path(), crashed.path());
  options_.directory = crashed.path();
  // when the head of the store is overwritten and no log has it, then the error names the backup
  Overwrite(crashed / "store.db");
  fs::remove(crashed / "store.db-wal");
  const auto refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  const std::string copy = "cp -p " + (crashed / "store.db.backup") + " " + (crashed / "store.db");
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("ends at revision 100"), HasSubstr(copy)));
  // and what it says helps
  ASSERT_EQ(std::system(copy.c_str()), 0);
  Reopen();
  EXPECT_EQ(Value("a99"), 99);
}

TEST_F(SqliteBackupTest, OlderBackupsAreKeptByTheHourAndByTheDay) {
  OpenAndKeepBackups();
  const auto another = [&] { ASSERT_TRUE(AMinuteLater(Update(Pod("a", static_cast<int>(Revision()))).revision())); };
  Create(Pod("a", 0));
  ASSERT_TRUE(AMinuteLater(1));
  another();  // 2: the first becomes the second
  another();  // 3: too soon after it
  std::vector<Backup> backups = files_.GoodBackups();
  ASSERT_EQ(backups.size(), 2U);
  EXPECT_EQ(backups[0].revision, 3U);
  EXPECT_EQ(backups[1].revision, 1U);
  MakeOlder(".1", std::chrono::hours(2));
  another();  // 4
  backups = files_.GoodBackups();
  ASSERT_EQ(backups.size(), 3U);
  EXPECT_EQ(backups[1].revision, 3U);
  EXPECT_EQ(backups[2].revision, 1U);
  MakeOlder(".1", std::chrono::hours(2));
  another();  // 5: the third is not a day older than the second
  EXPECT_EQ(files_.GoodBackups()[2].revision, 1U);
  EXPECT_EQ(files_.GoodBackups()[1].revision, 4U);
  MakeOlder(".2", std::chrono::hours(48));
  MakeOlder(".1", std::chrono::hours(2));
  another();  // 6
  EXPECT_EQ(files_.GoodBackups()[2].revision, 4U);
  EXPECT_EQ(files_.GoodBackups()[1].revision, 5U);
}

TEST_F(SqliteBackupTest, TheAdvicePassesOverABackupThatIsNotWhole) {
  OpenAndKeepBackups();
  Create(Pod("a", 0));
  ASSERT_TRUE(AMinuteLater(1));
  Update(Pod("a", 1));
  ASSERT_TRUE(AMinuteLater(2));
  ASSERT_TRUE(store_->Close().ok());
  Overwrite(files_.Backup());
  Overwrite(Path());
  const auto refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("cp -p " + files_.Backup() + ".1 " + Path()),
                                             HasSubstr("ends at revision 1"), Not(HasSubstr(".backup " + Path()))));
}

TEST_F(SqliteBackupTest, ACopyMadeUnderWritesIsTheStoreAtItsEnd) {
  // given a store of several portions
  auto db = Database::Open(Path());
  ASSERT_TRUE(db.ok());
  ASSERT_TRUE(db->Execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)").ok());
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(db->Execute("INSERT INTO t VALUES(" + std::to_string(i) + ", hex(zeroblob(4000)))").ok());
  }
  ASSERT_TRUE(db->Execute("CREATE TABLE counter(reserved, last); INSERT INTO counter VALUES(0, 7);"
                          "CREATE TABLE objects(revision); PRAGMA user_version = 3")
                  .ok());
  // when it is written between the portions, ahead of the copy and behind it
  BackupMaker maker(files_);
  std::promise<Result<uint64_t>> made;
  maker.Begin(*db, [&](Result<uint64_t> done) { made.set_value(std::move(done)); });
  int portions = 0;
  while (maker.copying()) {
    maker.Step();
    if (!maker.copying()) break;
    ++portions;
    ASSERT_TRUE(db->Execute("UPDATE t SET x = 'new' WHERE id IN (0, 299); UPDATE counter SET last = last + 1").ok());
  }
  const auto done = made.get_future().get();
  ASSERT_TRUE(done.ok()) << done.error().message;
  // then the backup has all of it
  EXPECT_GT(portions, 2);
  EXPECT_EQ(*done, 7U + portions);
  auto copy = Database::OpenAtRest(files_.Backup());
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(copy->QueryNumber("SELECT count(*) FROM t WHERE x = 'new'").value(), 2U);
  EXPECT_EQ(copy->QueryNumber("SELECT count(*) FROM t").value(), 300U);
}

}  // namespace
}  // namespace ordinal::store
