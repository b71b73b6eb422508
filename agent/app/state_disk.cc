#include "agent/app/state_disk.h"

#include <utility>

#include "agent/base/log.h"

namespace ordinal {

std::unique_ptr<node::StateDisk> MakeStateDisk(Clock& clock, store::SqliteStore& store, const Layout& layout,
                                               std::function<void()> tell) {
  const std::string directory = layout.directories().state;
  node::StateDisk::Sources sources;
  sources.failure = [&store] { return store.Failure(); };
  sources.probe = [&store] { return store.Probe(); };
  sources.trouble = [directory] { return store::DiskTrouble(directory); };
  sources.space = [directory] { return store::SpaceAt(directory); };
  const auto changed = [tell = std::move(tell)](const std::string& why) {
    log::Warning("{}", why.empty() ? "the disk of the state directory has room again" : why);
    tell();
  };
  return std::make_unique<node::StateDisk>(clock, std::move(sources), changed);
}

}  // namespace ordinal
