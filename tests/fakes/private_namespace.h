// Running a test's body in namespaces of its own, so that nothing it mounts or links can outlive it.
#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <thread>

namespace ordinal::fakes {

/// Runs `body` on a thread with new namespaces (CLONE_NEWNS, CLONE_NEWNET). Threads that `body` starts share them.
/// Returns why it was not run, empty when it was: a host that allows no new namespaces skips the test.
inline std::string InPrivateNamespace(int flags, const std::function<void()>& body) {
  std::string refusal;
  std::thread([&] {
    if (::unshare(flags) != 0) {
      refusal = std::string("needs root with CAP_SYS_ADMIN for a private namespace: ") + std::strerror(errno);
      return;
    }
    const bool mounts = (flags & CLONE_NEWNS) != 0;
    if (mounts && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      refusal = std::string("cannot make the private mounts private: ") + std::strerror(errno);
      return;
    }
    body();
  }).join();
  return refusal;
}

}  // namespace ordinal::fakes
