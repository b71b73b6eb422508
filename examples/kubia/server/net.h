// Sockets with deadlines: everything that waits gives up at a point in time, so no peer can hold a thread.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <string>
#include <string_view>

namespace kubia {

using Deadline = std::chrono::steady_clock::time_point;

inline Deadline In(std::chrono::milliseconds delay) { return std::chrono::steady_clock::now() + delay; }

/// Closes its descriptor when destroyed.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// An IPv4 address and port; false for text that is no address.
bool MakeAddress(const std::string& ip, uint16_t port, sockaddr_in& address);

/// A connected socket of `type` (SOCK_STREAM or SOCK_DGRAM); not ok() when it fails, with errno set.
Fd Connect(int type, const std::string& ip, uint16_t port, Deadline deadline);

/// Waits until `fd` has one of `events` (poll); false at the deadline.
bool WaitFor(int fd, short events, Deadline deadline);

/// Reads what is there, at most `limit` bytes. 0 = end, negative = error or deadline.
ssize_t ReadSome(int fd, char* data, size_t limit, Deadline deadline);

bool WriteAll(int fd, std::string_view data, Deadline deadline);

}  // namespace kubia
