#include "cri/grpc/completions.h"

namespace ordinal::cri {

Completions::Completions() {
  thread_ = std::thread([this] {
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) static_cast<Completion*>(tag)->Done(ok);
  });
}

Completions::~Completions() {
  queue_.Shutdown();
  thread_.join();
}

}  // namespace ordinal::cri
