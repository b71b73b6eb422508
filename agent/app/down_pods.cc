#include "agent/app/down_pods.h"

#include <filesystem>
#include <utility>

#include "agent/api/kinds/job/view.h"
#include "agent/api/stored.h"
#include "agent/app/directories.h"
#include "agent/base/layout.h"
#include "agent/manifests/apply.h"
#include "agent/node/shutdown/order.h"

namespace ordinal {
namespace {

/// A controller or a manifest makes it again at the next start. Any other one is nowhere but in the store.
Task<bool> MadeAgain(store::ObjectStore& store, std::shared_ptr<const api::Pod> pod) {
  const api::Meta& meta = pod->meta;
  if (meta.annotations.contains(manifests::kManifestFile)) co_return true;
  const api::OwnerReference* owner = meta.Controller();
  if (owner == nullptr) co_return false;
  // What a job's pod did is done once, and may not be counted yet.
  if (owner->kind == api::Job::kKind && api::Ended(pod->object.body())) co_return false;
  const api::ObjectKey key{owner->kind, meta.ns, owner->name};
  const auto found = co_await store.Get(key);
  co_return found.ok() && found->uid() == owner->uid;
}

}  // namespace

Task<Status> DownPods::Read(Executor executor) {
  if (!std::filesystem::exists(Layout(DirectoriesOf(config_)).Store())) co_return Status();
  store::SqliteStore::Options options;
  options.directory = config_.state_dir;
  options.complete = api::Completed;
  options.now = clock_.Now();
  CO_TRY(store_, store::SqliteStore::Open(options, executor));
  const store::ListOptions everything;
  CO_TRY(const auto listed, co_await store_->List("Pod", everything));
  for (const api::Object& object : listed.items) {
    if (api::NodeOf(object.body()) != config_.node_name) continue;
    auto pod = std::make_shared<const api::Pod>(api::Pod::From(object));
    pods_.emplace(pod->meta.uid, std::move(pod));
  }
  co_return Status();
}

std::shared_ptr<const api::Pod> DownPods::Find(const std::string& uid) const {
  const auto found = pods_.find(uid);
  return found == pods_.end() ? nullptr : found->second;
}

std::vector<std::vector<std::string>> DownPods::Queues(const std::set<std::string>& uids) const {
  std::vector<std::vector<std::string>> queues;
  api::Refs<api::Pod> known;
  for (const std::string& uid : uids) {
    if (std::shared_ptr<const api::Pod> pod = Find(uid)) {
      known.emplace_back(std::move(pod));
    } else {
      queues.push_back({uid});
    }
  }
  const node::ShutdownPolicy one_group{{node::ShutdownGroup{}}};
  for (const std::vector<node::ShutdownQueue>& group : node::ShutdownQueues(one_group, known)) {
    for (const node::ShutdownQueue& queue : group) {
      std::vector<std::string>& next = queues.emplace_back();
      for (const api::Ref<api::Pod>& pod : queue) next.push_back(pod->meta.uid);
    }
  }
  return queues;
}

Task<void> DownPods::Forget(std::function<bool(const std::string&)> may_run, std::vector<std::string>& left) {
  if (!store_) co_return;
  const store::Preconditions none;
  for (const auto& [uid, pod] : pods_) {
    if (may_run(uid)) continue;
    const bool again = co_await MadeAgain(*store_, pod);
    if (!again) continue;
    const auto deleted = co_await store_->Delete(pod->object.key(), none);
    if (!deleted.ok()) left.push_back(deleted.error().message);
  }
  const Status closed = store_->Close();
  if (!closed.ok()) left.push_back(closed.error().message);
}

}  // namespace ordinal
