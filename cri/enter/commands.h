// Commands in running containers without the runtime's help: a process of the container is made by the agent itself,
// the way `runc exec` makes it, in a fraction of the time. Whatever a container has that is not known here is left to
// the runtime.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/task.h"
#include "cri/runtime.h"

namespace ordinal::cri {

struct Entrance;

class Commands {
 public:
  /// What the runtime tells of a container beside its status: info["info"] of a verbose ContainerStatus.
  using Info = std::function<Task<Result<std::string>>(std::string id)>;

  /// All of it outlives the commands.
  struct Parts {
    Clock& clock;
    BlockingPool& pool;
    Runtime& runtime;
    Info info;
    std::string cgroup_root = "/sys/fs/cgroup";
  };
  explicit Commands(Parts parts);
  ~Commands();
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  /// Runs `command` in the container and returns when its process has ended, whatever that leaves running. Its output,
  /// both streams in the order of their writing, is kept up to kMostOutput bytes. `timeout` after its beginning the
  /// process is killed: kDeadlineExceeded. It is killed too when the caller is cancelled, or the agent ends. One that
  /// cannot be killed is not waited for, and until it is gone no other command is begun in its container: kInternal.
  /// Control thread; other errors as of Runtime::ExecSync.
  Task<Result<ExecResult>> Run(std::string id, std::vector<std::string> command, std::chrono::seconds timeout);

  /// Sends `signal` to the container's first process. kNotFound when that has ended; kNotSupported for a container
  /// whose processes only the runtime can reach. Control thread; other errors as of Info.
  Task<Status> Signal(std::string id, int signal);

  static constexpr size_t kMostOutput = 10 * 1024;

 private:
  struct Process;
  Task<Result<std::shared_ptr<Entrance>>> EntranceOf(std::string id);
  Task<Result<ExecResult>> RunIn(std::shared_ptr<Entrance> entrance, std::vector<std::string> command,
                                 std::chrono::seconds timeout);
  Task<void> ReadReports(std::shared_ptr<Process> process, std::chrono::seconds timeout);
  void EndCommand(const std::shared_ptr<Process>& process);
  static Task<void> AwaitEnd(std::shared_ptr<Process> process, std::shared_ptr<Entrance> entrance);
  static Task<void> ReadOutput(std::shared_ptr<Process> process);

  const Parts parts_;
  std::map<std::string, std::shared_ptr<Entrance>> entrances_;  ///< by container id
  std::set<std::string> by_runtime_;                            ///< containers that only the runtime can enter
};

}  // namespace ordinal::cri
