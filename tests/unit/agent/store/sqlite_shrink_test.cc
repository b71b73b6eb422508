// What the store's files take on the disk after a burst: given back within moments, and once only.
#include <gmock/gmock.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>

#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

constexpr size_t kMiB = 1024 * 1024;

class SqliteShrinkTest : public SqliteFixture {
 protected:
  static Object Large(int number, size_t bytes) {
    Json body = Pod("p" + std::to_string(number), number).body();
    body["spec"]["text"] = std::string(bytes, 'x');
    return Object(std::move(body));
  }

  /// Writes all at once: a few transactions.
  void CreateMany(int count, size_t bytes) {
    int open = count;
    for (int i = 0; i < count; ++i) {
      auto create = [](ObjectStore* store, Object object, int* left) -> Task<void> {
        const auto created = co_await store->Create(std::move(object));
        EXPECT_TRUE(created.ok());
        --*left;
      };
      asio::co_spawn(io_, create(store_.get(), Large(i, bytes), &open), asio::detached);
    }
    ASSERT_TRUE(RunUntil(io_, [&] { return open == 0; }));
  }

  /// Deletes those of `count` that `goes` names.
  void DeleteMany(int count, const std::function<bool(int)>& goes) {
    int open = 0;
    for (int i = 0; i < count; ++i) {
      if (!goes(i)) continue;
      auto remove = [](ObjectStore* store, ObjectKey key, int* left) -> Task<void> {
        const auto removed = co_await store->Delete(std::move(key), Preconditions());
        EXPECT_TRUE(removed.ok());
        --*left;
      };
      ++open;
      asio::co_spawn(io_, remove(store_.get(), Large(i, 0).key(), &open), asio::detached);
    }
    ASSERT_TRUE(RunUntil(io_, [&] { return open == 0; }));
  }

  size_t SizeOf(const std::string& path) const {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path, missing);
    return missing ? 0 : size;
  }
  bool FilesTakeAtMost(size_t bytes) {
    return RunUntil(io_, [&] { return SizeOf(Path()) <= bytes && SizeOf(Path() + "-wal") <= kMiB; });
  }
  /// RunUntil asks after every handler; this gives it some.
  void KeepAsking() {
    auto ask = [](asio::io_context* io) -> Task<void> {
      asio::steady_timer timer(*io);
      while (true) {
        timer.expires_after(std::chrono::milliseconds(20));
        co_await timer.async_wait(asio::use_awaitable);
      }
    };
    asio::co_spawn(io_, ask(&io_), asio::detached);
  }
};

TEST_F(SqliteShrinkTest, ABurstOfObjectsThatAreGoneLeavesNoSpaceBehind) {
  Open();
  KeepAsking();
  CreateMany(4000, 4000);
  DeleteMany(4000, [](int i) { return i >= 10; });
  EXPECT_TRUE(FilesTakeAtMost(4 * kMiB)) << SizeOf(Path()) << " and " << SizeOf(Path() + "-wal");
  EXPECT_EQ(Value("p3"), 3);
  Reopen();
  EXPECT_EQ(Value("p3"), 3);
  EXPECT_EQ(Value("p11"), -1);
}

TEST_F(SqliteShrinkTest, WhatRemainsHereAndThereTakesLessThanTwiceItself) {
  Open();
  KeepAsking();
  constexpr size_t kBytes = 1500;
  CreateMany(12'000, kBytes);
  DeleteMany(12'000, [](int i) { return i % 5 != 0 && i % 7 != 0; });
  const size_t content = (12'000 / 5 + 12'000 / 7 - 12'000 / 35) * kBytes;
  EXPECT_TRUE(FilesTakeAtMost(2 * content + 4 * kMiB)) << SizeOf(Path()) << " and " << SizeOf(Path() + "-wal");
  EXPECT_EQ(Value("p5"), 5);
}

TEST_F(SqliteShrinkTest, AFileOfAnOlderAgentShrinksToo) {
  std::filesystem::copy_file(std::string(ORDINAL_TEST_DATA) + "/store/v1.db", Path());
  Open();
  store_.reset();
  auto db = Database::Open(Path());
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(db->QueryNumber("PRAGMA auto_vacuum").value(), 2U);
  EXPECT_EQ(db->QueryText("PRAGMA integrity_check").value(), "ok");
}

TEST_F(SqliteShrinkTest, OnceTidyNothingIsWritten) {
  Open();
  KeepAsking();
  CreateMany(1000, 4000);
  DeleteMany(1000, [](int) { return true; });
  ASSERT_TRUE(FilesTakeAtMost(kMiB));
  const auto written = std::filesystem::last_write_time(Path());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  EXPECT_FALSE(RunUntil(
      io_, [&] { return std::filesystem::last_write_time(Path()) != written || SizeOf(Path() + "-wal") != 0; },
      std::chrono::milliseconds(1500)));
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
}

}  // namespace
}  // namespace ordinal::store
