// DeviceLooks: looks at file systems that may never answer, as one of a server that is gone. Each device is looked at
// by one thread at a time, different ones side by side:
//
//   /data     look look ✓
//   /nfs      look ……………………………… given up after kPatience; until it returns, nobody looks there again
//   /images   look ✓
//
// So a device that hangs costs the figures of no other, and one thread; when kThreads are lost, nothing is looked at
// until one of them returns. The threads are made when somebody asks. Control thread.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal {

class DeviceLooks {
 public:
  static constexpr size_t kThreads = 4;
  static constexpr Duration kPatience = std::chrono::seconds(5);

  struct Look {
    std::string path;            ///< on the device in question
    std::function<void()> look;  ///< blocks, on another thread; what it refers to lives on, as it may return too late
  };

  /// `mounts` reads the text of a mountinfo: on another thread.
  explicit DeviceLooks(Clock& clock, std::function<std::string()> mounts = MountsOfThisProcess);
  /// Waits for what goes on, but not for a thread that hangs.
  ~DeviceLooks();
  DeviceLooks(const DeviceLooks&) = delete;
  DeviceLooks& operator=(const DeviceLooks&) = delete;

  /// Returns when all are done, or after kPatience; those of devices that hang are left out. An exception of one is
  /// its own end.
  Task<void> Run(std::vector<Look> looks);

  static std::string MountsOfThisProcess();

 private:
  struct State;
  struct Round;
  void GiveUp(Round& round);

  Clock& clock_;
  const std::function<std::string()> mounts_;
  const std::shared_ptr<State> state_;
  std::unique_ptr<asio::thread_pool> threads_;
};

}  // namespace ordinal
