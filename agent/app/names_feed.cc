#include "agent/app/names_feed.h"

#include <algorithm>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/objects/indexes.h"

namespace ordinal {
namespace {

using Keys = std::vector<std::string>;

const objects::Index<api::EndpointSlice>& ByPod(objects::Cache<api::EndpointSlice>& slices) {
  return slices.IndexBy("pod", [](const api::EndpointSlice& slice) {
    std::set<std::string> uids;
    for (const api::Endpoint& endpoint : slice.endpoints) uids.insert(endpoint.target_uid);
    return Keys(uids.begin(), uids.end());
  });
}

}  // namespace

NamesFeed::NamesFeed(Executor executor, Clock& clock, objects::Caches& caches, const observe::PodStates& states,
                     const std::string& zone, Publish publish)
    : executor_(std::move(executor)),
      clock_(clock),
      services_(caches.Of<api::Service>()),
      slices_(caches.Of<api::EndpointSlice>()),
      namespaces_(caches.PlainOf("Namespace")),
      slices_by_service_(objects::ByService(slices_)),
      slices_by_pod_(ByPod(slices_)),
      states_(states),
      publish_(std::move(publish)),
      source_(zone) {
  services_.OnChange([this](const objects::Change<api::Service>& change) {
    Changed({change.last()->meta.ns, change.last()->meta.name});
  });
  slices_.OnChange([this](const objects::Change<api::EndpointSlice>& change) {
    for (const api::Ref<api::EndpointSlice>& slice : {change.old, change.now}) {
      if (slice) Changed({slice->meta.ns, slice->service});
    }
  });
  namespaces_.OnChange([this](const objects::Change<api::Plain>& change) {
    if (change.added()) source_.AddNamespace(change.now->object.name());
    if (change.deleted()) source_.RemoveNamespace(change.old->object.name());
    Changed();
  });
}

void NamesFeed::Begin() {
  begun_ = true;
  NoteLost();
  Build();
}

void NamesFeed::PodChanged(const std::string& uid) {
  if (lost_.contains(uid)) ChangedOf(uid);
}

bool NamesFeed::Lives(const api::Endpoint& endpoint) const {
  for (const cri::Sandbox& sandbox : states_.Get(endpoint.target_uid).sandboxes) {
    if (sandbox.state != cri::SandboxState::kReady) continue;
    if (sandbox.ips.empty()) return true;  // of the host's network
    for (const std::string& address : endpoint.addresses) {
      if (std::find(sandbox.ips.begin(), sandbox.ips.end(), address) != sandbox.ips.end()) return true;
    }
  }
  return false;
}

void NamesFeed::NoteLost() {
  slices_.ForEach("", [&](const api::EndpointSlice& slice) {
    for (const api::Endpoint& endpoint : slice.endpoints) {
      if (endpoint.target_kind == "Pod" && !Lives(endpoint)) lost_.insert(endpoint.target_uid);
    }
  });
  if (!lost_.empty()) log::Info("DNS: {} named pods do not run any more; their addresses are left out", lost_.size());
}

bool NamesFeed::Lost(const api::Endpoint& endpoint) const {
  return lost_.contains(endpoint.target_uid) && !Lives(endpoint);
}

/// Pods that have all their addresses again, or are not named any more, are as good as any other. Whatever names them
/// is looked at once more: it may have left them out.
void NamesFeed::ForgetFound() {
  std::erase_if(lost_, [this](const std::string& uid) {
    bool lives = true;
    slices_by_pod_.ForEach(uid, [&](const api::EndpointSlice& slice) {
      for (const api::Endpoint& endpoint : slice.endpoints) {
        lives = lives && (endpoint.target_uid != uid || Lives(endpoint));
      }
    });
    if (lives) ChangedOf(uid);
    return lives;
  });
}

void NamesFeed::ChangedOf(const std::string& uid) {
  slices_by_pod_.ForEach(uid, [this](const api::EndpointSlice& slice) { Changed({slice.meta.ns, slice.service}); });
}

void NamesFeed::Changed(const Service& service) {
  changed_.insert(service);
  Changed();
}

/// Several changes of one moment make one snapshot.
void NamesFeed::Changed() {
  if (!begun_ || std::exchange(due_, true)) return;
  asio::post(executor_, [this] {
    const Status built = CaughtCall([this] { Build(); });
    if (!built.ok()) log::Error("DNS: the names stay as they were: {}", built.error().message);
  });
}

names::Names NamesFeed::Collect() const {
  names::Names names;
  services_.ForEach("", [&](const api::Ref<api::Service>& service) { names.services.push_back(service); });
  slices_.ForEach("", [&](const api::Ref<api::EndpointSlice>& slice) { names.slices.push_back(slice); });
  namespaces_.ForEach("", [&](const api::Plain& ns) { names.namespaces.push_back(ns.object.name()); });
  return names;
}

void NamesFeed::Name(const Service& service) {
  const auto& [ns, name] = service;
  const api::Ref<api::Service> found = services_.Find(ns, name);
  if (!found) return source_.RemoveService(ns, name);
  api::Refs<api::EndpointSlice> slices = slices_by_service_.All(objects::ServiceKey(ns, name));
  std::vector<const api::EndpointSlice*> live;
  for (api::Ref<api::EndpointSlice>& slice : slices) {
    if (!lost_.empty()) {
      api::EndpointSlice less = *slice;
      std::erase_if(less.endpoints, [this](const api::Endpoint& endpoint) { return Lost(endpoint); });
      slice = std::move(less);
    }
    live.push_back(slice.get());
  }
  std::optional<dns::ServiceEntry> entry = names::EntryOf(*found, live);
  if (!entry) return source_.RemoveService(ns, name);
  source_.SetService(std::move(*entry));
}

void NamesFeed::Build() {
  due_ = false;
  for (const Service& service : std::exchange(changed_, {})) {
    const Status named = CaughtCall([&] { Name(service); });
    if (named.ok()) continue;
    changed_.insert(service);  // with the next change
    log::Error("DNS: service {}/{}: {}", service.first, service.second, named.error().message);
  }
  ForgetFound();
  if (published_ && !source_.changed()) return publish_(snapshot_);  // what is kept for the next start may differ
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.Now().time_since_epoch());
  snapshot_ = source_.Publish(static_cast<uint32_t>(seconds.count()));
  for (const std::string& problem : source_.problems()) log::Warning("DNS: {}", problem);
  publish_(snapshot_);
  published_ = true;
}

}  // namespace ordinal
