// Orders: work that takes long, or fails for a while. Of one name at most one runs or waits; a failed one is left alone
// for 1 s, 2 s, 4 s … 5 min, however often it is given again.
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "agent/controllers/workqueue.h"

namespace ordinal::controllers::claims {

class Orders {
 public:
  static constexpr Duration kFirstRest = std::chrono::seconds(1);
  static constexpr Duration kLongestRest = std::chrono::minutes(5);

  /// kUnavailable: it could not be done yet, nothing is wrong; the rest is the first one every time.
  using Order = std::function<Task<Status>()>;
  /// Called when the order of that name is done (zero), and with the time until it may be given again when it failed or
  /// was given too early.
  using LookAgain = std::function<void(const std::string& name, Duration)>;

  /// Orders are carried out one after another.
  Orders(Executor executor, Clock& clock, std::string name, LookAgain look_again);

  /// Takes the order, unless one of that name runs, waits or rests.
  void Give(const std::string& name, Order order);
  /// Forgets that orders of that name failed: what they were about is gone.
  void Forget(const std::string& name) { resting_.erase(name); }
  /// Names whose order was given and is not carried out yet.
  const std::set<std::string>& open() const { return open_; }

  Task<void> Run();

 private:
  struct Rest {
    int failures = 0;
    SteadyTime until{};
  };

  Task<Status> Carry(std::string name);

  Clock& clock_;
  WorkQueue queue_;
  LookAgain look_again_;
  std::map<std::string, Order> given_;
  std::set<std::string> open_;
  std::map<std::string, Rest> resting_;
};

}  // namespace ordinal::controllers::claims
