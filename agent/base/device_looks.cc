#include "agent/base/device_looks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/kept_mounts.h"
#include "agent/base/log.h"
#include "agent/base/mountinfo.h"
#include "agent/base/signal.h"

namespace ordinal {

/// What one caller waits for.
struct DeviceLooks::Round {
  explicit Round(const Executor& executor) : wake(executor) {}
  Signal wake;
  bool over = false, late = false;  // control thread
  // Under the mutex of State:
  size_t pending = 1;  ///< looks, and the reading of mounts
  bool given_up = false;
  std::function<void()> done;
};

struct DeviceLooks::State : std::enable_shared_from_this<State> {
  struct Job {
    std::shared_ptr<Round> round;
    std::function<void()> look;
  };
  struct Device {
    std::deque<Job> waiting;
    std::shared_ptr<Round> at;  ///< whose look goes on; null: no thread is here
  };

  bool Hangs(const Device& device) const { return device.at && device.at->given_up; }

  size_t Hanging() {
    const std::lock_guard lock(mutex);
    return static_cast<size_t>(
        std::count_if(devices.begin(), devices.end(), [this](const auto& each) { return Hangs(each.second); }));
  }

  /// One of its looks is over. Under the mutex.
  static void Over(Round& round) {
    if (--round.pending > 0 || !round.done) return;
    Say(CaughtCall(std::exchange(round.done, nullptr)));  // who is not told waits for kPatience
  }

  /// An exception that leaves a thread is the end of the process.
  static void Say(const Status& looked) {
    if (looked.ok()) return;
    static_cast<void>(CaughtCall([&looked] { log::Warning("looking at a disk: {}", looked.error().message); }));
  }

  /// On a thread: sorts the looks by device and has threads come where none is.
  void Sort(const std::shared_ptr<Round>& round, std::vector<Look>& looks, const std::function<std::string()>& mounts,
            asio::thread_pool& threads) {
    Say(CaughtCall([&] {
      const MountedDevices devices_of(mounts());
      const std::lock_guard lock(mutex);
      for (Look& look : looks) Queue(round, devices_of.Of(look.path), std::move(look.look), threads);
    }));
    const std::lock_guard lock(mutex);
    Over(*round);
  }

  /// Under the mutex. A device to which no thread comes is left out.
  void Queue(const std::shared_ptr<Round>& round, const std::string& name, std::function<void()> look,
             asio::thread_pool& threads) {
    Device& device = devices[name];
    if (Hangs(device)) return;
    device.waiting.push_back({round, std::move(look)});
    ++round->pending;
    if (device.at) return;
    device.at = round;
    const Status posted =
        CaughtCall([&] { asio::post(threads, [self = shared_from_this(), name] { self->Work(name); }); });
    if (posted.ok()) return;
    --round->pending;
    devices.erase(name);
    Say(posted);
  }

  /// On a thread: looks at one device as long as there is something to look for.
  void Work(const std::string& name) {
    std::unique_lock lock(mutex);
    Device& device = devices[name];
    while (!device.waiting.empty()) {
      Job job = std::move(device.waiting.front());
      device.waiting.pop_front();
      if (!job.round->given_up) {
        device.at = job.round;
        lock.unlock();
        Say(CaughtCall(job.look));
        job.look = nullptr;
        lock.lock();
      }
      Over(*job.round);
    }
    devices.erase(name);
  }

  std::mutex mutex;
  std::map<std::string, Device> devices;
};

DeviceLooks::DeviceLooks(Clock& clock, std::function<std::string()> mounts)
    : clock_(clock), mounts_(std::move(mounts)), state_(std::make_shared<State>()) {}

DeviceLooks::~DeviceLooks() {
  // A thread that hangs cannot be waited for: it ends with the process.
  if (state_->Hanging() > 0) static_cast<void>(threads_.release());
}

std::string DeviceLooks::MountsOfThisProcess() {
  static KeptMounts mounts("/proc/self/mountinfo");
  return mounts.Read();
}

void DeviceLooks::GiveUp(Round& round) {
  std::vector<std::string> hanging;
  {
    const std::lock_guard lock(state_->mutex);
    round.given_up = true;
    round.done = nullptr;
    for (const auto& [name, device] : state_->devices) {
      if (device.at.get() == &round) hanging.push_back(name);
    }
  }
  if (hanging.empty()) return;  // it waited behind another one
  log::Warning("figures of disks: no answer of device {}; its figures are left out until it answers",
               fmt::join(hanging, ", "));
}

Task<void> DeviceLooks::Run(std::vector<Look> looks) {
  if (looks.empty() || state_->Hanging() >= kThreads) co_return;
  const Executor executor = co_await asio::this_coro::executor;
  // The loop has something to wait for while the threads work.
  const auto held = asio::prefer(executor, asio::execution::outstanding_work.tracked);
  if (!threads_) threads_ = std::make_unique<asio::thread_pool>(kThreads);
  const auto round = std::make_shared<Round>(executor);
  round->done = [round, held] {
    asio::post(held, [round] {
      round->over = true;
      round->wake.Notify();
    });
  };
  const TimerHandle timer = clock_.After(kPatience, [round] {
    round->late = true;
    round->wake.Notify();
  });
  asio::post(*threads_, [state = state_, round, looks = std::move(looks), mounts = mounts_,
                         threads = threads_.get()]() mutable { state->Sort(round, looks, mounts, *threads); });
  while (!round->over && !round->late) co_await round->wake.Wait();
  if (!round->over) GiveUp(*round);
}

}  // namespace ordinal
