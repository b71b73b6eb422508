// Images of containers: present, to be pulled, or the reason why not. Pulls run on their own, one per reference at
// a time, whichever pods wait for it, and is given up when none does for a while; failed ones back off 10 … 300 s.
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
#include "cri/runtime.h"

namespace ordinal::podsync {

struct ImageAnswer {
  std::optional<cri::Image> image;     ///< ready to use
  Waiting waiting;                     ///< else why not
  std::optional<WallTime> look_again;  ///< when a backoff ends; absent while a pull runs (the waker is called)
  std::optional<Duration> pulled_in;   ///< the image was fetched just now, in this time, for the event
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
  };

  /// Whoever waits for a tarball looks again when it was dealt with (PodSync::ImageArrived()).
  Images(Executor executor, Clock& clock, cri::Runtime& runtime, Tarballs tarballs);

  /// Who waits for a pull.
  struct Waiter {
    std::string who;  ///< a pod's uid; empty for somebody who never gives up
    std::function<void()> wake;
  };

  /// What stands with the image of `container`. When a pull has to be started or is running, the waiter is woken
  /// (once) when it ended. Never waits for a pull. kUnavailable when the runtime does not answer.
  Task<Result<ImageAnswer>> Ensure(const api::Container& container, Waiter waiter);
  /// The same for a container that is started later: with policy Always, what is pulled for it now counts for that
  /// start, if it follows within kFresh. While a failed pull is tried again, the answer is still the failure.
  Task<Result<ImageAnswer>> Prefetch(const api::Container& container, std::function<void()> wake);
  /// `who` waits for nothing any more. A pull that nobody has waited for during kLinger is cancelled: until then the
  /// pod's successor may come and want the same.
  void GiveUp(const std::string& who);

  static constexpr Duration kLinger = std::chrono::seconds(30);

  static constexpr Duration kFresh = std::chrono::minutes(5);

 private:
  struct Pull {
    std::unique_ptr<Scope> running;  ///< absent when it does not run
    std::vector<Waiter> waiters;
    TimerHandle linger;  ///< set while nobody waits
    Backoff backoff{kPullBackoff};
    WallTime not_before{};
    std::optional<Error> failure;
    std::optional<WallTime> pulled_at;  ///< succeeded and not yet used: policy Always is satisfied once
    SteadyTime began{};
    Duration took{};
  };
  enum class Use { kNow, kLater };

  Task<Result<ImageAnswer>> Look(const api::Container& container, Waiter waiter, Use use);

  ImageAnswer StartPull(const std::string& reference, Waiter waiter);
  Task<void> RunPull(std::string reference);
  void CancelUnwanted(const std::string& reference);
  void Pulled(const std::string& reference, Pull& pull, const Result<std::string>& id);

  Executor executor_;
  Clock& clock_;
  cri::Runtime& runtime_;
  Tarballs tarballs_;
  std::map<std::string, Pull> pulls_;
};

}  // namespace ordinal::podsync
