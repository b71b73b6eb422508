#include "agent/controllers/replicaset/controller.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/together.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"
#include "agent/controllers/pod_capacity.h"
#include "agent/controllers/pod_from_template.h"

namespace ordinal::controllers::replicaset {

using api::Object;
using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

Controller::Controller(Context context, Caches caches)
    : context_(std::move(context)),
      caches_(caches),
      pods_(caches.pods),
      queue_(context_.executor, context_.clock, "replicaset") {
  caches_.sets.OnChange([this](const WatchEvent& event) { queue_.Add(QueueKey(event.object)); });
  caches_.pods.OnChange([this](const WatchEvent& event) { OnPod(event); });
  OnPodCapacity(caches_.nodes, context_.node_name,
                [this] { caches_.sets.ForEach("", [this](const Object& set) { queue_.Add(QueueKey(set)); }); });
  queue_.OnException(SayFailedPass(context_.recorder, caches_.sets));
}

void Controller::OnPod(const WatchEvent& event) {
  const api::Meta meta = api::ReadMeta(event.object.body());
  const auto look_at_owner = [this](const api::Meta& pod) {
    const auto* owner = pod.Controller();
    if (owner != nullptr && owner->kind == "ReplicaSet") queue_.Add(QueueKey(pod.ns, owner->name));
  };
  look_at_owner(meta);
  if (!event.old.empty()) look_at_owner(api::ReadMeta(event.old.body()));
  if (meta.Controller() != nullptr || meta.deleting() || event.type == EventType::kDeleted) return;
  caches_.sets.ForEach(meta.ns, [&](const Object& object) {
    if (api::ReplicaSet::From(object).selector.Matches(meta.labels)) queue_.Add(QueueKey(object));
  });
}

Task<void> Controller::Run() {
  co_await caches_.sets.WaitSynced();
  co_await caches_.pods.WaitSynced();
  co_await caches_.nodes.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  ObjectKey set_key{"ReplicaSet", ns, name};
  const auto found = co_await context_.door.store().Get(std::move(set_key));
  if (!found.ok()) {
    if (found.error().code == ErrorCode::kNotFound) co_return Status();
    co_return found.error();
  }
  auto set = api::ReplicaSet::From(*found);
  CO_TRY(const Observed seen, co_await Observe(std::move(set)));
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(seen, std::move(plan));
}

Task<Result<Observed>> Controller::Observe(api::ReplicaSet set) {
  Observed seen;
  CO_TRY(const std::vector<Object> objects, co_await ReadOwn(context_, pods_, set.object, set.selector));
  for (const Object& object : objects) {
    api::Pod pod = api::Pod::From(object);
    if (Active(pod)) seen.pods.push_back(std::move(pod));
  }
  seen.set = std::move(set);
  seen.now = context_.clock.Now();
  seen.pod_capacity = PodCapacityOf(caches_.nodes.Find("", context_.node_name));
  co_return seen;
}

Task<Status> Controller::Execute(const Observed& seen, Plan plan) {
  Status done = co_await CreatePods(seen.set, plan.create);
  std::vector<Task<Status>> removals;
  for (DeletePod& pod : plan.remove) removals.push_back(RemovePod(seen.set, std::move(pod)));
  if (!removals.empty()) done = co_await Together(context_.executor, "replicaset pods", std::move(removals));
  std::optional<std::string> failure;
  if (!done.ok()) failure = done.error().message;
  const Status written = co_await WriteStatus(context_, seen.set.object, CountStatus(seen, failure));
  co_return done.ok() ? written : done;
}

/// A batch in which one creation fails is the last.
Task<Status> Controller::CreatePods(const api::ReplicaSet& set, int64_t count) {
  for (const int64_t size : Batches(count)) {
    std::vector<Task<Status>> batch;
    for (int64_t i = 0; i < size; ++i) batch.push_back(CreatePod(set));
    CO_TRYV(co_await Together(context_.executor, "replicaset pods", std::move(batch)));
  }
  co_return Status();
}

Task<Status> Controller::CreatePod(const api::ReplicaSet& set) {
  const auto created = co_await context_.door.Create(PodFromTemplate(set.pod_template, set.object));
  if (!created.ok()) {
    context_.recorder.Event(set.object, Severity::kWarning, "FailedCreate",
                            fmt::format("Error creating: {}", created.error().message));
    co_return created.error();
  }
  pods_.Note(created->object);
  context_.recorder.Event(set.object, Severity::kNormal, "SuccessfulCreate",
                          fmt::format("Created pod: {}", created->object.name()));
  co_return Status();
}

Task<Status> Controller::RemovePod(const api::ReplicaSet& set, DeletePod pod) {
  ObjectKey key{"Pod", set.meta.ns, pod.name};
  store::DeleteOptions options;
  options.preconditions.uid = pod.uid;
  const auto deleted = co_await context_.door.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    context_.recorder.Event(set.object, Severity::kNormal, "SuccessfulDelete",
                            fmt::format("Deleted pod: {}", pod.name));
    co_return Status();
  }
  Status settled = Settled(deleted.error());
  if (!settled.ok()) {
    context_.recorder.Event(set.object, Severity::kWarning, "FailedDelete",
                            fmt::format("Error deleting: {}", settled.error().message));
  }
  co_return settled;
}

}  // namespace ordinal::controllers::replicaset
