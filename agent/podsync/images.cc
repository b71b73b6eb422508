#include "agent/podsync/images.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "cri/images/reference.h"

namespace ordinal::podsync {
namespace {

ImageAnswer NotReady(std::string reason, std::string message, std::optional<WallTime> look_again = std::nullopt) {
  ImageAnswer answer;
  answer.waiting = {std::move(reason), std::move(message)};
  answer.look_again = look_again;
  return answer;
}

}  // namespace

Images::Images(Executor executor, Clock& clock, cri::Runtime& runtime, Tarballs tarballs, size_t at_once)
    : executor_(std::move(executor)),
      clock_(clock),
      runtime_(runtime),
      tarballs_(std::move(tarballs)),
      turns_(executor_, at_once) {}

Task<Result<ImageAnswer>> Images::Ensure(const api::Container& container, Credentials credentials, Waiter waiter) {
  return Look(container, std::move(credentials), std::move(waiter), Use::kNow);
}

Task<Result<ImageAnswer>> Images::Prefetch(const api::Container& container, Credentials credentials,
                                           std::function<void()> wake) {
  Waiter patient{{}, {}, std::move(wake)};
  return Look(container, std::move(credentials), std::move(patient), Use::kLater);
}

void Images::Used(const std::string& reference, const Credentials& credentials) {
  const auto pull = pulls_.find(Key{reference, credentials});
  if (pull != pulls_.end() && pull->second.pulled_at && !pull->second.running) pulls_.erase(pull);
}

void Images::GiveUp(const std::string& who) {
  Leave([&who](const Waiter& waiter) { return waiter.who == who; });
}

void Images::Leave(const std::function<bool(const Waiter&)>& leaves) {
  for (auto& [key, pull] : pulls_) {
    const size_t gone = std::erase_if(pull.waiters, leaves);
    if (gone == 0 || !pull.waiters.empty() || !pull.running) continue;
    pull.linger = clock_.After(kLinger, [this, unwanted = key] { CancelUnwanted(unwanted); });
  }
}

void Images::CancelUnwanted(const Key& key) {
  Pull& pull = pulls_[key];
  if (!pull.running || !pull.waiters.empty()) return;
  log::Info("giving up the pull of image \"{}\": nobody waits for it any more", key.reference);
  pull.running->Cancel();
}

Task<Result<ImageAnswer>> Images::Look(const api::Container& container, Credentials credentials, Waiter waiter,
                                       Use use) {
  const std::string reference = container.image;
  if (const auto named = cri::NormalizeReference(reference); !named.ok()) {
    co_return NotReady("InvalidImageName",
                       fmt::format("Failed to apply default image tag \"{}\": {}", reference, named.error().message));
  }
  Result<cri::Image> present = co_await runtime_.ImageStatus(reference);
  if (!present && present.error().reason == "InvalidImageName") {
    co_return NotReady("InvalidImageName", present.error().message);
  }
  if (!present && present.error().code != ErrorCode::kNotFound) co_return std::move(present).error();

  if (!present && tarballs_.brought(reference)) tarballs_.is_missing(reference);
  const std::string& policy = container.image_pull_policy;
  const Key key{reference, std::move(credentials)};
  const auto pull = pulls_.find(key);
  const bool fresh = pull != pulls_.end() && pull->second.pulled_at &&
                     StillWaits(*pull->second.pulled_at + kFresh, kFresh, clock_.Now());
  const Key* arrives = policy != "Never" && !tarballs_.brought(reference) ? Arriving(key) : nullptr;
  const bool usable = present && arrives == nullptr && (policy != "Always" || fresh || tarballs_.brought(reference));
  if (usable ? tarballs_.will_bring(reference) : tarballs_.may_bring(reference)) {
    co_return NotReady(
        "ContainerCreating",
        fmt::format("waiting for the images folder: image \"{}\" may be in a tarball that is being read", reference));
  }
  if (usable) {
    ImageAnswer answer;
    answer.image = std::move(*present);
    if (fresh) {
      answer.pulled_in = pull->second.took;
      answer.waited = pull->second.waited;
    }
    co_return answer;
  }
  if (policy == "Never") {
    co_return NotReady("ErrImageNeverPull",
                       fmt::format("image \"{}\" is not on this host and imagePullPolicy is Never: import it, for "
                                   "example by dropping its tarball into the images folder",
                                   reference));
  }
  // What somebody else's pull is bringing is not pulled a second time, but where each has to ask for himself.
  const bool is_others = present && arrives != nullptr && policy != "Always";
  const Key awaited = is_others ? *arrives : key;
  std::string there = present ? present->id : std::string();
  ImageAnswer answer = StartPull(awaited, std::move(waiter), std::move(there));
  Pull& awaits = pulls_[awaited];
  if (!present) awaits.missing = true;
  const std::optional<Error>& failure = awaits.failure;
  if (use == Use::kLater && failure) answer.waiting = {failure->reason, failure->message};
  co_return answer;
}

/// The pull that is bringing this image, with whatever credentials, best with these: its name is there a moment before
/// it is.
const Images::Key* Images::Arriving(const Key& key) const {
  const Key* found = nullptr;
  const Key first{key.reference, {}};
  for (auto pull = pulls_.lower_bound(first); pull != pulls_.end(); ++pull) {
    if (pull->first.reference != key.reference) break;
    if (!pull->second.running || !pull->second.missing) continue;
    found = &pull->first;
    if (*found == key) break;
  }
  return found;
}

ImageAnswer Images::StartPull(const Key& key, Waiter waiter, std::string there) {
  Pull& pull = pulls_[key];
  if (!pull.running && pull.failure && StillWaits(pull.not_before, pull.backoff.delay(), clock_.Now())) {
    // What failed is shown first, then that it is waiting: ErrImagePull, then ImagePullBackOff.
    const WallTime shown_until = pull.not_before - pull.backoff.delay() / 2;
    if (clock_.Now() < shown_until) return NotReady(pull.failure->reason, pull.failure->message, shown_until);
    return NotReady("ImagePullBackOff",
                    fmt::format("Back-off pulling image \"{}\": {}: {}", key.reference, pull.failure->reason,
                                pull.failure->message),
                    pull.not_before);
  }
  // It waits for one pull: the one before was of another image, or with credentials that were no good.
  const auto same = [&waiter](const Waiter& one) { return one.who == waiter.who && one.what == waiter.what; };
  if (!waiter.who.empty()) Leave(same);
  pull.waiters.push_back(std::move(waiter));
  if (!pull.running) {
    pull.before = std::move(there);
    Begin(key, pull);
  }
  ImageAnswer answer = NotReady("ContainerCreating", "");
  answer.pulling = pull.began;
  return answer;
}

void Images::Begin(const Key& key, Pull& pull) {
  pull.began = clock_.Steady();
  pull.turn.reset();
  pull.missing = false;
  pull.progress = clock_.After(kStill, [this, key] { SayProgress(key); });
  pull.running = std::make_unique<Scope>(executor_);
  pull.running->Spawn("pull " + key.reference, RunPull(key));
}

/// Nobody knows how much of an image is still to come: the runtime tells when it is here.
void Images::SayProgress(const Key& key) {
  Pull& pull = pulls_[key];
  if (!pull.running) return;
  pull.progress = clock_.After(kStill, [this, key] { SayProgress(key); });
  for (const Waiter& waiter : pull.waiters) {
    if (waiter.still) waiter.still(pull.turn ? Progress::kPulls : Progress::kWaitsForItsTurn);
  }
}

Task<void> Images::RunPull(Key key) {
  const bool turn = co_await turns_.Take();
  Result<std::string> id = MakeError(ErrorCode::kCancelled, "given up");
  if (turn) {
    pulls_[key].turn = clock_.Steady();
    log::Info("pulling image \"{}\" with {} credentials", key.reference, key.credentials.size());
    id = co_await Caught(PullWithEach(key));
    turns_.GiveBack();
  }
  const bool given_up = co_await GivenUp();
  ForgetOld();
  Pull& pull = pulls_[key];
  pull.running.reset();
  pull.progress.Cancel();
  if (id.ok() || !given_up) Pulled(key, pull, id);
  // Somebody may have come after it was given up: he begins another one.
  const std::vector<Waiter> waiters = std::exchange(pull.waiters, {});
  for (const Waiter& waiter : waiters) waiter.wake();
}

/// As a kubelet: where there are credentials for the registry, nothing is tried without them.
Task<Result<std::string>> Images::PullWithEach(Key key) {
  if (key.credentials.empty()) {
    cri::ImageAuth nobody;
    co_return co_await runtime_.PullImage(std::move(key.reference), std::move(nobody));
  }
  std::vector<Error> failures;
  for (const cri::ImageAuth& auth : key.credentials) {
    Result<std::string> id = co_await runtime_.PullImage(key.reference, auth);
    if (id.ok()) co_return id;
    const ErrorCode code = id.error().code;
    // A registry that hangs does so with the next ones too, each time for an hour.
    const bool over =
        code == ErrorCode::kUnavailable || code == ErrorCode::kCancelled || code == ErrorCode::kDeadlineExceeded;
    failures.push_back(std::move(id).error());
    const bool given_up = co_await GivenUp();
    if (over || given_up) break;
  }
  Error failure = failures.back();
  if (failures.size() == 1) co_return failure;
  failure.message = "[" + failures.front().message;
  for (size_t i = 1; i < failures.size(); ++i) failure.message += ", " + failures[i].message;
  failure.message += "]";
  co_return failure;
}

void Images::Pulled(const Key& key, Pull& pull, const Result<std::string>& id) {
  if (id) {
    log::Info("pulled image \"{}\" id={}", key.reference, *id);
    pull.failure.reset();
    pull.pulled_at = clock_.Now();
    pull.waited = clock_.Steady() - pull.began;
    pull.took = clock_.Steady() - pull.turn.value_or(pull.began);
    // It is there for all, also while pulls with other credentials go on.
    for (auto& [other, one] : pulls_) {
      if (other.reference == key.reference) one.missing = false;
    }
    // A pull that found what was there already brought nothing: the image is still whose it was.
    if (told_ && *id != pull.before) told_(key.reference, *id);
    return;
  }
  pull.failure = id.error();
  if (pull.failure->reason.empty()) pull.failure->reason = "ErrImagePull";
  pull.backoff.Advance(Duration::zero());
  pull.not_before = clock_.Now() + pull.backoff.delay();
  log::Warning("pulling image \"{}\" failed: {}", key.reference, pull.failure->message);
}

/// Failures with credentials that nobody has any more, and what was pulled and never started.
void Images::ForgetOld() {
  std::erase_if(pulls_, [now = clock_.Now()](const auto& item) {
    const Pull& pull = item.second;
    const WallTime last = std::max(pull.not_before, pull.pulled_at.value_or(WallTime{}));
    return !pull.running && now >= last + kPullBackoff.forget_after;
  });
}

}  // namespace ordinal::podsync
