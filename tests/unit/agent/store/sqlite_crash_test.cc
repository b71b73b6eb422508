// kill -9 in the middle of writing: nothing that was acknowledged is lost.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "agent/base/random.h"
#include "tests/unit/agent/store/sqlite_fixture.h"

namespace ordinal::store {
namespace {

constexpr int kRounds = 20;
constexpr size_t kWriters = 4;

struct Ack {
  uint64_t writer, value, revision;
};

std::string NameOf(size_t writer) { return "w" + std::to_string(writer); }

class SqliteCrashTest : public SqliteFixture {
 protected:
  /// The child: several writers at once, each counting up its own object and telling the parent what was
  /// acknowledged. Never returns; the parent kills it.
  [[noreturn]] void WriteForEver(int report) {
    asio::io_context io;
    auto store = SqliteStore::Open(options_, io.get_executor());
    if (!store.ok()) ::_exit(1);
    const auto count = [&](size_t writer) -> Task<void> {
      const ObjectKey key{"Pod", "default", NameOf(writer)};
      auto found = co_await (*store)->Get(key);
      int value = found.ok() ? found->body()["spec"]["value"].get<int>() : 0;
      while (true) {
        const Object wanted = Pod(key.name, ++value);
        auto written = value == 1 ? (*store)->Create(wanted) : (*store)->Update(wanted);
        const auto answer = co_await std::move(written);
        if (!answer.ok()) ::_exit(2);
        const Ack ack{writer, static_cast<uint64_t>(value), answer->revision()};
        if (::write(report, &ack, sizeof ack) != sizeof ack) ::_exit(3);
      }
    };
    for (size_t writer = 0; writer < kWriters; ++writer) asio::co_spawn(io, count(writer), [](std::exception_ptr) {});
    io.run();
    ::_exit(4);
  }

  /// Runs the child until it acknowledged `acks` writes, kills it, and returns all it acknowledged.
  std::vector<Ack> Round(size_t acks) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      WriteForEver(ends[1]);
    }
    ::close(ends[1]);
    std::vector<Ack> seen;
    Ack ack{};
    while (::read(ends[0], &ack, sizeof ack) == sizeof ack) {
      seen.push_back(ack);
      if (seen.size() == acks) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    return seen;
  }
};

TEST_F(SqliteCrashTest, NoAcknowledgedWriteIsLostAndNoRevisionUsedTwice) {
  SeededRandom random(20260101);
  std::array<uint64_t, kWriters> acknowledged{};
  uint64_t revision = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const Ack& ack : Round(1 + random.Next() % 200)) {
      EXPECT_GT(ack.revision, revision) << "round " << round;
      revision = ack.revision;
      acknowledged[ack.writer] = ack.value;
    }
    Open();
    for (size_t writer = 0; writer < kWriters; ++writer) {
      const int found = Value(NameOf(writer));
      // One more may have been committed without its acknowledgement having got out.
      const auto least = static_cast<int>(acknowledged[writer]);
      EXPECT_TRUE(least == 0 || found == least || found == least + 1)
          << "round " << round << ": " << NameOf(writer) << " is " << found << ", acknowledged was " << least;
    }
    EXPECT_GE(Revision(), revision) << "round " << round;
    store_.reset();
  }
}

}  // namespace
}  // namespace ordinal::store
