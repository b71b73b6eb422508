#include "agent/app/name_service.h"

#include <utility>

#include "agent/app/directories.h"
#include "agent/app/host.h"
#include "agent/network/links.h"

namespace ordinal {

Status NameService::Start() {
  const Config& config = parts_.config;
  TRYV(dns::Snapshot::CheckZone(config.cluster_domain));
  std::vector<std::string> addresses;
  for (const std::string& listen : config.dns_listen) {
    const std::string address = AddressOf(listen);
    if (!NeedsNoLink(address)) addresses.push_back(address);
  }
  if (!addresses.empty()) TRYV(network::EnsureLink(config.dns_link, OwnerMark(config), addresses));
  dns::ServerOptions options;
  options.listen = config.dns_listen;
  server_ = std::make_unique<dns::Server>(options, parts_.clock, random_);
  server_->Publish(restored_ ? restored_ : dns::Snapshot::NotSynced(config.cluster_domain));
  return server_->Start();
}

Task<void> NameService::Restore(cri::Runtime& runtime) {
  auto known_better = [this] { return published(); };
  LastRun run{parts_.clock, runtime, parts_.config.node_name, parts_.layout.KeptNames(), parts_.config.cluster_domain};
  std::shared_ptr<const dns::Snapshot> kept = co_await NamesOf(std::move(run), known_better);
  if (kept == nullptr || known_better()) co_return;
  restored_ = kept;
  if (server_) server_->Publish(std::move(kept));
}

void NameService::Follow(objects::Caches& caches, const observe::PodStates& states) {
  const std::string& zone = parts_.config.cluster_domain;
  feed_ = std::make_unique<NamesFeed>(parts_.executor, parts_.clock, caches, states, zone,
                                      [this](std::shared_ptr<const dns::Snapshot> snapshot) {
                                        server_->Publish(std::move(snapshot));
                                        kept_->Changed();
                                      });
  kept_ = std::make_unique<KeptNames>(
      KeptNames::Parts{parts_.executor, parts_.clock, parts_.pool, states, parts_.layout.KeptNames(), zone},
      [this] { return feed_->Collect(); });
}

void NameService::Stop() {
  if (server_) server_->Stop();
}

}  // namespace ordinal
