#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <map>

#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SqliteStoreTest : public SqliteFixture {};

TEST_F(SqliteStoreTest, WhatWasWrittenIsThereAfterAReopen) {
  Open();
  const Object kept = Create(Pod("kept", 1));
  Create(Pod("changed", 1));
  Update(Pod("changed", 2));
  const Object gone = Create(Pod("gone", 1));
  ASSERT_TRUE(Run(store_->Delete(gone.key(), Preconditions())).ok());
  Reopen();
  EXPECT_EQ(Run(store_->Get(kept.key())).value().body(), kept.body());
  EXPECT_EQ(Value("changed"), 2);
  EXPECT_EQ(Value("gone"), -1);
}

TEST_F(SqliteStoreTest, TheFilesOfACleanCloseAreTwoAndPrivate) {
  Open();
  Create(Pod("a", 1));
  ASSERT_TRUE(store_->Close().ok());
  EXPECT_THAT(Files(), ElementsAre("store.db", "store.db.mark"));
  struct stat info {};
  ASSERT_EQ(::stat(Path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(SqliteStoreTest, RevisionsAreNeverUsedTwiceNotEvenAfterDeletions) {
  Open();
  const Object pod = Create(Pod("a", 1));
  const uint64_t deleted = Run(store_->Delete(pod.key(), Preconditions())).value().revision();
  Reopen();
  EXPECT_EQ(Revision(), deleted);
  EXPECT_EQ(Create(Pod("a", 1)).revision(), deleted + 1);
}

TEST_F(SqliteStoreTest, AWatchFromBeforeTheOpenIsExpired) {
  Open();
  const uint64_t before = Create(Pod("a", 1)).revision();
  Update(Pod("a", 2));
  Reopen();
  EXPECT_EQ(Run(store_->StartWatch("Pod", ListOptions(), before)).error().code, ErrorCode::kExpired);
  EXPECT_TRUE(Run(store_->StartWatch("Pod", ListOptions(), Revision())).ok());
}

TEST_F(SqliteStoreTest, VolatileKindsAreKeptInMemoryOnly) {
  options_.volatile_kinds = {"Event"};
  Open();
  Create(Pod("a", 1));
  const Object event = Create(Pod("e", 1, "Event"));
  EXPECT_EQ(Update(Pod("e", 2, "Event")).revision(), event.revision() + 1);
  const uint64_t last = Create(Pod("b", 1)).revision();
  EXPECT_EQ(Value("e", "Event"), 2);
  Reopen();
  EXPECT_EQ(Value("e", "Event"), -1);
  EXPECT_EQ(Value("b"), 1);
  EXPECT_EQ(Revision(), last);
}

TEST_F(SqliteStoreTest, VolatileChangesAreSeenButNotOnDisk) {
  // given changes to values above 100 are not worth a write
  options_.volatile_change = [](const Object&, const Object& now) { return now.body()["spec"]["value"] > 100; };
  Open();
  Create(Pod("a", 1));
  const Object beat = Update(Pod("a", 101));
  auto watch = Run(store_->StartWatch("Pod", ListOptions(), beat.revision() - 1)).value();
  EXPECT_EQ(Run(watch->Next()).value()[0].object.revision(), beat.revision());
  EXPECT_EQ(Value("a"), 101);
  const uint64_t last = Create(Pod("b", 1)).revision();
  Reopen();
  EXPECT_EQ(Value("a"), 1);
  EXPECT_EQ(Value("b"), 1);
  EXPECT_EQ(Revision(), last);
  // when it changes otherwise, all of it is written
  Update(Pod("a", 101));
  Update(Pod("a", 2));
  Reopen();
  EXPECT_EQ(Value("a"), 2);
}

TEST_F(SqliteStoreTest, StoredObjectsAreCompletedInMemoryAndNotWritten) {
  Open();
  const Object old = Create(Pod("old", 1));
  options_.complete = [](Json body) {
    body["spec"]["fallback"] = true;
    return body;
  };
  Reopen();
  const Object completed = Run(store_->Get(old.key())).value();
  EXPECT_EQ(completed.body()["spec"]["fallback"], true);
  EXPECT_EQ(completed.revision(), old.revision());
  // when it is written as it is read, then nothing changes, and the file has what it had
  EXPECT_EQ(Update(completed).revision(), old.revision());
  options_.complete = nullptr;
  Reopen();
  EXPECT_EQ(Run(store_->Get(old.key())).value().body(), old.body());
}

TEST_F(SqliteStoreTest, AKindThatBecomesVolatileLeavesTheFile) {
  Open();
  Create(Pod("e", 1, "Event"));
  options_.volatile_kinds = {"Event"};
  Reopen();
  EXPECT_EQ(Value("e", "Event"), -1);
  options_.volatile_kinds = {};
  Reopen();
  EXPECT_EQ(Value("e", "Event"), -1);
}

TEST_F(SqliteStoreTest, RevisionsOfVolatileWritesAreNotUsedTwiceAfterACrash) {
  options_.volatile_kinds = {"Event"};
  Open();
  Create(Pod("a", 1));
  // given volatile writes that no later commit recorded, and a copy of the files as a crash would leave them
  const uint64_t last = Create(Pod("e", 1, "Event")).revision();
  const fakes::ScratchDirectory crashed;
  std::filesystem::copy(directory_.path(), crashed.path());
  options_.directory = crashed.path();
  Reopen();
  EXPECT_GE(Revision(), last);
  EXPECT_EQ(Value("a"), 1);
}

TEST_F(SqliteStoreTest, OneProcessAtATime) {
  Open();
  const auto second = TryOpen();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
  Create(Pod("a", 1));
  Reopen();
  EXPECT_EQ(Value("a"), 1);
}

TEST_F(SqliteStoreTest, AfterCloseWritesAreUnavailable) {
  Open();
  ASSERT_TRUE(store_->Close().ok());
  EXPECT_EQ(Run(store_->Create(Pod("a", 1))).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(store_->Close().ok());
}

TEST_F(SqliteStoreTest, AWriteUnderWayAtCloseIsWrittenAndAnswered) {
  Open();
  std::optional<Result<Object>> answer;
  asio::co_spawn(
      io_, [&]() -> Task<void> { answer.emplace(co_await store_->Create(Pod("a", 1))); }, [](std::exception_ptr) {});
  io_.run_one();  // the write is decided, not sent
  ASSERT_TRUE(store_->Close().ok());
  ASSERT_TRUE(RunUntil(io_, [&] { return answer.has_value(); }));
  EXPECT_TRUE(answer->ok());
  Reopen();
  EXPECT_EQ(Value("a"), 1);
}

/// While it lives, no file of this process grows past `bytes`: what a full disk does to the log.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit low{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &low);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

TEST_F(SqliteStoreTest, WritesThatFailLeaveMemoryAsTheDiskIs) {
  Open();
  Create(Pod("a", 1));
  const uint64_t before = Revision();
  auto watch = Run(store_->StartWatch("Pod", ListOptions(), before)).value();
  std::map<std::string, Result<Object>> answers;
  {
    const FullDisk full(std::filesystem::file_size(Path() + "-wal"));
    // given writes on top of each other and beside each other, all on their way at once
    const auto start = [&](const std::string& what, Task<Result<Object>> task) {
      const auto run = [](auto& out, std::string name, Task<Result<Object>> inner) -> Task<void> {
        auto answer = co_await std::move(inner);
        out.emplace(name, std::move(answer));
      };
      asio::co_spawn(io_, run(answers, what, std::move(task)), [](std::exception_ptr) {});
    };
    start("update", store_->Update(Pod("a", 2)));
    start("delete on it", store_->Delete({"Pod", "default", "a"}, Preconditions()));
    start("create", store_->Create(Pod("b", 1)));
    start("refused for it", store_->Create(Pod("b", 2)));
    ASSERT_TRUE(RunUntil(io_, [&] { return answers.size() == 4; }));
  }
  for (const auto& [what, answer] : answers) {
    ASSERT_FALSE(answer.ok()) << what;
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << what << ": " << answer.error().message;
  }
  EXPECT_EQ(Value("a"), 1);
  EXPECT_EQ(Value("b"), -1);
  EXPECT_EQ(Revision(), before);
  // then with space again the next write is the next event, and the disk agrees
  const Object next = Update(Pod("a", 3));
  const auto events = Run(watch->Next()).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].object.body(), next.body());
  Reopen();
  EXPECT_EQ(Value("a"), 3);
  EXPECT_EQ(Value("b"), -1);
}

TEST_F(SqliteStoreTest, ALongLogIsMovedIntoTheFile) {
  Open();
  Json body = Pod("a", 0).body();
  body["spec"]["text"] = std::string(200'000, 'x');
  uint64_t longest = 0;
  for (int i = 0; i < 150; ++i) {  // 30 MB in all
    body["spec"]["value"] = i;
    Update(i == 0 ? Create(Object(body)) : Object(body));
    longest = std::max<uint64_t>(longest, std::filesystem::file_size(Path() + "-wal"));
  }
  EXPECT_LT(longest, 10'000'000U);
}

/// Everything that would show a write: name, size and time of each file, and the bytes this process dirtied.
std::map<std::string, std::string> DiskState(const std::string& directory) {
  std::map<std::string, std::string> state;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    struct stat info {};
    ::stat(entry.path().c_str(), &info);
    state[entry.path().filename()] = std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
                                     std::to_string(info.st_mtim.tv_nsec);
  }
  std::ifstream io("/proc/self/io");
  for (std::string line; std::getline(io, line);) {
    if (line.starts_with("write_bytes")) state["io"] = line;
  }
  return state;
}

TEST_F(SqliteStoreTest, NothingIsWrittenButChanges) {
  options_.volatile_kinds = {"Lease"};
  Open();
  const Object pod = Create(Pod("a", 1));
  Create(Pod("l", 0, "Lease"));
  const auto before = DiskState(directory_.path());
  ASSERT_TRUE(before.contains("io"));
  for (int i = 1; i <= 100; ++i) {
    EXPECT_TRUE(Run(store_->Get(pod.key())).ok());
    Revision();
    Update(pod);                                  // equal
    Update(Pod("l", i, "Lease"));                 // volatile
    EXPECT_FALSE(Run(store_->Create(pod)).ok());  // refused
  }
  RunReady(io_);
  EXPECT_EQ(DiskState(directory_.path()), before);
  Update(Pod("a", 2));
  EXPECT_NE(DiskState(directory_.path()), before);
}

TEST_F(SqliteStoreTest, AnOpenAndCloseWithoutChangesWritesNothing) {
  Open();
  Create(Pod("a", 1));
  store_.reset();
  const auto before = DiskState(directory_.path());
  Open();
  store_.reset();
  EXPECT_EQ(DiskState(directory_.path()).at("store.db"), before.at("store.db"));
}

}  // namespace
}  // namespace ordinal::store
