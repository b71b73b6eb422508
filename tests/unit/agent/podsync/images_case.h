// Images on a runtime without containers, with the clock in hand.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/podsync/images.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"

namespace ordinal::podsync {

using fakes::FakeRuntime;
using std::chrono::milliseconds;
using std::chrono::seconds;

class ImagesTest : public ::testing::Test {
 protected:
  ImageAnswer Ensure(const std::string& image, const std::string& policy, const std::string& who = "pod") {
    api::Container container;
    container.image = image;
    container.image_pull_policy = policy;
    Images::Waiter waiter{
        who, std::to_string(++asked_), [this] { ++woken_; },
        [this](Images::Progress progress) { told_ += progress == Images::Progress::kPulls ? "pulls " : "waits "; }};
    auto answer = RunTask(io_, images_.Ensure(container, credentials_, std::move(waiter)));
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    if (answer.ok() && answer->image) images_.Used(image, credentials_);
    return answer.ok() ? *answer : ImageAnswer{};
  }

  /// What Ensure says: the image, which a container is made of then, or why not.
  std::string Says(const std::string& image, const std::string& policy) {
    const ImageAnswer answer = Ensure(image, policy);
    return answer.image ? "ready" : answer.waiting.reason;
  }

  std::string Prefetch(const std::string& image, const std::string& policy) {
    api::Container container;
    container.image = image;
    container.image_pull_policy = policy;
    const auto answer = RunTask(io_, images_.Prefetch(container, credentials_, [this] { ++woken_; }));
    return !answer.ok() ? answer.error().message : answer->image ? "ready" : answer->waiting.reason;
  }

  size_t Pulls() const { return runtime_.calls().size(); }
  WallTime Later(Duration by) const { return clock_.Now() + by; }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  FakeRuntime runtime_{clock_, io_.get_executor()};
  Images::Tarballs TarballsHere() {
    Images::Tarballs tarballs;
    tarballs.brought = [this](const std::string& reference) { return imported_.contains(reference); };
    tarballs.may_bring = [this](const std::string&) { return being_read_; };
    tarballs.will_bring = [this](const std::string& reference) { return replaced_.contains(reference); };
    tarballs.is_missing = [this](const std::string& reference) {
      imported_.erase(reference);
      being_read_ = true;
    };
    return tarballs;
  }

  std::set<std::string> imported_, replaced_;
  bool being_read_ = false;  ///< a tarball of unknown contents
  Images images_{io_.get_executor(), clock_, runtime_, TarballsHere()};
  Images::Credentials credentials_;
  int woken_ = 0, asked_ = 0;
  std::string told_;  ///< of the progress
};

}  // namespace ordinal::podsync
