#include "agent/observe/kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>

#include "agent/base/log.h"
#include "agent/observe/cgroup_ids.h"

namespace ordinal::observe {
namespace {

constexpr size_t kLongestRecord = 8192;  // CONSOLE_EXT_LOG_MAX, and what user space writes is shorter
constexpr int kAtOnce = 256;             // records before others have their turn

std::string_view After(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

}  // namespace

std::vector<std::string> OutOfMemory(std::string_view record) {
  // The line's text begins after "<level>,<number>,<time>,<flags>;": what a process writes to the log has a level too,
  // but its facility is not the kernel's, which makes the number 8 or more.
  if (record.size() < 2 || record[0] < '0' || record[0] > '7' || record[1] != ',') return {};
  const std::string_view text = After(record, ";");
  if (!text.starts_with("oom-kill:")) return {};
  std::string_view path = After(text, ",task_memcg=");
  return ContainersIn(path.substr(0, path.find(",task=")));
}

Fd OpenKernelLog() {
  Fd log(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!log) {
    log::Warning("{}: that a container ran out of memory is known from the runtime alone, which may miss it",
                 ErrnoError("open /dev/kmsg", errno).message);
  }
  return log;
}

KernelLog::KernelLog(const Executor& executor, Fd log) : log_(executor) {
  boost::system::error_code failed;
  if (log) log_.assign(log.get(), failed);
  if (log && !failed) log.Release();
}

/// False when there will be nothing more to read.
bool KernelLog::ReadSome() {
  std::array<char, kLongestRecord> record;
  for (int i = 0; i < kAtOnce; ++i) {
    const ssize_t size = ::read(log_.native_handle(), record.data(), record.size());
    if (size == 0) return false;
    if (size < 0 && errno == EAGAIN) return true;
    // EPIPE: records were overwritten before they were read; the next read gives the oldest that is left.
    if (size < 0 && errno != EINTR && errno != EPIPE) return false;
    if (size < 0) continue;
    for (const std::string& id : OutOfMemory({record.data(), static_cast<size_t>(size)})) {
      if (handler_) handler_(id);
    }
  }
  return true;
}

Task<void> KernelLog::Run() {
  boost::system::error_code error;
  while (log_.is_open() && !error) {
    co_await log_.async_wait(asio::posix::stream_descriptor::wait_read,
                             asio::redirect_error(asio::use_awaitable, error));
    if (!error && !ReadSome()) break;
  }
  if (log_.is_open()) log::Warning("the kernel's log is not followed any more");
}

}  // namespace ordinal::observe
