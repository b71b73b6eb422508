#include "agent/names_feed.h"

#include <algorithm>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/names/snapshot_of.h"

namespace ordinal {

NamesFeed::NamesFeed(Executor executor, Clock& clock, objects::Caches& caches, const cri::PodStates& states,
                     std::string zone, Publish publish)
    : executor_(std::move(executor)),
      clock_(clock),
      services_(caches.Of<api::Service>()),
      slices_(caches.Of<api::EndpointSlice>()),
      namespaces_(caches.PlainOf("Namespace")),
      states_(states),
      zone_(std::move(zone)),
      publish_(std::move(publish)) {
  services_.OnChange([this](const auto&) { Changed(); });
  slices_.OnChange([this](const auto&) { Changed(); });
  namespaces_.OnChange([this](const auto&) { Changed(); });
}

void NamesFeed::Begin() {
  begun_ = true;
  NoteLost();
  Build();
}

void NamesFeed::PodChanged(const std::string& uid) {
  if (lost_.contains(uid)) Changed();
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
  services_.ForEach("", [&](const api::Service& service) { names.services.push_back(service); });
  slices_.ForEach("", [&](const api::EndpointSlice& slice) { names.slices.push_back(slice); });
  namespaces_.ForEach("", [&](const api::Plain& ns) { names.namespaces.push_back(ns.object.name()); });
  return names;
}

void NamesFeed::Build() {
  due_ = false;
  names::Names names = Collect();
  if (!lost_.empty()) {
    std::set<std::string> still;
    for (api::EndpointSlice& slice : names.slices) {
      std::erase_if(slice.endpoints, [&](const api::Endpoint& endpoint) {
        const bool lost = lost_.contains(endpoint.target_uid) && !Lives(endpoint);
        if (lost) still.insert(endpoint.target_uid);
        return lost;
      });
    }
    lost_ = std::move(still);
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.Now().time_since_epoch());
  names::Built built = names::SnapshotOf(names, zone_, static_cast<uint32_t>(seconds.count()));
  for (const std::string& problem : built.problems) log::Warning("DNS: {}", problem);
  publish_(std::move(built.snapshot));
  published_ = true;
}

}  // namespace ordinal
