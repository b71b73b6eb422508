#include "agent/controllers/endpoints/controller.h"

#include <utility>

#include "agent/controllers/api_service/documents.h"
#include "agent/controllers/endpoints/subsets.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::endpoints {
namespace {

using api::ObjectKey;
using objects::Change;

bool Selects(const api::Service& service, const api::StringMap& labels) {
  return api::Selector::FromMap(service.selector).Matches(labels);
}

/// Services by one label of their selector; those without one select nothing and are not in it.
const objects::Index<api::Service>& BySelector(objects::Cache<api::Service>& services) {
  return services.IndexBy("selector", [](const api::Service& service) {
    std::vector<std::string> keys;
    const api::StringMap& selector = service.selector;
    if (!selector.empty()) {
      keys.push_back(objects::LabelKey(service.meta.ns, selector.begin()->first, selector.begin()->second));
    }
    return keys;
  });
}

/// Nothing changed that an endpoint is made of (endpoint.h).
bool SameEndpoint(const api::Pod& a, const api::Pod& b) {
  return a.meta.labels == b.meta.labels && a.deleting() == b.deleting() && a.Terminal() == b.Terminal() &&
         a.Ready() == b.Ready() && a.status.pod_ips == b.status.pod_ips && a.status.pod_ip == b.status.pod_ip &&
         a.spec.node_name == b.spec.node_name && a.meta.uid == b.meta.uid;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      services_(caches.Of<api::Service>()),
      pods_(caches.Of<api::Pod>()),
      slices_(caches.Of<api::EndpointSlice>()),
      endpoints_(caches.PlainOf("Endpoints")),
      services_by_selector_(BySelector(services_)),
      pods_by_label_(objects::ByLabel(pods_)),
      slices_by_service_(objects::ByService(slices_)),
      queue_(context_.executor, context_.clock, "endpoints") {
  services_.OnChange([this](const Change<api::Service>& change) { queue_.Add(QueueKey(change.last()->object)); });
  pods_.OnChange([this](const Change<api::Pod>& change) { OnPod(change); });
  slices_.OnChange([this](const Change<api::EndpointSlice>& change) { OnSlice(change); });
  endpoints_.OnChange([this](const Change<api::Plain>& change) {
    if (!change.added()) queue_.Add(QueueKey(change.last()->object));
  });
  queue_.OnException(SayFailedPass(context_.recorder, services_));
}

void Controller::OnPod(const Change<api::Pod>& change) {
  if (change.old && change.now && SameEndpoint(*change.old, *change.now)) return;
  for (const api::Ref<api::Pod>& pod : {change.old, change.now}) {
    if (!pod) continue;
    for (const auto& [label, value] : pod->meta.labels) {
      services_by_selector_.ForEach(objects::LabelKey(pod->meta.ns, label, value), [&](const api::Service& service) {
        if (Selects(service, pod->meta.labels)) queue_.Add(QueueKey(service.object));
      });
    }
  }
}

void Controller::OnSlice(const Change<api::EndpointSlice>& change) {
  const api::EndpointSlice& slice = *change.last();
  // Somebody else's edit of a slice is undone, a lost slice made again.
  if (!change.added() && Managed(slice.meta) && !slice.service.empty()) {
    queue_.Add(QueueKey(slice.meta.ns, slice.service));
  }
}

Task<void> Controller::Run() {
  co_await services_.WaitSynced();
  co_await pods_.WaitSynced();
  co_await slices_.WaitSynced();
  co_await endpoints_.WaitSynced();
  // Those whose service went while nobody looked.
  endpoints_.ForEach("", [this](const api::Plain& endpoints) { queue_.Add(QueueKey(endpoints.object)); });
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe(const api::Service& service) const {
  Observed seen;
  seen.service = service;
  seen.now = context_.clock.Now();
  const std::string& ns = service.meta.ns;
  // Of the labels that the selector asks for, the one that the fewest pods have.
  std::string rarest;
  for (const auto& [label, value] : service.selector) {
    std::string key = objects::LabelKey(ns, label, value);
    if (rarest.empty() || pods_by_label_.Count(key) < pods_by_label_.Count(rarest)) rarest = std::move(key);
  }
  pods_by_label_.ForEach(rarest, [&](const api::Ref<api::Pod>& pod) {
    if (Selects(service, pod->meta.labels)) seen.pods.push_back(pod);
  });
  slices_by_service_.ForEach(objects::ServiceKey(ns, service.meta.name),
                             [&](const api::Ref<api::EndpointSlice>& slice) {
                               if (Managed(slice->meta)) seen.slices.push_back(slice);
                             });
  return seen;
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  if (api_service::IsApiService(ns, name)) co_return Status();
  const api::Ref<api::Service> service = services_.Find(ns, name);
  if (!service) co_return co_await RemoveEndpoints(ns, name);  // its slices go with it: it owns them
  if (service->selector.empty() || service->type == "ExternalName" || service->meta.deleting()) co_return Status();
  const Observed seen = Observe(*service);
  CO_TRYV(co_await WriteSlices(MakePlan(seen)));
  co_return co_await WriteEndpoints(seen);
}

Task<Status> Controller::WriteSlices(Plan plan) {
  for (api::Json& body : plan.update) {
    const auto written = co_await context_.client.Update(std::move(body));
    if (!written.ok()) co_return written.error();
  }
  for (api::Json& body : plan.create) {
    const auto written = co_await context_.client.Create(std::move(body));
    if (!written.ok()) co_return written.error();
  }
  for (const api::Object& slice : plan.remove) {
    ObjectKey slice_key = slice.key();
    objects::DeleteOptions options;
    options.preconditions.uid = slice.uid();
    const auto deleted = co_await context_.client.Delete(std::move(slice_key), std::move(options));
    if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
  }
  co_return Status();
}

Task<Status> Controller::WriteEndpoints(const Observed& seen) {
  const api::Ref<api::Plain> current = endpoints_.Find(seen.service.meta.ns, seen.service.meta.name);
  std::optional<api::Json> body = EndpointsObject(seen, current ? &current->object : nullptr);
  if (!body) co_return Status();
  if (current) {
    const auto updated = co_await context_.client.Update(std::move(*body));
    if (!updated.ok()) co_return updated.error();
    co_return Status();
  }
  const auto created = co_await context_.client.Create(std::move(*body));
  if (!created.ok()) co_return created.error();
  co_return Status();
}

Task<Status> Controller::RemoveEndpoints(std::string ns, std::string name) {
  if (!endpoints_.Find(ns, name)) co_return Status();
  ObjectKey key{"Endpoints", ns, name};
  objects::DeleteOptions options;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) co_return deleted.error();
  co_return Status();
}

}  // namespace ordinal::controllers::endpoints
