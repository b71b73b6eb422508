// NameService: the DNS server and where its names come from. Part of the composition root.
//
//   nothing known ──> SERVFAIL ──> names of the last run that still hold ──> all that is known, kept for the next start
//        Start()                        Restore()                                 Follow(), Begin()
#pragma once

#include <memory>

#include "agent/app/config.h"
#include "agent/app/kept_names.h"
#include "agent/app/names_feed.h"
#include "agent/base/layout.h"
#include "agent/base/random.h"
#include "dns/server/server.h"

namespace ordinal {

class NameService {
 public:
  /// All of it outlives the service.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    const Config& config;
    const Layout& layout;
  };
  explicit NameService(Parts parts) : parts_(std::move(parts)) {}

  /// Makes the link of its addresses and listens. Blocks for a moment. The error says what could not be had.
  Status Start();
  /// Until everything is known, DNS answers what it answered before and `runtime` still lists. Before or after Start().
  Task<void> Restore(cri::Runtime& runtime);
  /// Builds what names are made of. Before the caches run.
  void Follow(objects::Caches& caches, const observe::PodStates& states);
  /// Publishes all that is known, from now on with each change.
  void Begin() { feed_->Begin(); }
  /// What the runtime runs of this pod changed.
  void PodChanged(const std::string& uid) { feed_->PodChanged(uid); }
  bool published() const { return feed_ && feed_->published(); }
  void Stop();

 private:
  const Parts parts_;
  SystemRandom random_;  ///< of the DNS threads
  std::unique_ptr<dns::Server> server_;
  std::shared_ptr<const dns::Snapshot> restored_;  ///< of the last run, when they came before the server was there
  std::unique_ptr<NamesFeed> feed_;
  std::unique_ptr<KeptNames> kept_;
};

}  // namespace ordinal
