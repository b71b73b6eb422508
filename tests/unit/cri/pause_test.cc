#include "cri/pause/pause_image.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "cri/images/digest.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::cri {
namespace {

constexpr std::chrono::seconds kDeadline{10};

template <class Condition>
bool WaitFor(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// The program, running; killed and collected at the end.
class RunningPause {
 public:
  explicit RunningPause(const std::string& path) {
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      // A child of its own, which it does not know of, as an orphan would be.
      const pid_t orphan = ::fork();
      if (orphan == 0) {
        ::close(ready[0]);
        ::close(ready[1]);
        ::pause();
        ::_exit(0);
      }
      [[maybe_unused]] const ssize_t written = ::write(ready[1], &orphan, sizeof(orphan));
      ::execl(path.c_str(), path.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ready[1]);
    if (::read(ready[0], &orphan_, sizeof(orphan_)) != sizeof(orphan_)) std::abort();
    // The pipe's other end closes with the exec.
    char byte;
    while (::read(ready[0], &byte, 1) > 0) {
    }
    ::close(ready[0]);
  }
  ~RunningPause() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::kill(orphan_, SIGKILL);
  }

  /// The exit status after `signal`; -1 when it does not end.
  int EndWith(int signal) {
    int status = 0;
    WaitUntilItWaits();
    ::kill(pid_, signal);
    if (!WaitFor([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) return -1;
    pid_ = -1;
    return status;
  }

  /// Until it sleeps; there is only one thing it sleeps in.
  void WaitUntilItWaits() const {
    EXPECT_TRUE(WaitFor([&] {
      const std::string status = fakes::ReadFile("/proc/" + std::to_string(pid_) + "/status");
      return status.starts_with("Name:\tpause\n") && status.find("State:\tS") != std::string::npos;
    }));
  }

  pid_t orphan() const { return orphan_; }

 private:
  pid_t pid_ = -1;
  pid_t orphan_ = -1;
};

class Pause : public ::testing::Test {
 protected:
  Pause() {
    fakes::WriteFile(path_, std::string(PauseProgram()));
    ::chmod(path_.c_str(), 0755);
  }
  fakes::ScratchDirectory scratch_;
  std::string path_ = scratch_ / "pause";
};

TEST_F(Pause, IsAFewKilobytesAndNeedsNothing) {
  EXPECT_EQ(PauseProgram().substr(0, 4),
            "\x7F"
            "ELF");
  EXPECT_LT(PauseProgram().size(), 8192U);
  EXPECT_EQ(PauseProgram().find("ld-linux"), std::string_view::npos) << "no dynamic loader";
}

TEST_F(Pause, EndsWithZeroOnTermAndInt) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const int status = RunningPause(path_).EndWith(signal);
    EXPECT_TRUE(WIFEXITED(status)) << signal;
    EXPECT_EQ(WEXITSTATUS(status), 0) << signal;
  }
}

TEST_F(Pause, ReapsWhatWasOrphanedIntoIt) {
  RunningPause pause(path_);
  pause.WaitUntilItWaits();
  ::kill(pause.orphan(), SIGKILL);
  // A zombie still has its /proc entry; only a reaped process has none.
  EXPECT_TRUE(WaitFor([&] { return ::access(("/proc/" + std::to_string(pause.orphan())).c_str(), F_OK) != 0; }));
}

TEST_F(Pause, ImageIsTheSameEveryTimeAndComplete) {
  const ImagePlan plan = MakePauseImage("ordinal.test/pause:1");
  EXPECT_EQ(plan.images.at(0).digest, MakePauseImage("other:1").images.at(0).digest);
  EXPECT_EQ(plan.images.at(0).name, "ordinal.test/pause:1");
  ASSERT_EQ(plan.blobs.size(), 3U);
  for (const auto& [digest, blob] : plan.blobs) {
    EXPECT_EQ(DigestOf(blob.bytes), digest);
    EXPECT_EQ(blob.bytes.size(), blob.size);
  }
  const auto manifest = nlohmann::json::parse(plan.blobs.at(plan.images[0].digest).bytes);
  const auto config = nlohmann::json::parse(plan.blobs.at(manifest["config"]["digest"]).bytes);
  EXPECT_EQ(config["config"]["Entrypoint"], nlohmann::json::array({"/pause"}));
  EXPECT_EQ(config["rootfs"]["diff_ids"][0], manifest["layers"][0]["digest"]);
}

}  // namespace
}  // namespace ordinal::cri
