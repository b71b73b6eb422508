// The revision mark: what a store lost it says, and it never says so without a reason.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>

#include "agent/store/sqlite/revision_mark.h"
#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class SqliteMarkTest : public SqliteFixture {
 protected:
  /// The files as a kill -9 leaves them now; they are what is opened from here on.
  void Crash() {
    fs::copy(directory_.path(), crashed_.path());
    options_.directory = crashed_.path();
    store_.reset();
  }
  std::string Db() const { return crashed_ / "store.db"; }
  std::string Log() const { return crashed_ / "store.db-wal"; }
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::directory_iterator(crashed_.path())) {
      contents[entry.path().filename()] = fakes::ReadFile(entry.path());
    }
    return contents;
  }

  fakes::ScratchDirectory crashed_;
};

/// 20 objects in the file, 40 changes more in the log.
class SqliteLostLogTest : public SqliteMarkTest {
 protected:
  void SetUp() override {
    Open();
    for (int i = 0; i < 20; ++i) Create(Pod("a" + std::to_string(i), i));
    store_.reset();
    OpenWithBackup();
    Open();
    for (int i = 0; i < 40; ++i) Create(Pod("b" + std::to_string(i), i));
    Crash();
  }
};

TEST_F(SqliteMarkTest, NothingIsMissedWhicheverChangeWasTheLast) {
  // given the states after which the agent was killed: a creation, a change, a removal, and a creation before a removal
  using Step = std::function<void()>;
  const std::vector<Step> steps = {
      [&] { Create(Pod("a", 1)); }, [&] { Update(Pod("a", 2)); },
      [&] { Create(Pod("b", 1)); }, [&] { EXPECT_TRUE(Run(store_->Delete({"Pod", "default", "b"}, {})).ok()); },
      [&] { Update(Pod("a", 3)); }, [&] { EXPECT_TRUE(Run(store_->Delete({"Pod", "default", "a"}, {})).ok()); },
  };
  for (size_t count = 1; count <= steps.size(); ++count) {
    const fakes::ScratchDirectory mine, killed;
    options_.directory = mine.path();
    Open();
    for (size_t i = 0; i < count; ++i) steps[i]();
    fs::copy(mine.path(), killed.path());
    store_.reset();
    options_.directory = killed.path();
    // when they are opened, then no loss is seen and the count goes on
    Open();
    EXPECT_GT(Create(Pod("next", 1)).revision(), count);
    store_.reset();
  }
}

TEST_F(SqliteMarkTest, AKindThatIsKeptInMemoryNowTakesNoRevisionWithIt) {
  Open();
  Create(Pod("a", 1));
  Create(Pod("told", 1, "Event"));
  Crash();
  options_.volatile_kinds = {"Event"};
  for (int start = 0; start < 2; ++start) {
    const auto opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    const fakes::ScratchDirectory killed;
    fs::copy(options_.directory, killed.path(), fs::copy_options::overwrite_existing);
    auto after = options_;
    after.directory = killed.path();
    const auto again = SqliteStore::Open(after, io_.get_executor());
    ASSERT_TRUE(again.ok()) << again.error().message;
  }
}

TEST_F(SqliteLostLogTest, FilesThatWereAllEmptiedAreNoNewStore) {
  for (const auto& entry : fs::directory_iterator(crashed_.path())) {
    if (entry.path().filename().string().starts_with("store.db.backup")) fs::remove(entry.path());
  }
  for (const std::string& path : {Db(), Log(), Db() + ".mark"}) fs::resize_file(path, 0);
  for (int start = 0; start < 2; ++start) {
    const auto opened = TryOpen();
    ASSERT_FALSE(opened.ok()) << "start " << start;
    EXPECT_THAT(opened.error().message, testing::HasSubstr("store.db"));
  }
  // Emptied again beside what was set aside
  std::ofstream(Db()).close();
  EXPECT_FALSE(TryOpen().ok());
}

TEST_F(SqliteLostLogTest, ALogThatIsWholeIsNoReasonToWorry) {
  Open();
  EXPECT_EQ(Value("b39"), 39);
}

TEST_F(SqliteLostLogTest, ALogThatLostAnythingIsSaidAndNothingIsTouched) {
  struct Case {
    const char* what;
    std::function<void()> loss;
    const char* range;
  };
  const auto middle = [&] { return fs::file_size(Log()) / 2; };
  const std::vector<Case> cases = {
      {"gone", [&] { fs::remove(Log()); }, "revisions 21 to 60"},
      {"emptied", [&] { fs::resize_file(Log(), 0); }, "revisions 21 to 60"},
      {"cut", [&] { fs::resize_file(Log(), middle()); }, "to 60 are missing"},
      {"its last byte cut", [&] { fs::resize_file(Log(), fs::file_size(Log()) - 1); }, "revisions 60 to 60"},
      {"head scrambled",
       [&] { std::fstream(Log(), std::ios::in | std::ios::out | std::ios::binary) << std::string(64, 'x'); },
       "revisions 21 to 60"},
      {"middle scrambled",
       [&] {
         std::fstream file(Log(), std::ios::in | std::ios::out | std::ios::binary);
         file.seekp(static_cast<std::streamoff>(middle()));
         file << std::string(64, 'x');
       },
       "to 60 are missing"},
  };
  const auto whole = Contents();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    for (const auto& [name, content] : whole) fakes::WriteFile(crashed_ / name, content);
    c.loss();
    const auto before = Contents();
    // when it is started, twice, then it refuses, says what is missing, and leaves every byte alone
    for (int start = 0; start < 2; ++start) {
      const auto refused = TryOpen();
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code, ErrorCode::kFailedPrecondition);
      EXPECT_THAT(refused.error().message,
                  AllOf(HasSubstr("revision 60 was acknowledged"), HasSubstr(c.range), HasSubstr("Nothing was touched"),
                        HasSubstr("rm " + Db() + ".mark"), HasSubstr("newest good backup, which ends at revision 20")));
      EXPECT_TRUE(Contents() == before) << "a file was changed";
    }
    // when somebody decides for what is there, then it goes on with it
    fs::remove(Db() + ".mark");
    Open();
    EXPECT_EQ(Value("a19"), 19);
    store_.reset();
    Open();
    store_.reset();
  }
}

TEST_F(SqliteLostLogTest, TheCommandForTheBackupWorksAndKeepsWhatWasThere) {
  fs::resize_file(Log(), fs::file_size(Log()) / 2);
  const auto refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  const std::string& message = refused.error().message;
  const size_t start = message.find("mkdir -p ");
  ASSERT_NE(start, std::string::npos) << message;
  const std::string command = message.substr(start, message.find(Db() + ". ", start) + Db().size() - start);
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  Open();
  EXPECT_EQ(Value("a19"), 19);
  EXPECT_EQ(Value("b0"), -1);
  EXPECT_TRUE(fs::exists(crashed_ / "store-aside/store.db-wal"));
}

TEST_F(SqliteLostLogTest, AnOldStoreInTheNewOnesPlaceIsNoticed) {
  fs::copy_file(Db() + ".backup", Db(), fs::copy_options::overwrite_existing);
  fs::remove(Log());
  const auto refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("revisions 21 to 60"));
}

TEST_F(SqliteMarkTest, AStoreEmptiedUnderItsLogKeepsTheLog) {
  Open();
  Create(Pod("a", 1));
  Crash();
  const auto log = fakes::ReadFile(Log());
  fs::resize_file(Db(), 0);
  const auto refused = TryOpen();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(fakes::ReadFile(Db() + ".damaged-2026-01-01T000000Z-wal"), log);
}

TEST_F(SqliteMarkTest, AMarkBehindTheStoreIsAKillBetweenTheTwo) {
  Open();
  Create(Pod("a", 1));
  const std::string behind = fakes::ReadFile(Path() + ".mark");
  Create(Pod("b", 2));
  Crash();
  fakes::WriteFile(Db() + ".mark", behind);
  Open();
  EXPECT_EQ(Value("b"), 2);
}

TEST_F(SqliteMarkTest, NoMarkOrOneThatCannotBeReadIsNoReasonNotToStart) {
  Open();
  Create(Pod("a", 1));
  Crash();
  for (const std::string mark :
       {"none", "", "ordinal revi", "ordinal revision 00000000000000000009 0000000000000000\n"}) {
    SCOPED_TRACE(mark);
    if (mark == "none") {
      fs::remove(Db() + ".mark");
    } else {
      fakes::WriteFile(Db() + ".mark", mark);
    }
    Open();
    EXPECT_EQ(Value("a"), 1);
    store_.reset();
    EXPECT_EQ(RevisionMark::Read(Db() + ".mark").value(), 1U) << "from here on it is known again";
  }
}

TEST_F(SqliteMarkTest, DeletionsVolatileKindsAndReservationsAreNoLoss) {
  options_.volatile_kinds = {"Event"};
  Open();
  const Object pod = Create(Pod("a", 1));
  Create(Pod("e", 1, "Event"));
  ASSERT_TRUE(Run(store_->Delete(pod.key(), Preconditions())).ok());
  Create(Pod("f", 1, "Event"));
  Crash();
  Open();
  EXPECT_EQ(Value("a"), -1);
}

}  // namespace
}  // namespace ordinal::store
