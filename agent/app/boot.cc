#include "agent/app/boot.h"

namespace ordinal {

Task<void> Boot::Run() {
  while (at_ < steps_.size()) {
    co_await steps_[at_].run();
    ++at_;
  }
}

const std::string& Boot::waiting_for() const {
  static const std::string kNothing;
  return at_ < steps_.size() ? steps_[at_].name : kNothing;
}

}  // namespace ordinal
