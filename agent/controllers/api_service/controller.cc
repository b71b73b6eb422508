#include "agent/controllers/api_service/controller.h"

#include <utility>

#include "agent/api/kinds/endpoint_slice/view.h"
#include "agent/api/kinds/service/view.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::api_service {
namespace {

using api::Json;
using objects::Change;

// Nobody says when the host gets another address.
constexpr std::chrono::minutes kLookEvery{1};

bool IsOurs(const api::Object& object) { return IsApiService(object.ns(), object.name()); }

}  // namespace

Controller::Controller(Context context, objects::Caches& caches, std::function<Address()> address)
    : context_(std::move(context)),
      namespaces_(caches.PlainOf("Namespace")),
      address_(std::move(address)),
      queue_(context_.executor, context_.clock, "the API's service") {
  const auto look = [this](const api::Object& object) {
    if (IsOurs(object)) queue_.Add(kNamespace);
  };
  namespaces_.OnChange([this](const Change<api::Plain>& change) {
    if (change.added() && change.now->object.name() == kNamespace) queue_.Add(kNamespace);
  });
  caches.Of<api::Service>().OnChange([look](const Change<api::Service>& change) { look(change.last()->object); });
  caches.Of<api::EndpointSlice>().OnChange(
      [look](const Change<api::EndpointSlice>& change) { look(change.last()->object); });
  caches.PlainOf("Endpoints").OnChange([look](const Change<api::Plain>& change) { look(change.last()->object); });
  queue_.OnException(SayFailedPass(context_.recorder, namespaces_));
}

Task<void> Controller::Run() {
  co_await namespaces_.WaitSynced();
  queue_.Add(kNamespace);
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  queue_.AddAfter(key, kLookEvery);
  api::ObjectKey ns{"Namespace", "", std::move(key)};
  const auto found = co_await context_.client.Get(std::move(ns));
  if (!found.ok()) co_return Settled(found.error());
  if (api::Deleting(found->body())) co_return Status();
  std::vector<Json> wanted = DocumentsFor(address_());
  for (Json& each : wanted) CO_TRYV(co_await Make(std::move(each)));
  co_return Status();
}

Task<Status> Controller::Make(Json wanted) {
  const api::ObjectKey key{api::ReadString(wanted, "kind"), kNamespace, kName};
  const auto found = co_await context_.client.Get(key);
  if (!found.ok()) {
    if (found.error().code != ErrorCode::kNotFound) co_return found.error();
    objects::Unlike leaving = objects::UnlessDeleting;
    const auto made = co_await objects::CreateOrFind(context_.client, std::move(wanted), std::move(leaving));
    co_return StatusOf(made);
  }
  if (MustGo(found->body(), wanted)) {
    objects::DeleteOptions wish;
    wish.preconditions.uid = found->uid();
    const auto removed = co_await context_.client.Remove(key, std::move(wish));
    co_return StatusOf(removed);  // its end brings the next look
  }
  if (SaysTheSame(found->body(), wanted)) co_return Status();
  std::function<void(Json&)> change = [&wanted](Json& body) { Say(wanted, body); };
  co_return co_await Edit(context_, key, found->uid(), std::move(change));
}

}  // namespace ordinal::controllers::api_service
