#include "agent/http/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <vector>

#include "agent/base/fd.h"

namespace ordinal::http {
namespace {

constexpr size_t kMost = 1024;  // some 200 bytes each

}  // namespace

void Loop::MakeRoomForDescriptors(size_t count) {
  std::vector<asio::posix::stream_descriptor> all;
  all.reserve(std::min(count, kMost));
  while (all.size() < all.capacity()) {
    Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) return;  // a process with few descriptors has no crowd either
    boost::system::error_code failed;
    all.emplace_back(io_);
    all.back().assign(event.get(), failed);
    if (!failed) event.Release();
  }
}

}  // namespace ordinal::http
