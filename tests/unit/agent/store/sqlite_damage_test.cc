// Damaged, missing, old and new files: never an empty store in silence.
#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "agent/store/sqlite/schema.h"
#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

class SqliteDamageTest : public SqliteFixture {
 protected:
  void Overwrite(uint64_t offset, const std::string& bytes) {
    std::fstream file(Path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    file << bytes;
  }
  Error OpenError() {
    auto opened = TryOpen();
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? Error() : opened.error();
  }
};

TEST_F(SqliteDamageTest, ADamagedStoreIsSetAsideAndTheCureNamed) {
  struct Case {
    const char* what;
    std::function<void()> damage;
  };
  const std::vector<Case> cases = {
      {"not a database", [&] { Overwrite(0, std::string(4096, 'x')); }},
      {"cut short", [&] { fs::resize_file(Path(), fs::file_size(Path()) / 2); }},
      {"emptied", [&] { fs::resize_file(Path(), 0); }},
      {"a page overwritten", [&] { Overwrite(8192, std::string(4096, '\xee')); }},
      {"not JSON", [&] { Sql("UPDATE objects SET body = '{\"kind\"' WHERE name = 'a7'"); }},
      {"another object's document", [&] { Sql("UPDATE objects SET name = 'b' WHERE name = 'a7'"); }},
      {"another revision's document", [&] { Sql("UPDATE objects SET revision = 1 WHERE name = 'a7'"); }},
      {"counter behind the objects", [&] { Sql("UPDATE counter SET reserved = 3"); }},
  };
  for (const Case& c : cases) {
    // given a store of 100 objects with a backup, damaged
    Open();
    for (int i = 0; i < 100; ++i) Create(Pod("a" + std::to_string(i), i));
    store_.reset();
    OpenWithBackup();
    fs::last_write_time(Path() + ".backup",
                        fs::file_time_type::clock::from_sys(options_.now - std::chrono::minutes(3)));
    c.damage();
    // when it is opened, then the error says where it went and what to do
    const Error error = OpenError();
    EXPECT_EQ(error.code, ErrorCode::kInternal) << c.what;
    EXPECT_THAT(error.message, AllOf(HasSubstr("store.db.damaged-2026-01-01T000000Z"),
                                     HasSubstr("ends at revision 100 and is 3 min old"),
                                     HasSubstr("cp -p " + Path() + ".backup " + Path())))
        << c.what;
    EXPECT_THAT(Files(), Contains("store.db.damaged-2026-01-01T000000Z")) << c.what;
    // when it is only started again, then it refuses again rather than start empty
    EXPECT_EQ(OpenError().code, ErrorCode::kFailedPrecondition) << c.what;
    // when the cure is followed, then the objects are back
    fs::copy_file(Path() + ".backup", Path());
    Open();
    EXPECT_EQ(Value("a99"), 99) << c.what;
    store_.reset();
    for (const std::string& name : Files()) fs::remove(directory_ / name);
  }
}

TEST_F(SqliteDamageTest, StartingEmptyIsOneMoveAway) {
  Open();
  Create(Pod("a", 1));
  store_.reset();
  OpenWithBackup();
  Overwrite(0, std::string(4096, 'x'));
  OpenError();
  for (const std::string& name : Files()) fs::remove(directory_ / name);
  Open();
  EXPECT_EQ(Value("a"), -1);
}

TEST_F(SqliteDamageTest, AMissingStoreWithABackupIsNotAnEmptyOne) {
  Open();
  Create(Pod("a", 1));
  store_.reset();
  OpenWithBackup();
  fs::remove(Path());
  EXPECT_THAT(OpenError().message, AllOf(HasSubstr("is missing"), HasSubstr("store.db.backup")));
}

TEST_F(SqliteDamageTest, TheBackupIsRenewedOnlyAfterChanges) {
  Open();
  Create(Pod("a", 1));
  store_.reset();
  OpenWithBackup();
  const auto made = fs::last_write_time(Path() + ".backup");
  OpenWithBackup();
  Open();
  store_.reset();
  EXPECT_EQ(fs::last_write_time(Path() + ".backup"), made);
  Open();
  Update(Pod("a", 2));
  store_.reset();
  OpenWithBackup();
  EXPECT_GT(fs::last_write_time(Path() + ".backup"), made);
  EXPECT_EQ(fs::status(Path() + ".backup").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(Files(), ElementsAre("store.db", "store.db.backup", "store.db.backup.1", "store.db.mark"));
}

TEST_F(SqliteDamageTest, AFileOfANewerVersionIsLeftAlone) {
  Open();
  Create(Pod("a", 1));
  store_.reset();
  Sql("PRAGMA user_version = 99");
  const Error error = OpenError();
  EXPECT_EQ(error.code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(error.message, HasSubstr("version 99"));
  EXPECT_THAT(Files(), ElementsAre("store.db", "store.db.mark"));
}

TEST_F(SqliteDamageTest, AFileOfVersion1IsTakenOver) {
  // tests/data/store/v1.db was written by the first version: ReplicaSet kubia at revision 1, Pod kubia-0 at 5 (its
  // third write), and a Pod kubia-1 created at 3 and deleted at 4.
  fs::copy_file(std::string(ORDINAL_TEST_DATA) + "/store/v1.db", Path());
  Open();
  EXPECT_EQ(Revision(), 5U);
  EXPECT_EQ(Value("kubia", "ReplicaSet"), 7);
  EXPECT_EQ(Value("kubia-0"), 2);
  EXPECT_EQ(Value("kubia-1"), -1);
  EXPECT_EQ(Run(store_->Get({"Pod", "default", "kubia-0"})).value().revision(), 5U);
  EXPECT_EQ(Update(Pod("kubia-0", 9)).revision(), 6U);
}

TEST_F(SqliteDamageTest, AFileOfVersion2IsTakenOver) {
  // tests/data/store/v2.db was written by the second version: ReplicaSet kubia at revision 1, Pod kubia-0 at 2, and a
  // Pod kubia-1 created at 3 and deleted at 4, the last that was done.
  fs::copy_file(std::string(ORDINAL_TEST_DATA) + "/store/v2.db", Path());
  Open();
  EXPECT_EQ(Revision(), 4U);
  EXPECT_EQ(Value("kubia", "ReplicaSet"), 7);
  EXPECT_EQ(Value("kubia-0"), 2);
  EXPECT_EQ(Value("kubia-1"), -1);
  EXPECT_EQ(Update(Pod("kubia-0", 9)).revision(), 5U);
}

class SchemaTest : public SqliteFixture {
 protected:
  void SetUp() override {
    Open();
    Create(Pod("a", 1));
    store_.reset();
  }
  uint64_t Version(Database& db) { return db.QueryNumber("PRAGMA user_version").value(); }
};

TEST_F(SchemaTest, EachStepIsTakenOnceInOrder) {
  std::vector<UpgradeStep> steps(UpgradeSteps().begin(), UpgradeSteps().end());
  const uint64_t last = steps.back().version;
  steps.push_back({last + 1, "ALTER TABLE objects ADD COLUMN note TEXT NOT NULL DEFAULT 'x';"});
  steps.push_back({last + 2, "UPDATE objects SET note = note || 'y';"});
  auto db = Database::Open(Path());
  ASSERT_TRUE(db.ok());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Upgrade(*db, steps).ok());
    EXPECT_EQ(Version(*db), last + 2);
    EXPECT_EQ(db->QueryText("SELECT note FROM objects").value(), "xy");
  }
}

TEST_F(SchemaTest, AStepThatFailsIsUndone) {
  std::vector<UpgradeStep> steps(UpgradeSteps().begin(), UpgradeSteps().end());
  const uint64_t last = steps.back().version;
  steps.push_back({last + 1, "UPDATE objects SET body = 'lost'; SELECT nonsense FROM nowhere;"});
  auto db = Database::Open(Path());
  ASSERT_TRUE(db.ok());
  const auto upgraded = Upgrade(*db, steps);
  ASSERT_FALSE(upgraded.ok());
  EXPECT_THAT(upgraded.error().message, StartsWith("upgrade to version " + std::to_string(last + 1)));
  EXPECT_EQ(Version(*db), last);
  EXPECT_THAT(db->QueryText("SELECT body FROM objects").value(), StartsWith("{"));
}

}  // namespace
}  // namespace ordinal::store
