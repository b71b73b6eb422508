#include "agent/controllers/placement/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/controllers/key.h"
#include "agent/controllers/pod_claims.h"

namespace ordinal::controllers::placement {
namespace {

using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

bool SameUid(const api::Json& body, const std::string& uid) {
  return api::ReadString(api::Member(body, "metadata"), "uid") == uid;
}

Status StatusOf(const Result<api::Object>& written) {
  if (written.ok() || written.error().code == ErrorCode::kNotFound) return {};
  return written.error();
}

}  // namespace

Controller::Controller(Context context, Caches caches)
    : context_(std::move(context)), caches_(caches), queue_(context_.executor, context_.clock, "placement") {
  caches_.pods.OnChange([this](const WatchEvent& event) {
    const bool placed = !api::ReadString(api::Member(event.object.body(), "spec"), "nodeName").empty();
    if (placed || event.type == EventType::kDeleted) {
      waiting_.erase(QueueKey(event.object));
    } else {
      queue_.Add(QueueKey(event.object));
    }
  });
  caches_.claims.OnChange([this](const WatchEvent& event) { OnClaim(event); });
}

void Controller::OnClaim(const WatchEvent& event) {
  for (const auto& [key, waiting] : waiting_) {
    const auto [ns, name] = SplitQueueKey(key);
    const api::Object* pod = caches_.pods.Find(ns, name);
    if (pod == nullptr || ns != event.object.ns()) continue;
    const auto claims = ClaimsOf(pod->body());
    if (std::find(claims.begin(), claims.end(), event.object.name()) != claims.end()) queue_.Add(key);
  }
}

Task<void> Controller::Run() {
  co_await caches_.pods.WaitSynced();
  co_await caches_.claims.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Object* pod = caches_.pods.Find(ns, name);
  if (pod == nullptr) {
    waiting_.erase(key);
    co_return Status();
  }
  Decision decision = Place(*pod, [this](const std::string& claim_ns, const std::string& claim) {
    return caches_.claims.Find(claim_ns, claim);
  });
  switch (decision.type) {
    case Decision::Type::kBind: waiting_.erase(key); co_return co_await Bind(*pod);
    case Decision::Type::kWait: co_return co_await Wait(std::move(key), *pod, std::move(decision.message));
    case Decision::Type::kLeave: break;
  }
  waiting_.erase(key);
  co_return Status();
}

Task<Status> Controller::Bind(api::Object pod) {
  ObjectKey key = pod.key();
  bool applied = false;
  std::function<bool(api::Json&)> change = [this, &pod, &applied](api::Json& body) {
    applied = SameUid(body, pod.uid()) && ApplyBind(body, context_.node_name, context_.clock.Now());
    return applied;
  };
  const auto written = co_await context_.door.Modify(std::move(key), std::move(change));
  if (written.ok() && applied) {
    context_.recorder.Event(pod, Severity::kNormal, "Scheduled",
                            fmt::format("Successfully assigned {}/{} to {}", pod.ns(), pod.name(), context_.node_name));
  }
  co_return StatusOf(written);
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
  ObjectKey pod_key = pod.key();
  std::function<bool(api::Json&)> change = [this, &pod, &message](api::Json& body) {
    return SameUid(body, pod.uid()) && ApplyWait(body, message, context_.clock.Now());
  };
  co_return StatusOf(co_await context_.door.Modify(std::move(pod_key), std::move(change)));
}

}  // namespace ordinal::controllers::placement
