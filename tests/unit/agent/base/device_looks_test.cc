// A device that hangs costs neither the others' figures nor more than a few threads.
#include "agent/base/device_looks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <memory>
#include <mutex>
#include <set>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kMounts[] =
    "1 0 8:0 / / rw - ext4 /dev/sda rw\n"
    "2 1 0:50 / /nfs rw - nfs4 server:/ rw\n"
    "3 1 0:50 /a /pods/a/data rw - nfs4 server:/a rw\n"
    "4 1 8:1 / /data rw - ext4 /dev/sdb rw\n"
    "5 1 0:61 / /x1 rw - nfs4 x:/ rw\n6 1 0:62 / /x2 rw - nfs4 x:/ rw\n7 1 0:63 / /x3 rw - nfs4 x:/ rw\n";

class DeviceLooksTest : public testing::Test {
 protected:
  ~DeviceLooksTest() override { Answer(); }

  /// Nobody answers who is looked for there, until Answer().
  void Hang(const std::string& path) { hanging_.insert(path); }
  void Answer() {
    if (!std::exchange(answered_, true)) gate_.set_value();
  }
  std::vector<DeviceLooks::Look> At(const std::vector<std::string>& paths) {
    std::vector<DeviceLooks::Look> looks;
    for (const std::string& path : paths) {
      std::function<void()> look = [at = at_, path, hangs = hanging_.contains(path), gate = opened_] {
        {
          const std::lock_guard lock(at->mutex);
          at->begun.insert(path);
        }
        if (hangs) gate.wait();
        const std::lock_guard lock(at->mutex);
        at->seen.insert(path);
      };
      looks.push_back({path, std::move(look)});
    }
    return looks;
  }
  /// What was seen by the time that nothing more is waited for. It goes by when `seen` were, and those of `stuck`
  /// began.
  std::set<std::string> Look(const std::vector<std::string>& paths, size_t seen = 0,
                             const std::vector<std::string>& stuck = {}) {
    {
      const std::lock_guard lock(at_->mutex);
      at_->seen.clear();
    }
    bool over = false;
    const auto look = [](Task<void> task, bool& out) -> Task<void> {
      co_await std::move(task);
      out = true;
    };
    Spawn(io_.get_executor(), "look", look(looks_.Run(At(paths)), over));
    const auto stands = [&] {
      asio::post(io_, [] {});  // the other threads say nothing when they have begun
      const std::lock_guard lock(at_->mutex);
      const bool began =
          std::all_of(stuck.begin(), stuck.end(), [&](const auto& path) { return at_->begun.contains(path); });
      return over || (!stuck.empty() && began && at_->seen.size() >= seen && clock_.Pending() > 0);
    };
    EXPECT_TRUE(RunUntil(io_, stands));
    if (!over) clock_.Advance(DeviceLooks::kPatience);
    EXPECT_TRUE(RunUntil(io_, [&] { return over; }));
    const std::lock_guard lock(at_->mutex);
    return at_->seen;
  }
  /// Waits until a thread that has seen something on a device of `path` has also said so: a look that ended just when
  /// nobody waited any more counts as one that hangs until then.
  void Settle(const std::string& path) {
    const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
    while (!Look({path}).contains(path)) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  size_t begun(const std::string& path) {
    const std::lock_guard lock(at_->mutex);
    return at_->begun.count(path);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  std::promise<void> gate_;
  std::shared_future<void> opened_ = gate_.get_future().share();
  bool answered_ = false;
  /// What the looks leave: one that hangs may outlive the test.
  struct Looked {
    std::mutex mutex;
    std::set<std::string> seen;
    std::multiset<std::string> begun;
  };
  const std::shared_ptr<Looked> at_ = std::make_shared<Looked>();
  std::set<std::string> hanging_;
  DeviceLooks looks_{clock_, [] { return std::string(kMounts); }};
};

TEST_F(DeviceLooksTest, ADeviceThatHangsCostsNoOther) {
  Hang("/nfs/one");
  EXPECT_THAT(Look({"/var/lib", "/nfs/one", "/nfs/two", "/data/x"}, 2, {"/nfs/one"}),
              ElementsAre("/data/x", "/var/lib"));
  Settle("/data/settled");
  const SteadyTime before = clock_.Steady();
  EXPECT_THAT(Look({"/nfs/two", "/pods/a/data/x", "/data/x"}), ElementsAre("/data/x"));
  EXPECT_EQ(clock_.Steady(), before) << "nobody waits a second time";
  EXPECT_EQ(begun("/nfs/two"), 0U);
  EXPECT_EQ(begun("/pods/a/data/x"), 0U) << "the same device, mounted elsewhere";
  Answer();
  hanging_.clear();
  Settle("/nfs/two");
  EXPECT_EQ(begun("/nfs/two"), 1U) << "once it answers it is looked at again";
}

TEST_F(DeviceLooksTest, WhenAFewHangNoMoreThreadsAreLost) {
  for (const char* path : {"/nfs/a", "/x1/a", "/x2/a", "/x3/a"}) Hang(path);
  EXPECT_THAT(Look({"/nfs/a", "/x1/a"}, 0, {"/nfs/a", "/x1/a"}), IsEmpty());
  EXPECT_THAT(Look({"/x2/a", "/data/a"}, 1, {"/x2/a"}), ElementsAre("/data/a"));
  Settle("/data/settled");
  EXPECT_THAT(Look({"/x3/a"}, 0, {"/x3/a"}), IsEmpty());
  const SteadyTime before = clock_.Steady();
  EXPECT_THAT(Look({"/data/a"}), IsEmpty()) << "there is no thread left";
  EXPECT_EQ(clock_.Steady(), before) << "which is known at once";
}

TEST_F(DeviceLooksTest, AnExceptionIsTheEndOfOneLook) {
  std::vector<DeviceLooks::Look> looks = At({"/data/a"});
  looks.insert(looks.begin(), {"/data/b", [] { throw std::runtime_error("no memory"); }});
  RunTask(io_, looks_.Run(std::move(looks)));
  EXPECT_THAT(at_->seen, ElementsAre("/data/a"));
}

TEST_F(DeviceLooksTest, WithoutMountsNothingIsLookedAtAndNobodyWaits) {
  DeviceLooks looks(clock_, []() -> std::string { throw std::runtime_error("no memory"); });
  RunTask(io_, looks.Run(At({"/data/a"})));
  EXPECT_THAT(at_->seen, IsEmpty());
}

}  // namespace
}  // namespace ordinal
