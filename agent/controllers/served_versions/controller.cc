#include "agent/controllers/served_versions/controller.h"

#include <utility>

#include "agent/controllers/owner_writes.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::served_versions {
namespace {

using api::Json;

constexpr char kKind[] = "APIService", kDefinition[] = "CustomResourceDefinition";
/// All of them are looked at together: there are a few dozen, and they change when a definition does.
constexpr char kAll[] = "all";

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      services_(caches.PlainOf(kKind)),
      definitions_(caches.PlainOf(kDefinition)),
      queue_(context_.executor, context_.clock, "served versions") {
  services_.OnChange([this](const objects::Change<api::Plain>&) { queue_.Add(kAll); });
  definitions_.OnChange([this](const objects::Change<api::Plain>&) { queue_.Add(kAll); });
}

Task<void> Controller::Run() {
  co_await services_.WaitSynced();
  co_await definitions_.WaitSynced();  // else the versions of definitions would be taken for gone
  queue_.Add(kAll);
  WorkQueue::Handler handler = [this](std::string) { return Sync(); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync() {
  std::map<std::string, Json> stored;
  services_.ForEach("", [&](const api::Ref<api::Plain>& each) { stored[each->object.name()] = each->object.body(); });
  std::vector<Action> actions = PlanFor(VersionsOf(api::AllKinds()), stored, memory_);
  for (Action& action : actions) {
    const std::string name = action.name;
    CO_TRYV(co_await CarryOut(std::move(action)));
    memory_.settled.insert(name);
  }
  co_return co_await SayAvailable();
}

Task<Status> Controller::CarryOut(Action action) {
  const api::ObjectKey key{kKind, "", action.name};
  if (action.verb == Action::Verb::kCreate) {
    objects::Unlike leaving = objects::UnlessDeleting;
    const auto made = co_await objects::CreateOrFind(context_.client, std::move(action.body), std::move(leaving));
    co_return StatusOf(made);
  }
  const auto seen = services_.Find(key.ns, key.name);
  if (!seen) co_return Status();
  const std::string uid = seen->object.uid();
  if (action.verb == Action::Verb::kReplace) {
    std::function<void(Json&)> change = [&action](Json& body) { Say(action.body, body); };
    co_return co_await Edit(context_, key, uid, std::move(change));
  }
  objects::DeleteOptions wish;
  wish.preconditions.uid = uid;
  const auto removed = co_await context_.client.Remove(key, std::move(wish));
  co_return Settled(StatusOf(removed));
}

Task<Status> Controller::SayAvailable() {
  std::vector<api::Object> all;
  services_.ForEach("", [&](const api::Ref<api::Plain>& each) { all.push_back(each->object); });
  for (const api::Object& each : all) {
    const Json& stored = api::Member(api::Member(each.body(), "status"), "conditions");
    Json conditions = ConditionsOf(each.body(), context_.clock.Now());
    if (conditions == stored || (conditions.empty() && stored.is_null())) continue;
    Json status = api::Member(each.body(), "status");
    if (!status.is_object()) status = Json::object();
    status["conditions"] = std::move(conditions);
    CO_TRYV(co_await WriteStatus(context_, each, std::move(status)));
  }
  co_return Status();
}

}  // namespace ordinal::controllers::served_versions
