#include "agent/app/exec_addresses.h"

#include <algorithm>
#include <utility>

#include "agent/observe/pod_state.h"

namespace ordinal {
namespace {

using apiserver::streams::ExecAsk;

Task<Result<std::string>> SandboxOf(cri::Runtime& runtime, std::string uid) {
  cri::SandboxFilter filter;
  filter.labels[observe::kPodUidLabel] = uid;
  CO_TRY(std::vector<cri::Sandbox> found, co_await runtime.ListSandboxes(std::move(filter)));
  std::erase_if(found, [](const cri::Sandbox& sandbox) { return sandbox.state != cri::SandboxState::kReady; });
  if (found.empty()) co_return MakeError(ErrorCode::kFailedPrecondition, "the pod has no sandbox that runs");
  const auto newest = std::max_element(
      found.begin(), found.end(), [](const auto& one, const auto& other) { return one.created_at < other.created_at; });
  co_return newest->id;
}

Task<Result<std::string>> AddressFor(cri::Runtime& runtime, cri::Streaming& streaming, ExecAsk ask) {
  if (ask.kind == ExecAsk::Kind::kPortForward) {
    CO_TRY(const std::string sandbox, co_await SandboxOf(runtime, ask.uid));
    co_return co_await streaming.PortForward(sandbox, ask.ports);
  }
  cri::StreamOptions options;
  options.in = ask.in;
  options.out = ask.out;
  options.err = ask.err;
  options.tty = ask.tty;
  if (ask.kind == ExecAsk::Kind::kAttach) co_return co_await streaming.Attach(ask.container_id, options);
  co_return co_await streaming.Exec(ask.container_id, ask.command, options);
}

}  // namespace

apiserver::streams::AskRuntime ExecAddresses(cri::Runtime& runtime, cri::Streaming& streaming) {
  return [&runtime, &streaming](ExecAsk ask) { return AddressFor(runtime, streaming, std::move(ask)); };
}

}  // namespace ordinal
