// What the CRI contract suites run on: the fake runtime, or a containerd of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/random.h"
#include "cri/grpc/events.h"
#include "cri/grpc/grpc_runtime.h"
#include "cri/grpc/grpc_streaming.h"
#include "cri/images/importer.h"
#include "tests/contract/private_containerd.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/image_tarball.h"
#include "tests/fakes/run_task.h"

namespace ordinal {

class CriSubject {
 public:
  virtual ~CriSubject() = default;
  virtual cri::Runtime& runtime() = 0;
  virtual cri::EventSource& events() = 0;
  virtual cri::Streaming& streaming() = 0;
  virtual cri::Stats& stats() = 0;

  asio::io_context& io() { return io_; }
  Clock& clock() { return clock_; }

  template <class T>
  T Do(Task<T> task) {
    return RunTask(io_, std::move(task));
  }

  /// In every subject: an image with /bin/sh.
  static constexpr char kImage[] = "docker.io/library/test-busybox:1";

 protected:
  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
};

/// The fake, with the behaviour of the commands that the suites use scripted by the container's name.
class FakeSubject final : public CriSubject {
 public:
  FakeSubject() : runtime_(clock_, io_.get_executor()) {
    runtime_.AddImage(kImage);
    fakes::FakeRuntime::Behaviour exits;
    exits.exits_with = 3;
    runtime_.Script("exits-3", exits);
    exits.exits_with = 0;
    runtime_.Script("exits-0", exits);
    fakes::FakeRuntime::Behaviour missing;
    missing.refuses_to_start = true;
    runtime_.Script("no-such-command", missing);
    fakes::FakeRuntime::Behaviour stubborn;
    stubborn.stop_takes = std::chrono::hours(1);
    runtime_.Script("stubborn", stubborn);
    fakes::FakeRuntime::Behaviour obedient;
    obedient.stopped_with = 7;
    runtime_.Script("obedient", obedient);
    runtime_.OnExec([](const cri::Container&, const std::vector<std::string>& command) -> Result<cri::ExecResult> {
      return command.back() == "echo out; echo err >&2; exit 4" ? cri::ExecResult{"out\n", "err\n", 4}
                                                                : cri::ExecResult();
    });
  }
  cri::Runtime& runtime() override { return runtime_; }
  cri::EventSource& events() override { return runtime_.events(); }
  cri::Streaming& streaming() override { return runtime_; }
  cri::Stats& stats() override { return runtime_; }

 private:
  fakes::FakeRuntime runtime_;
};

/// containerd, with the built-in sandbox image and busybox imported the way the agent does it.
class ContainerdSubject final : public CriSubject {
 public:
  ContainerdSubject()
      : connection_(std::make_shared<cri::Connection>(containerd_.endpoint())),
        runtime_(cri::MakeGrpcRuntime(connection_)),
        streaming_(cri::MakeGrpcStreaming(connection_)),
        stats_(cri::MakeGrpcStats(connection_)),
        events_(cri::MakeContainerdEvents(io_.get_executor(), connection_, clock_)),
        importer_(connection_, pool_, clock_, random_) {
    AwaitInitialized();
    Require(Do(importer_.ImportPause(PrivateContainerd::kSandboxImage)));
    const std::string tarball = containerd_.path("busybox.tar");
    fakes::WriteFile(tarball, fakes::Tar(fakes::OciFiles(fakes::BusyboxImage(kImage))));
    Require(Do(importer_.ImportFile(tarball)));
  }

  cri::Runtime& runtime() override { return *runtime_; }
  cri::ContainerdEvents& events() override { return *events_; }
  cri::Streaming& streaming() override { return *streaming_; }
  cri::Stats& stats() override { return *stats_; }
  cri::ImageImporter& importer() { return importer_; }
  PrivateContainerd& containerd() { return containerd_; }
  const std::shared_ptr<cri::Connection>& connection() const { return connection_; }

 private:
  /// containerd 2.x answers before its CRI is initialized.
  void AwaitInitialized() {
    const SteadyTime deadline = clock_.Steady() + std::chrono::seconds(20);
    while (!Do(runtime_->GetStatus()).ok() && clock_.Steady() < deadline) {
      RunTask(io_, Sleep(clock_, std::chrono::milliseconds(20)));
    }
  }

  template <class R>
  static void Require(const R& result) {
    if (!result.ok()) throw std::runtime_error(result.error().message);
  }

  PrivateContainerd containerd_;
  BlockingPool pool_{1};
  SystemRandom random_;
  std::shared_ptr<cri::Connection> connection_;
  std::unique_ptr<cri::Runtime> runtime_;
  std::unique_ptr<cri::Streaming> streaming_;
  std::unique_ptr<cri::Stats> stats_;
  std::unique_ptr<cri::ContainerdEvents> events_;
  cri::ImageImporter importer_;
};

/// What a suite is run on, with the reason why it cannot be had here.
struct CriImplementation {
  const char* name;
  std::function<std::string()> missing;
  std::function<std::unique_ptr<CriSubject>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const CriImplementation& implementation) {
  return out << implementation.name;
}

inline std::vector<CriImplementation> CriImplementations() {
  return {{"fake", [] { return std::string(); }, [] { return std::make_unique<FakeSubject>(); }},
          {"containerd", &PrivateContainerd::Missing, [] { return std::make_unique<ContainerdSubject>(); }}};
}

/// The base of the suites that every implementation passes.
class CriContract : public ::testing::TestWithParam<CriImplementation> {
 protected:
  void SetUp() override {
    if (const std::string missing = GetParam().missing(); !missing.empty()) GTEST_SKIP() << missing;
    subject_ = GetParam().make();
  }

  std::unique_ptr<CriSubject> subject_;
};

}  // namespace ordinal
