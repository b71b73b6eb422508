#include "agent/controllers/namespaces/default_objects.h"

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"
#include "agent/store/create_or_find.h"

namespace ordinal::controllers::namespaces {
namespace {

using api::Json;
using store::EventType;
using store::WatchEvent;

Json Named(const char* kind, const std::string& ns, const char* name) {
  Json body = {{"apiVersion", "v1"}, {"kind", kind}};
  body["metadata"] = Json{{"name", name}, {"namespace", ns}};
  return body;
}

}  // namespace

DefaultObjects::DefaultObjects(Context context, Caches caches, std::function<std::string()> root_ca)
    : context_(std::move(context)),
      caches_(caches),
      queue_(context_.executor, context_.clock, "default objects of namespaces"),
      root_ca_(std::move(root_ca)) {
  caches_.namespaces.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kAdded) queue_.Add(event.object.name());
  });
  caches_.accounts.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kDeleted && event.object.name() == kDefaultAccount) queue_.Add(event.object.ns());
  });
  caches_.config_maps.OnChange([this](const WatchEvent& event) {
    if (event.object.name() == kRootCaMap) queue_.Add(event.object.ns());
  });
  queue_.OnException(SayFailedPass(context_.recorder, caches_.namespaces));
}

Task<void> DefaultObjects::Run() {
  if (std::string certificate = root_ca_(); !certificate.empty()) {
    root_ca_data_ = Json{{"ca.crt", std::move(certificate)}};
  }
  co_await caches_.namespaces.WaitSynced();
  co_await caches_.accounts.WaitSynced();
  co_await caches_.config_maps.WaitSynced();
  WorkQueue::Handler handler = [this](std::string ns) { return Sync(std::move(ns)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> DefaultObjects::Sync(std::string ns) {
  // Read afresh: what is made in a namespace after it was emptied would stay behind for ever.
  api::ObjectKey key{"Namespace", "", ns};
  const auto found = co_await context_.door.store().Get(std::move(key));
  if (!found.ok()) co_return Settled(found.error());
  if (api::Deleting(found->body())) co_return Status();
  if (caches_.accounts.Find(ns, kDefaultAccount) == nullptr) {
    Json body = Named("ServiceAccount", ns, kDefaultAccount);
    store::Unlike leaving = store::UnlessDeleting;
    const auto made = co_await store::CreateOrFind(context_.door, std::move(body), std::move(leaving));
    CO_TRYV(StatusOf(made));
  }
  if (root_ca_data_.is_null()) co_return Status();
  co_return co_await PublishRootCa(std::move(ns));
}

Task<Status> DefaultObjects::PublishRootCa(std::string ns) {
  const api::Object* map = caches_.config_maps.Find(ns, kRootCaMap);
  if (map == nullptr) {
    Json body = Named("ConfigMap", ns, kRootCaMap);
    body["data"] = root_ca_data_;
    store::Unlike unlike = [this](const api::Object& existing) {
      std::string why = store::UnlessDeleting(existing);
      if (why.empty() && api::Member(existing.body(), "data") != root_ca_data_) why = "holds something else";
      return why;
    };
    const auto made = co_await store::CreateOrFind(context_.door, std::move(body), std::move(unlike));
    co_return StatusOf(made);
  }
  if (api::Member(map->body(), "data") == root_ca_data_) co_return Status();
  std::function<void(Json&)> change = [this](Json& body) { body["data"] = root_ca_data_; };
  co_return co_await Edit(context_, map->key(), map->uid(), std::move(change));
}

}  // namespace ordinal::controllers::namespaces
