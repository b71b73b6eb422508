// KeyKeeper: the agent's certificates while it runs on: made anew before they end, and when the host has another name
// or address. Connections that stand are not touched: who comes next is shown the new one.
//
// It looks once a minute which names the certificates ought to have, which costs two small files of /proc; the
// certificates themselves are read when those have changed, once a day, and when the clock was set.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/apiserver/auth/pki.h"
#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "agent/base/task.h"

namespace ordinal::apiserver::auth {

class KeyKeeper {
 public:
  struct Parts {
    Clock& clock;
    Random& random;
    std::function<PkiSettings()> wanted;  ///< what they are to be now
    std::string url;                      ///< of the API, for admin.kubeconfig
  };
  explicit KeyKeeper(Parts parts) : parts_(std::move(parts)) {}

  /// EnsurePki(), and admin.kubeconfig. Blocks for ten milliseconds, the first time longer.
  Result<Pki> Make();
  /// For ever, on the control thread: looks, and hands what is new, or was looked at once a day, to `use`. What fails
  /// is logged and tried again a minute later.
  Task<void> Run(std::function<Status(const Pki&)> use);

 private:
  bool Due() const;
  Status Look(const std::function<Status(const Pki&)>& use);

  const Parts parts_;
  AltNames names_;  ///< of both servers, when they were looked at last
  std::optional<WallTime> looked_;
};

}  // namespace ordinal::apiserver::auth
