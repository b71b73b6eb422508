#include "agent/podsync/images.h"

#include <fmt/format.h>

#include "agent/base/log.h"

namespace ordinal::podsync {
namespace {

ImageAnswer NotReady(std::string reason, std::string message, std::optional<WallTime> look_again = std::nullopt) {
  ImageAnswer answer;
  answer.waiting = {std::move(reason), std::move(message)};
  answer.look_again = look_again;
  return answer;
}

}  // namespace

Images::Images(Executor executor, Clock& clock, cri::Runtime& runtime, Tarballs tarballs)
    : executor_(std::move(executor)), clock_(clock), runtime_(runtime), tarballs_(std::move(tarballs)) {}

Task<Result<ImageAnswer>> Images::Ensure(const api::Container& container, Waiter waiter) {
  return Look(container, std::move(waiter), Use::kNow);
}

Task<Result<ImageAnswer>> Images::Prefetch(const api::Container& container, std::function<void()> wake) {
  Waiter patient{{}, std::move(wake)};
  return Look(container, std::move(patient), Use::kLater);
}

void Images::GiveUp(const std::string& who) {
  for (auto& [reference, pull] : pulls_) {
    const size_t gone = std::erase_if(pull.waiters, [&](const Waiter& waiter) { return waiter.who == who; });
    if (gone == 0 || !pull.waiters.empty() || !pull.running) continue;
    pull.linger = clock_.After(kLinger, [this, name = reference] { CancelUnwanted(name); });
  }
}

void Images::CancelUnwanted(const std::string& reference) {
  Pull& pull = pulls_[reference];
  if (!pull.running || !pull.waiters.empty()) return;
  log::Info("giving up the pull of image \"{}\": nobody waits for it any more", reference);
  pull.running->Cancel();
}

Task<Result<ImageAnswer>> Images::Look(const api::Container& container, Waiter waiter, Use use) {
  const std::string reference = container.image;
  Result<cri::Image> present = co_await runtime_.ImageStatus(reference);
  if (!present && present.error().reason == "InvalidImageName") {
    co_return NotReady("InvalidImageName", present.error().message);
  }
  if (!present && present.error().code != ErrorCode::kNotFound) co_return std::move(present).error();

  const std::string& policy = container.image_pull_policy;
  const auto pull = pulls_.find(reference);
  const bool fresh = pull != pulls_.end() && pull->second.pulled_at && clock_.Now() < *pull->second.pulled_at + kFresh;
  const bool usable = present && (policy != "Always" || fresh || tarballs_.brought(reference));
  if (usable ? tarballs_.will_bring(reference) : tarballs_.may_bring(reference)) {
    co_return NotReady(
        "ContainerCreating",
        fmt::format("waiting for the images folder: image \"{}\" may be in a tarball that is being read", reference));
  }
  if (usable) {
    ImageAnswer answer;
    answer.image = std::move(*present);
    if (fresh) answer.pulled_in = pull->second.took;
    if (fresh && use == Use::kNow) pulls_.erase(pull);
    co_return answer;
  }
  if (policy == "Never") {
    co_return NotReady("ErrImageNeverPull",
                       fmt::format("image \"{}\" is not on this host and imagePullPolicy is Never: import it, for "
                                   "example by dropping its tarball into the images folder",
                                   reference));
  }
  ImageAnswer answer = StartPull(reference, std::move(waiter));
  const std::optional<Error>& failure = pulls_[reference].failure;
  if (use == Use::kLater && failure) answer.waiting = {failure->reason, failure->message};
  co_return answer;
}

ImageAnswer Images::StartPull(const std::string& reference, Waiter waiter) {
  Pull& pull = pulls_[reference];
  if (!pull.running && pull.failure && clock_.Now() < pull.not_before) {
    // What failed is shown first, then that it is waiting: ErrImagePull, then ImagePullBackOff.
    const WallTime shown_until = pull.not_before - pull.backoff.delay() / 2;
    if (clock_.Now() < shown_until) return NotReady(pull.failure->reason, pull.failure->message, shown_until);
    return NotReady(
        "ImagePullBackOff",
        fmt::format("Back-off pulling image \"{}\": {}: {}", reference, pull.failure->reason, pull.failure->message),
        pull.not_before);
  }
  pull.waiters.push_back(std::move(waiter));
  if (!pull.running) {
    pull.began = clock_.Steady();
    pull.running = std::make_unique<Scope>(executor_);
    pull.running->Spawn("pull " + reference, RunPull(reference));
  }
  ImageAnswer answer = NotReady("ContainerCreating", "");
  answer.pulling = pull.began;
  return answer;
}

Task<void> Images::RunPull(std::string reference) {
  log::Info("pulling image \"{}\"", reference);
  const Result<std::string> id = co_await runtime_.PullImage(reference);
  const bool given_up = co_await GivenUp();
  Pull& pull = pulls_[reference];
  pull.running.reset();
  if (id.ok() || !given_up) Pulled(reference, pull, id);
  // Somebody may have come after it was given up: he begins another one.
  const std::vector<Waiter> waiters = std::exchange(pull.waiters, {});
  for (const Waiter& waiter : waiters) waiter.wake();
}

void Images::Pulled(const std::string& reference, Pull& pull, const Result<std::string>& id) {
  if (id) {
    log::Info("pulled image \"{}\" id={}", reference, *id);
    pull.failure.reset();
    pull.pulled_at = clock_.Now();
    pull.took = clock_.Steady() - pull.began;
    return;
  }
  pull.failure = id.error();
  if (pull.failure->reason.empty()) pull.failure->reason = "ErrImagePull";
  pull.backoff.Advance(Duration::zero());
  pull.not_before = clock_.Now() + pull.backoff.delay();
  log::Warning("pulling image \"{}\" failed: {}", reference, pull.failure->message);
}

}  // namespace ordinal::podsync
