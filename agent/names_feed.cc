#include "agent/names_feed.h"

#include "agent/base/log.h"
#include "agent/names/snapshot_of.h"

namespace ordinal {

NamesFeed::NamesFeed(Executor executor, Clock& clock, Caches caches, std::string zone, Publish publish)
    : executor_(std::move(executor)),
      clock_(clock),
      caches_(caches),
      zone_(std::move(zone)),
      publish_(std::move(publish)) {
  for (store::Cache* cache : {&caches_.services, &caches_.slices, &caches_.namespaces}) {
    cache->OnChange([this](const store::WatchEvent&) { Changed(); });
  }
}

void NamesFeed::Begin() {
  begun_ = true;
  Build();
}

/// Several changes of one moment make one snapshot.
void NamesFeed::Changed() {
  if (!begun_ || std::exchange(due_, true)) return;
  asio::post(executor_, [this] { Build(); });
}

void NamesFeed::Build() {
  due_ = false;
  names::Names names;
  caches_.services.ForEach("", [&](const api::Object& o) { names.services.push_back(api::Service::From(o)); });
  caches_.slices.ForEach("", [&](const api::Object& o) { names.slices.push_back(api::EndpointSlice::From(o)); });
  caches_.namespaces.ForEach("", [&](const api::Object& o) { names.namespaces.push_back(o.name()); });
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.Now().time_since_epoch());
  names::Built built = names::SnapshotOf(names, zone_, static_cast<uint32_t>(seconds.count()));
  for (const std::string& problem : built.problems) log::Warning("DNS: {}", problem);
  publish_(std::move(built.snapshot));
  published_ = true;
}

}  // namespace ordinal
