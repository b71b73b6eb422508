#include "agent/controllers/endpoints/controller.h"

#include <algorithm>
#include <utility>

#include "agent/controllers/endpoints/subsets.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"

namespace ordinal::controllers::endpoints {
namespace {

using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

api::StringMap LabelsOf(const api::Object& object) {
  return api::ReadStringMap(api::Member(object.body(), "metadata"), "labels");
}

bool Selects(const api::Object& service, const api::StringMap& labels) {
  const auto selector = api::ReadStringMap(api::Member(service.body(), "spec"), "selector");
  return !selector.empty() && api::Selector::FromMap(selector).Matches(labels);
}

}  // namespace

Controller::Controller(Context context, Caches caches)
    : context_(std::move(context)), caches_(caches), queue_(context_.executor, context_.clock, "endpoints") {
  caches_.services.OnChange([this](const WatchEvent& event) { queue_.Add(QueueKey(event.object)); });
  caches_.pods.OnChange([this](const WatchEvent& event) { OnPod(event); });
  caches_.slices.OnChange([this](const WatchEvent& event) { OnSlice(event); });
  caches_.endpoints.OnChange([this](const WatchEvent& event) {
    if (event.type != EventType::kAdded) queue_.Add(QueueKey(event.object));
  });
  queue_.OnException(SayFailedPass(context_.recorder, caches_.services));
}

void Controller::OnPod(const WatchEvent& event) {
  const api::StringMap now = LabelsOf(event.object);
  const api::StringMap before = event.old.empty() ? now : LabelsOf(event.old);
  caches_.services.ForEach(event.object.ns(), [&](const api::Object& service) {
    if (Selects(service, now) || Selects(service, before)) queue_.Add(QueueKey(service));
  });
}

void Controller::OnSlice(const WatchEvent& event) {
  seen_revision_ = std::max(seen_revision_, event.revision);
  const auto ahead = ahead_.find(event.object.key());
  if (ahead != ahead_.end() && ahead->second.revision() <= event.revision) ahead_.erase(ahead);
  const api::Meta meta = api::ReadMeta(event.object.body());
  const auto service = meta.labels.find(kServiceNameLabel);
  // Somebody else's edit of a slice is undone, a lost slice made again.
  if (event.type != EventType::kAdded && Managed(meta) && service != meta.labels.end()) {
    queue_.Add(QueueKey(meta.ns, service->second));
  }
}

void Controller::Remember(const api::Object& slice) {
  if (slice.revision() > seen_revision_) ahead_.insert_or_assign(slice.key(), slice);
}

Task<void> Controller::Run() {
  co_await caches_.services.WaitSynced();
  co_await caches_.pods.WaitSynced();
  co_await caches_.slices.WaitSynced();
  co_await caches_.endpoints.WaitSynced();
  // Those whose service went while nobody looked.
  caches_.endpoints.ForEach("", [this](const api::Object& endpoints) { queue_.Add(QueueKey(endpoints)); });
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe(const api::Service& service) const {
  Observed seen;
  seen.service = service;
  seen.now = context_.clock.Now();
  const auto selector = api::Selector::FromMap(service.selector);
  caches_.pods.ForEach(service.meta.ns, [&](const api::Object& pod) {
    if (selector.Matches(LabelsOf(pod))) seen.pods.push_back(api::Pod::From(pod));
  });
  const auto add = [&](const api::Object& object) {
    auto slice = api::EndpointSlice::From(object);
    if (slice.service == service.meta.name && Managed(slice.meta)) seen.slices.push_back(std::move(slice));
  };
  caches_.slices.ForEach(service.meta.ns, [&](const api::Object& slice) {
    if (!ahead_.contains(slice.key())) add(slice);
  });
  for (const auto& [key, slice] : ahead_) {
    if (key.ns == service.meta.ns) add(slice);
  }
  return seen;
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Object* found = caches_.services.Find(ns, name);
  if (found == nullptr) co_return co_await RemoveEndpoints(ns, name);  // its slices go with it: it owns them
  const auto service = api::Service::From(*found);
  if (service.selector.empty() || service.type == "ExternalName" || service.meta.deleting()) co_return Status();
  const Observed seen = Observe(service);
  CO_TRYV(co_await WriteSlices(MakePlan(seen)));
  co_return co_await WriteEndpoints(seen);
}

Task<Status> Controller::WriteSlices(Plan plan) {
  for (api::Json& body : plan.update) {
    const auto written = co_await context_.door.Update(std::move(body));
    if (!written.ok()) co_return written.error();
    Remember(written->object);
  }
  for (api::Json& body : plan.create) {
    const auto written = co_await context_.door.Create(std::move(body));
    if (!written.ok()) co_return written.error();
    Remember(written->object);
  }
  for (const api::Object& slice : plan.remove) {
    ObjectKey slice_key = slice.key();
    store::DeleteOptions options;
    options.preconditions.uid = slice.uid();
    const auto deleted = co_await context_.door.Delete(std::move(slice_key), std::move(options));
    if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
    ahead_.erase(slice.key());
  }
  co_return Status();
}

Task<Status> Controller::WriteEndpoints(const Observed& seen) {
  const api::Object* current = caches_.endpoints.Find(seen.service.meta.ns, seen.service.meta.name);
  std::optional<api::Json> body = EndpointsObject(seen, current);
  if (!body) co_return Status();
  if (current != nullptr) {
    const auto updated = co_await context_.door.Update(std::move(*body));
    if (!updated.ok()) co_return updated.error();
    co_return Status();
  }
  const auto created = co_await context_.door.Create(std::move(*body));
  if (!created.ok()) co_return created.error();
  co_return Status();
}

Task<Status> Controller::RemoveEndpoints(std::string ns, std::string name) {
  if (caches_.endpoints.Find(ns, name) == nullptr) co_return Status();
  ObjectKey key{"Endpoints", ns, name};
  store::DeleteOptions options;
  const auto deleted = co_await context_.door.Delete(std::move(key), std::move(options));
  if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
  co_return Status();
}

}  // namespace ordinal::controllers::endpoints
