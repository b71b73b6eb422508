#include "agent/app/state_disk.h"

#include "agent/node/node_subject.h"

namespace ordinal {

std::unique_ptr<node::StateDisk> MakeStateDisk(Clock& clock, store::SqliteStore& store, const Layout& layout,
                                               events::Recorder& recorder, const std::string& node_name) {
  const std::string directory = layout.directories().state;
  node::StateDisk::Sources sources;
  sources.failure = [&store] { return store.Failure(); };
  sources.probe = [&store] { return store.Probe(); };
  sources.trouble = [directory] { return store::DiskTrouble(directory); };
  sources.space = [directory] { return store::SpaceAt(directory); };
  // The reasons are the kubelet's (pkg/kubelet/nodestatus/setters.go).
  const auto changed = [&recorder, node_name](const std::string& why) {
    const bool over = why.empty();
    recorder.Record({node::NodeSubject(node_name), over ? events::Severity::kNormal : events::Severity::kWarning,
                     over ? "NodeHasNoDiskPressure" : "NodeHasDiskPressure",
                     over ? "the disk of the state directory has room again" : why});
  };
  return std::make_unique<node::StateDisk>(clock, std::move(sources), changed);
}

}  // namespace ordinal
