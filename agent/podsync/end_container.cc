#include "agent/podsync/end_container.h"

#include <utility>

namespace ordinal::podsync {

Task<Status> EndContainer(cri::Runtime& runtime, std::string id, std::chrono::seconds grace) {
  const Status stopped = co_await runtime.StopContainer(std::move(id), grace);
  co_return !stopped.ok() && stopped.error().code == ErrorCode::kNotFound ? Status() : stopped;
}

}  // namespace ordinal::podsync
