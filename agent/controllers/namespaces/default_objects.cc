#include "agent/controllers/namespaces/default_objects.h"

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::namespaces {
namespace {

using api::Json;
using api::Object;
using objects::Change;

Json Named(const char* kind, const std::string& ns, const char* name) {
  Json body = {{"apiVersion", "v1"}, {"kind", kind}};
  body["metadata"] = Json{{"name", name}, {"namespace", ns}};
  return body;
}

}  // namespace

DefaultObjects::DefaultObjects(Context context, objects::Caches& caches, std::function<std::string()> root_ca)
    : context_(std::move(context)),
      namespaces_(caches.PlainOf("Namespace")),
      accounts_(caches.PlainOf("ServiceAccount")),
      config_maps_(caches.PlainOf("ConfigMap")),
      queue_(context_.executor, context_.clock, "default objects of namespaces"),
      root_ca_(std::move(root_ca)) {
  namespaces_.OnChange([this](const Change<api::Plain>& change) {
    if (change.added()) queue_.Add(change.now->object.name());
  });
  accounts_.OnChange([this](const Change<api::Plain>& change) {
    if (change.deleted() && change.old->object.name() == kDefaultAccount) queue_.Add(change.old->object.ns());
  });
  config_maps_.OnChange([this](const Change<api::Plain>& change) {
    const Object& map = change.last()->object;
    if (map.name() == kRootCaMap) queue_.Add(map.ns());
  });
  queue_.OnException(SayFailedPass(context_.recorder, namespaces_));
}

Task<void> DefaultObjects::Run() {
  if (std::string certificate = root_ca_(); !certificate.empty()) {
    root_ca_data_ = Json{{"ca.crt", std::move(certificate)}};
  }
  co_await namespaces_.WaitSynced();
  co_await accounts_.WaitSynced();
  co_await config_maps_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string ns) { return Sync(std::move(ns)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> DefaultObjects::Sync(std::string ns) {
  // Read afresh: what is made in a namespace after it was emptied would stay behind for ever.
  api::ObjectKey key{"Namespace", "", ns};
  const auto found = co_await context_.client.Get(std::move(key));
  if (!found.ok()) co_return Settled(found.error());
  if (api::Deleting(found->body())) co_return Status();
  if (!accounts_.Find(ns, kDefaultAccount)) {
    Json body = Named("ServiceAccount", ns, kDefaultAccount);
    objects::Unlike leaving = objects::UnlessDeleting;
    const auto made = co_await objects::CreateOrFind(context_.client, std::move(body), std::move(leaving));
    CO_TRYV(StatusOf(made));
  }
  if (root_ca_data_.is_null()) co_return Status();
  co_return co_await PublishRootCa(std::move(ns));
}

Task<Status> DefaultObjects::PublishRootCa(std::string ns) {
  const api::Ref<api::Plain> map = config_maps_.Find(ns, kRootCaMap);
  if (!map) {
    Json body = Named("ConfigMap", ns, kRootCaMap);
    body["data"] = root_ca_data_;
    objects::Unlike unlike = [this](const api::Object& existing) {
      std::string why = objects::UnlessDeleting(existing);
      if (why.empty() && api::Member(existing.body(), "data") != root_ca_data_) why = "holds something else";
      return why;
    };
    const auto made = co_await objects::CreateOrFind(context_.client, std::move(body), std::move(unlike));
    co_return StatusOf(made);
  }
  if (api::Member(map->object.body(), "data") == root_ca_data_) co_return Status();
  std::function<void(Json&)> change = [this](Json& body) { body["data"] = root_ca_data_; };
  co_return co_await Edit(context_, map->object.key(), map->object.uid(), std::move(change));
}

}  // namespace ordinal::controllers::namespaces
