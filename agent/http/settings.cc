#include "agent/http/settings.h"

#include <algorithm>

namespace ordinal::http {
namespace {

constexpr uint64_t kReserved = 256;  // the store, DNS, the runtime, log files, the command socket

}  // namespace

Limits WithinDescriptors(Limits limits, uint64_t descriptors) {
  const uint64_t free = descriptors > kReserved ? descriptors - kReserved : 0;
  const uint64_t wanted = limits.Descriptors();
  if (wanted <= free) return limits;
  const auto share = [&](size_t places) {
    return std::max(
        static_cast<size_t>(static_cast<double>(places) * static_cast<double>(free) / static_cast<double>(wanted)),
        size_t{8});
  };
  limits.silent = share(limits.silent);
  limits.strangers = share(limits.strangers);
  limits.connections = share(limits.connections);
  limits.streams = share(limits.streams);
  limits.reader_streams = share(limits.reader_streams);
  limits.user_streams = share(limits.user_streams);
  limits.user_connections = share(limits.user_connections);
  return limits;
}

}  // namespace ordinal::http
