// StateDisk: how the disk of the state directory is, for readiness, the node's condition DiskPressure and an event.
// While the store cannot be written it tries to, so that all of them come right again by themselves. It writes
// nothing while all is well.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/store/sqlite/disk_trouble.h"

namespace ordinal::node {

class StateDisk {
 public:
  struct Sources {
    std::function<std::optional<Error>()> failure;  ///< why the last commit of the store failed
    std::function<Task<Status>()> probe;            ///< whether it would succeed now
    std::function<std::optional<Error>()> trouble;  ///< what can be seen of the disk without writing
    std::function<store::DiskSpace()> space;
  };
  /// Told when pressure begins (with the reason why) and when it is over (with an empty one).
  using Changed = std::function<void(const std::string& why)>;

  StateDisk(Clock& clock, Sources sources, Changed changed);

  /// Looks every `kLook`, for ever.
  Task<void> Run();
  Task<void> Look();

  /// Why the store cannot be written; empty when it can. Looks at the disk.
  std::string Trouble() const;
  /// Why there is pressure: no or little space, or trouble; empty when there is none. As of the last look.
  const std::string& pressure() const { return pressure_; }

  static constexpr Duration kLook = std::chrono::seconds(5);

 private:
  std::string Pressure() const;

  Clock& clock_;
  const Sources sources_;
  const Changed changed_;
  std::string pressure_;
};

}  // namespace ordinal::node
