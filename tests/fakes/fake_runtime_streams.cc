// FakeRuntime's cri::Streaming and cri::Stats.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/fakes/fake_runtime.h"

namespace ordinal::fakes {
namespace {

using cri::Container;
using cri::ContainerState;

}  // namespace

Result<std::string> FakeRuntime::AddressFor(const std::string& what, const std::string& container_id) {
  const auto found = containers_.find(container_id);
  if (found == containers_.end()) {
    return MakeError(ErrorCode::kNotFound, fmt::format("container {}: not found", container_id));
  }
  if (found->second.state != ContainerState::kRunning) {
    return MakeError(ErrorCode::kInternal, fmt::format("container {} is not running", container_id));
  }
  return fmt::format("http://127.0.0.1:1/{}/{}", what, found->second.name);
}

Task<Result<std::string>> FakeRuntime::Exec(std::string container_id, std::vector<std::string> command,
                                            cri::StreamOptions options) {
  CO_TRYV(co_await Begin(Call::kExec, fmt::format("Exec {} {}", NameOf(container_id), fmt::join(command, " "))));
  if (options.tty && options.err) co_return MakeError(ErrorCode::kInvalid, "tty and stderr cannot both be true");
  co_return AddressFor("exec", container_id);
}

Task<Result<std::string>> FakeRuntime::Attach(std::string container_id, cri::StreamOptions options) {
  CO_TRYV(co_await Begin(Call::kAttach, fmt::format("Attach {}", NameOf(container_id))));
  if (options.tty && options.err) co_return MakeError(ErrorCode::kInvalid, "tty and stderr cannot both be true");
  co_return AddressFor("attach", container_id);
}

Task<Result<std::string>> FakeRuntime::PortForward(std::string sandbox_id, std::vector<int32_t> ports) {
  CO_TRYV(co_await Begin(Call::kPortForward, fmt::format("PortForward {}", fmt::join(ports, ","))));
  const auto found = sandboxes_.find(sandbox_id);
  if (found == sandboxes_.end()) {
    co_return MakeError(ErrorCode::kNotFound, fmt::format("sandbox {}: not found", sandbox_id));
  }
  if (found->second.state != cri::SandboxState::kReady) {
    co_return MakeError(ErrorCode::kInternal, fmt::format("sandbox {} is not running", sandbox_id));
  }
  co_return fmt::format("http://127.0.0.1:1/portforward/{}", found->second.name);
}

Task<Result<std::vector<cri::ContainerUsage>>> FakeRuntime::ListContainerStats(cri::StringMap labels) {
  CO_TRYV(co_await Begin(Call::kListContainerStats));
  std::vector<cri::ContainerUsage> listed;
  for (const Container* container : Candidates(containers_, labels)) {
    if (container->state != ContainerState::kRunning) continue;
    cri::ContainerUsage usage;
    usage.id = container->id;
    usage.name = container->name;
    usage.attempt = container->attempt;
    usage.labels = container->labels;
    usage.cpu_at = usage.memory_at = clock_.Now();
    if (const auto used = usage_.find(container->name); used != usage_.end()) {
      usage.cpu_nanoseconds = used->second.first;
      usage.working_set = used->second.second;
    }
    if (const auto layer = layers_.find(container->name); layer != layers_.end()) usage.written_bytes = layer->second;
    listed.push_back(std::move(usage));
  }
  co_return listed;
}

}  // namespace ordinal::fakes
