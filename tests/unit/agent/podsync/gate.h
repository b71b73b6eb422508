// Gate: what one agent sees of the runtime. Calls fail in it before or after they had their effect, and an agent that
// "was killed" gets no answer any more, while what runs goes on.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/signal.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

enum class Verdict {
  kPass,
  kFail,        ///< An error, and nothing happened.
  kLoseAnswer,  ///< It happened, but the caller only hears of a deadline.
  kDieBefore,   ///< The agent is killed just before the call …
  kDieAfter,    ///< … or just after it had its effect.
};

class Gate final : public cri::Runtime {
 public:
  /// `judge` is asked about each call that changes something; `after` is called when one had its effect.
  Gate(cri::Runtime& inner, std::function<Verdict(const std::string& call)> judge, std::function<void()> after)
      : inner_(inner), judge_(std::move(judge)), after_(std::move(after)) {}

  void Close() { closed_ = true; }
  bool closed() const { return closed_; }

  Task<Result<cri::Version>> GetVersion() override { return Read(inner_.GetVersion()); }
  Task<Result<cri::RuntimeStatus>> GetStatus() override { return Read(inner_.GetStatus()); }
  Task<Result<std::string>> RunSandbox(cri::SandboxConfig config) override {
    return Change("RunSandbox", inner_.RunSandbox(std::move(config)));
  }
  Task<Status> StopSandbox(std::string id) override { return Change("StopSandbox", inner_.StopSandbox(std::move(id))); }
  Task<Status> RemoveSandbox(std::string id) override {
    return Change("RemoveSandbox", inner_.RemoveSandbox(std::move(id)));
  }
  Task<Result<cri::Sandbox>> SandboxStatus(std::string id) override {
    return Read(inner_.SandboxStatus(std::move(id)));
  }
  Task<Result<std::vector<cri::Sandbox>>> ListSandboxes(cri::SandboxFilter filter) override {
    return Read(inner_.ListSandboxes(std::move(filter)));
  }
  Task<Result<std::string>> CreateContainer(std::string sandbox_id, cri::ContainerConfig config,
                                            cri::SandboxConfig sandbox) override {
    return Change("CreateContainer",
                  inner_.CreateContainer(std::move(sandbox_id), std::move(config), std::move(sandbox)));
  }
  Task<Status> StartContainer(std::string id) override {
    return Change("StartContainer", inner_.StartContainer(std::move(id)));
  }
  Task<Status> StopContainer(std::string id, std::chrono::seconds grace) override {
    return Change("StopContainer", inner_.StopContainer(std::move(id), grace));
  }
  Task<Status> RemoveContainer(std::string id) override {
    return Change("RemoveContainer", inner_.RemoveContainer(std::move(id)));
  }
  Task<Status> UpdateContainer(std::string id, cri::Resources resources) override {
    return Change("UpdateContainer", inner_.UpdateContainer(std::move(id), std::move(resources)));
  }
  Task<Result<cri::Container>> ContainerStatus(std::string id) override {
    return Read(inner_.ContainerStatus(std::move(id)));
  }
  Task<Result<std::vector<cri::Container>>> ListContainers(cri::ContainerFilter filter) override {
    return Read(inner_.ListContainers(std::move(filter)));
  }
  Task<Result<cri::ExecResult>> ExecSync(std::string id, std::vector<std::string> command,
                                         std::chrono::seconds timeout) override {
    return Read(inner_.ExecSync(std::move(id), std::move(command), timeout));
  }
  Task<Status> ReopenContainerLog(std::string id) override { return Read(inner_.ReopenContainerLog(std::move(id))); }
  Task<Result<cri::Image>> ImageStatus(std::string reference) override {
    return Read(inner_.ImageStatus(std::move(reference)));
  }
  Task<Result<std::vector<cri::Image>>> ListImages() override { return Read(inner_.ListImages()); }
  Task<Result<std::string>> PullImage(std::string reference, cri::ImageAuth auth) override {
    return Read(inner_.PullImage(std::move(reference), std::move(auth)));
  }
  Task<Status> RemoveImage(std::string reference) override { return Read(inner_.RemoveImage(std::move(reference))); }
  Task<Result<cri::ImageFilesystem>> ImageFsInfo() override { return Read(inner_.ImageFsInfo()); }

 private:
  /// Suspends for ever when the agent is dead.
  Task<void> Alive() {
    if (!closed_) co_return;
    Signal never(co_await asio::this_coro::executor);
    co_await never.Wait();
  }

  template <class R>
  Task<R> Read(Task<R> call) {
    co_await Alive();
    R result = co_await std::move(call);
    co_await Alive();
    co_return result;
  }

  template <class R>
  Task<R> Change(std::string name, Task<R> call) {
    co_await Alive();
    const Verdict verdict = judge_(name);
    if (verdict == Verdict::kDieBefore) Close();
    co_await Alive();
    if (verdict == Verdict::kFail) co_return MakeError(ErrorCode::kInternal, name + " failed");
    R result = co_await std::move(call);
    after_();
    if (verdict == Verdict::kDieAfter) Close();
    co_await Alive();
    if (verdict == Verdict::kLoseAnswer) co_return MakeError(ErrorCode::kDeadlineExceeded, name + ": no answer");
    co_return result;
  }

  cri::Runtime& inner_;
  std::function<Verdict(const std::string&)> judge_;
  std::function<void()> after_;
  bool closed_ = false;
};

}  // namespace ordinal::podsync
