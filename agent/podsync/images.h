// Images of containers: present, to be pulled, or the reason why not.
//
//   Ensure ──> present, or a pull ──> its turn ──> with each of the credentials, until one does ──> waiters are woken
//                                                                                  └─> failed: 10, 20 … 300 s
//
// Pulls run on their own, for each image and credentials one at a time, whichever pods wait for it, so many at once and
// no more; one that nobody has waited for for a while is given up. Who comes with other credentials, because a secret
// was mended, begins anew without a backoff.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/scope.h"
#include "agent/podsync/backoff.h"
#include "agent/podsync/memory.h"
#include "agent/podsync/turns.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

struct ImageAnswer {
  std::optional<cri::Image> image;     ///< ready to use
  Waiting waiting;                     ///< else why not
  std::optional<WallTime> look_again;  ///< when a backoff ends; absent while a pull runs (the waker is called)
  std::optional<Duration> pulled_in;   ///< the image was fetched just now, in this time, for the event
  Duration waited{};                   ///< the same with the time that it waited for its turn
  std::optional<SteadyTime> pulling;   ///< it is being fetched, since then
};

class Images {
 public:
  /// What the images folder says of a reference.
  struct Tarballs {
    static bool Never(const std::string&) { return false; }
    /// It came from a tarball: such an image satisfies pull policy Always, dropping the tarball is its pull.
    std::function<bool(const std::string&)> brought = Never;
    /// It may still come from one: a container that has no image, or would have to pull it, waits for that.
    std::function<bool(const std::string&)> may_bring = Never;
    /// It will come from one: what is here is old.
    std::function<bool(const std::string&)> will_bring = Never;
    /// What one brought is not there any more: somebody removed it. It is read again.
    std::function<void(const std::string&)> is_missing = [](const std::string&) {};
  };

  /// Whoever waits for a tarball looks again when it was dealt with (PodSync::ImageArrived()). `at_once`: pulls, at
  /// least one.
  Images(Executor executor, Clock& clock, cri::Runtime& runtime, Tarballs tarballs, size_t at_once = kAtOnce);

  /// A kubelet pulls one image after the other unless it is told otherwise: there a database that restarts waits for
  /// whatever large image came before it. With more than a few at once each of them is slower, and the disk is for
  /// none.
  static constexpr size_t kAtOnce = 5;

  /// Credentials for a pull, to be tried one after another; none: without any (keyring.h).
  using Credentials = std::vector<cri::ImageAuth>;
  enum class Progress { kWaitsForItsTurn, kPulls };

  /// Who waits for a pull.
  struct Waiter {
    std::string who;   ///< a pod's uid; empty for somebody who never gives up
    std::string what;  ///< the container; the newest one of the same who and what counts
    std::function<void()> wake;
    std::function<void(Progress)> still = nullptr;  ///< called every kStill while it goes on
  };

  /// What stands with the image of `container`. When a pull has to be started or is running, the waiter is woken
  /// (once) when it ended. Never waits for a pull. kUnavailable when the runtime does not answer. An image that is
  /// there is anybody's, whoever's credentials brought it. With policy Always a pull counts until it is said to be
  /// Used(), for kFresh.
  Task<Result<ImageAnswer>> Ensure(const api::Container& container, Credentials credentials, Waiter waiter);
  /// The same for a container that is started later: with policy Always, what is pulled for it now counts for that
  /// start, if it follows within kFresh. While a failed pull is tried again, the answer is still the failure.
  Task<Result<ImageAnswer>> Prefetch(const api::Container& container, Credentials credentials,
                                     std::function<void()> wake);
  /// A container is made of the image: the next one that has policy Always asks for a pull of its own.
  void Used(const std::string& reference, const Credentials& credentials);
  /// `who` waits for nothing any more. A pull that nobody has waited for during kLinger is cancelled: until then the
  /// pod's successor may come and want the same.
  void GiveUp(const std::string& who);

  /// Told of each image that a pull brought, by which name, and of its id. A pull of what was there by this name
  /// already brings none.
  using Told = std::function<void(const std::string& reference, const std::string& id)>;
  void OnPulled(Told told) { told_ = std::move(told); }

  static constexpr Duration kLinger = std::chrono::seconds(30);
  static constexpr Duration kFresh = std::chrono::minutes(5);
  static constexpr Duration kStill = std::chrono::minutes(1);

 private:
  /// Held as long as its pull is remembered: until a start within kFresh used it, else until some pull ends an hour or
  /// more after its backoff did, or after it succeeded. While no pull ends it stays, with its credentials.
  struct Key {
    std::string reference;
    Credentials credentials;
    auto operator<=>(const Key&) const = default;
  };
  struct Pull {
    std::unique_ptr<Scope> running;  ///< absent when it does not run
    std::vector<Waiter> waiters;
    TimerHandle linger;  ///< set while nobody waits
    Backoff backoff{kPullBackoff};
    WallTime not_before{};
    std::optional<Error> failure;
    std::optional<WallTime> pulled_at;  ///< succeeded and not yet used: policy Always is satisfied once
    SteadyTime began{};
    std::optional<SteadyTime> turn;  ///< when it got its turn
    bool missing = false;            ///< the image was not there when it began, and nobody's pull brought it since
    std::string before;              ///< the image's id when it began; empty: there was none
    TimerHandle progress;
    Duration took{}, waited{};
  };
  enum class Use { kNow, kLater };

  Task<Result<ImageAnswer>> Look(const api::Container& container, Credentials credentials, Waiter waiter, Use use);

  const Key* Arriving(const Key& key) const;
  ImageAnswer StartPull(const Key& key, Waiter waiter, std::string there);
  void Begin(const Key& key, Pull& pull);
  Task<void> RunPull(Key key);
  Task<Result<std::string>> PullWithEach(Key key);
  void SayProgress(const Key& key);
  void Leave(const std::function<bool(const Waiter&)>& leaves);
  void CancelUnwanted(const Key& key);
  void Pulled(const Key& key, Pull& pull, const Result<std::string>& id);
  void ForgetOld();

  Executor executor_;
  Clock& clock_;
  cri::Runtime& runtime_;
  Tarballs tarballs_;
  Turns turns_;
  Told told_;
  std::map<Key, Pull> pulls_;
};

}  // namespace ordinal::podsync
