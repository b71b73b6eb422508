#include "agent/controllers/placement/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/api/pod_claims.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::placement {
namespace {

using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

/// Whether nothing changed that placement reads of a pod.
bool SameWishes(const api::Object& a, const api::Object& b) {
  const auto labels = [](const api::Object& pod) -> const api::Json& {
    return api::Member(api::Member(pod.body(), "metadata"), "labels");
  };
  return api::Member(a.body(), "spec") == api::Member(b.body(), "spec") && labels(a) == labels(b);
}

}  // namespace

Controller::Controller(Context context, Caches caches, std::vector<api::TakenPort> own_ports)
    : context_(std::move(context)),
      caches_(caches),
      own_ports_(std::move(own_ports)),
      queue_(context_.executor, context_.clock, "placement") {
  caches_.pods.OnChange([this](const WatchEvent& event) { OnPod(event); });
  caches_.claims.OnChange([this](const WatchEvent& event) { OnClaim(event); });
  caches_.nodes.OnChange([this](const WatchEvent& event) { OnNode(event); });
  queue_.OnException(SayFailedPass(context_.recorder, caches_.pods));
}

void Controller::OnPod(const WatchEvent& event) {
  const std::string key = QueueKey(event.object);
  const std::string node = api::NodeOf(event.object.body());
  if (event.type == EventType::kDeleted || api::Ended(event.object.body())) {
    waiting_.erase(key);
    leaving_.erase(key);
    if (neighbours_.erase(key) != 0) LookAgain();
    return;
  }
  if (node.empty()) {
    queue_.Add(key);
    return;
  }
  waiting_.erase(key);
  if (node != context_.node_name) return;
  const bool known = !event.old.empty() && neighbours_.contains(key) && SameWishes(event.old, event.object);
  if (known) return;
  neighbours_.insert_or_assign(key, Footprint::Of(api::Pod::From(event.object)));
  LookAgain();  // somebody may want to be with it
  queue_.Add(key);
}

void Controller::OnNode(const WatchEvent& event) {
  if (event.object.name() != context_.node_name) return;
  const auto spec = [](const api::Object& node) -> const api::Json& { return api::Member(node.body(), "spec"); };
  LookAgain();
  if (!event.old.empty() && spec(event.old) == spec(event.object)) return;
  for (const auto& [key, footprint] : neighbours_) queue_.Add(key);
}

void Controller::LookAgain() {
  for (const auto& [key, waiting] : waiting_) queue_.Add(key);
}

void Controller::OnClaim(const WatchEvent& event) {
  for (const auto& [key, waiting] : waiting_) {
    const auto [ns, name] = SplitQueueKey(key);
    const api::Object* pod = caches_.pods.Find(ns, name);
    if (pod == nullptr || ns != event.object.ns()) continue;
    const auto claims = api::ClaimsOf(pod->body());
    if (std::find(claims.begin(), claims.end(), event.object.name()) != claims.end()) queue_.Add(key);
  }
}

Task<void> Controller::Run() {
  co_await caches_.pods.WaitSynced();
  co_await caches_.claims.WaitSynced();
  co_await caches_.volumes.WaitSynced();
  co_await caches_.nodes.WaitSynced();
  co_await caches_.namespaces.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

NodeView Controller::Here() const {
  NodeView view;
  if (const api::Object* node = caches_.nodes.Find("", context_.node_name)) view = NodeView::From(*node);
  view.own_ports = own_ports_;
  if (!view.name.empty()) return view;
  // Before the node has said what it is, it has a name and room for everything.
  view.name = context_.node_name;
  view.labels["kubernetes.io/hostname"] = context_.node_name;
  return view;
}

std::string Controller::Misfit(const api::Object& object) const {
  const NodeView node = Here();
  const auto labels_of = [this](const std::string& ns) {
    const api::Object* found = caches_.namespaces.Find("", ns);
    return found == nullptr ? api::StringMap() : api::ReadMeta(found->body()).labels;
  };
  std::vector<api::PersistentVolume> bound;
  for (const std::string& name : api::ClaimsOf(object.body())) {
    const api::Object* claim = caches_.claims.Find(object.ns(), name);
    if (claim == nullptr) continue;
    const api::Object* volume =
        caches_.volumes.Find("", api::ReadString(api::Member(claim->body(), "spec"), "volumeName"));
    if (volume != nullptr) bound.push_back(api::PersistentVolume::From(*volume));
  }
  Surroundings around{node, neighbours_, {}, labels_of};
  for (const api::PersistentVolume& volume : bound) around.volumes.push_back(&volume);
  return ExplainMisfit(api::Pod::From(object), around);
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Object* pod = caches_.pods.Find(ns, name);
  if (pod == nullptr) {
    waiting_.erase(key);
    co_return Status();
  }
  if (api::NodeOf(pod->body()) == context_.node_name) co_return co_await Evict(key, *pod);
  Decision decision = Place(*pod, [this](const std::string& claim_ns, const std::string& claim) {
    return caches_.claims.Find(claim_ns, claim);
  });
  if (decision.type == Decision::Type::kBind && !neighbours_.contains(key)) {
    decision.message = Misfit(*pod);
    if (!decision.message.empty()) decision.type = Decision::Type::kWait;
  }
  switch (decision.type) {
    case Decision::Type::kBind: waiting_.erase(key); co_return co_await Bind(key, *pod);
    case Decision::Type::kWait: co_return co_await Wait(std::move(key), *pod, std::move(decision.message));
    case Decision::Type::kLeave: break;
  }
  waiting_.erase(key);
  co_return Status();
}

Task<Status> Controller::Bind(std::string key, api::Object pod) {
  neighbours_.insert_or_assign(key, Footprint::Of(api::Pod::From(pod)));  // others count it from now on
  bool here = false;
  std::function<bool(api::Json&)> change = [this, &here](api::Json& body) {
    const bool applied = ApplyBind(body, context_.node_name, context_.clock.Now());
    here = api::NodeOf(body) == context_.node_name;
    return applied;
  };
  const auto applied = co_await EditIf(context_, pod.key(), pod.uid(), std::move(change));
  if (applied.ok() && *applied) {
    context_.recorder.Event(pod, Severity::kNormal, "Scheduled",
                            fmt::format("Successfully assigned {}/{} to {}", pod.ns(), pod.name(), context_.node_name));
  } else if (!applied.ok() || !here) {
    neighbours_.erase(key);  // it is gone, or somebody else placed it elsewhere
    LookAgain();
  }
  co_return StatusOf(applied);
}

/// Deletes the pod once the node's taints have driven it away.
Task<Status> Controller::Evict(std::string key, api::Object pod) {
  const std::optional<Duration> after = EvictedAfter(api::Pod::From(pod), Here());
  if (!after || api::Deleting(pod.body())) {
    leaving_.erase(key);
    co_return Status();
  }
  const SteadyTime now = context_.clock.Steady();
  Leaving& leaving = leaving_[key];
  if (leaving.uid != pod.uid()) leaving = Leaving{pod.uid(), now + *after};
  if (leaving.due > now) {
    queue_.AddAfter(key, leaving.due - now);
    co_return Status();
  }
  context_.recorder.Event(pod, Severity::kNormal, "TaintManagerEviction",
                          fmt::format("Marking for deletion Pod {}", key));
  store::DeleteOptions options;
  options.preconditions.uid = pod.uid();
  ObjectKey object_key = pod.key();
  const auto deleted = co_await context_.door.Delete(std::move(object_key), std::move(options));
  co_return Settled(StatusOf(deleted));
}

Task<Status> Controller::Wait(std::string key, api::Object pod, std::string message) {
  Waiting& waiting = waiting_[key];
  const SteadyTime now = context_.clock.Steady();
  if (waiting.uid != pod.uid()) waiting = Waiting{pod.uid(), now, {}};
  if (const Duration left = waiting.since + kPatience - now; left > Duration::zero()) {
    queue_.AddAfter(key, left);
    co_return Status();
  }
  if (std::exchange(waiting.said, message) != message) {
    context_.recorder.Event(pod, Severity::kWarning, "FailedScheduling", message);
  }
  std::function<bool(api::Json&)> change = [this, &message](api::Json& body) {
    return ApplyWait(body, message, context_.clock.Now());
  };
  co_return StatusOf(co_await EditIf(context_, pod.key(), pod.uid(), std::move(change)));
}

}  // namespace ordinal::controllers::placement
