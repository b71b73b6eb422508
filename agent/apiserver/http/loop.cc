#include "agent/apiserver/http/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <vector>

#include "agent/base/fd.h"

namespace ordinal::apiserver::front {
namespace {

constexpr size_t kDescriptors = 1024;  // some 200 bytes each

}  // namespace

void Loop::MakeRoomForDescriptors() {
  std::vector<asio::posix::stream_descriptor> all;
  all.reserve(kDescriptors);
  for (size_t i = 0; i < kDescriptors; ++i) {
    Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) return;  // a process with few descriptors has no crowd either
    boost::system::error_code failed;
    all.emplace_back(io_);
    all.back().assign(event.get(), failed);
    if (!failed) event.Release();
  }
}

}  // namespace ordinal::apiserver::front
