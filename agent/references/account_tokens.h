// AccountTokens: the service account tokens in the volumes of this node's pods: asked for when a pod first needs one,
// and again before it ends. They are kept in memory alone.
//
// Everything happens on the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "agent/objects/objects.h"

namespace ordinal::references {

/// What a projected volume asks for.
struct TokenWish {
  std::string audience;  ///< empty: the API's own
  int64_t seconds = 3600;
  auto operator<=>(const TokenWish&) const = default;
};

/// Whom tokens are for, and what they are bound to.
struct TokenUser {
  std::string ns, account, pod, uid;
};

struct FoundToken {
  std::shared_ptr<const std::string> text;  ///< null: there is none yet
  std::string trouble;                      ///< why not, when asking for it failed
};

class AccountTokens {
 public:
  /// Told of each pod, by uid, whose token came, was replaced or could not be had.
  using Changed = std::function<void(const std::string& uid)>;

  /// All of it outlives this.
  AccountTokens(objects::Objects& objects, Clock& clock, Random& random, Executor executor);
  ~AccountTokens();
  AccountTokens(const AccountTokens&) = delete;
  AccountTokens& operator=(const AccountTokens&) = delete;

  void OnChange(Changed changed) { changed_ = std::move(changed); }

  /// From now on the pod `user.uid` needs exactly these; none: nothing any more. Does not block: what is new comes
  /// soon.
  void Use(const TokenUser& user, const std::set<TokenWish>& wishes);

  /// The pod needs none any more.
  void Drop(const std::string& uid) { Use({"", "", "", uid}, {}); }

  FoundToken Find(const std::string& uid, const TokenWish& wish) const;
  /// Each that the pod needs is there, or was refused.
  bool Known(const std::string& uid) const;

 private:
  struct Entry;
  struct Asking;
  void Begin(const std::shared_ptr<Entry>& entry);
  static Task<void> Renew(objects::Objects& objects, std::shared_ptr<Entry> entry);
  void LookAt(WallTime due);
  void Look();

  objects::Objects& objects_;
  Clock& clock_;
  Random& random_;
  const Executor executor_;
  Changed changed_;
  std::map<std::string, std::map<TokenWish, std::shared_ptr<Entry>>> entries_;  ///< by the pod's uid
  TimerHandle look_;
  std::optional<WallTime> looks_at_;  ///< when look_ is due
};

/// When a token of `life` is asked for again: after 80 % of it or a day, whichever comes first, less up to ten seconds
/// that keep pods apart (kubelet/token/token_manager.go). `chance`: any number. Pure.
Duration RenewAfter(Duration life, uint64_t chance);

}  // namespace ordinal::references
