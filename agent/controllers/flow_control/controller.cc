#include "agent/controllers/flow_control/controller.h"

#include <utility>

#include "agent/controllers/flow_control/plan.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::flow_control {
namespace {

using api::Json;

/// Kind and name.
std::string KeyFor(const Json& document) {
  return QueueKey(api::ReadString(document, "kind"), api::ReadString(api::Member(document, "metadata"), "name"));
}

/// Null for what others made.
const Json* DocumentOf(const std::string& key) {
  for (const Json& document : Documents()) {
    if (KeyFor(document) == key) return &document;
  }
  return nullptr;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      schemas_(caches.PlainOf(kSchema)),
      levels_(caches.PlainOf(kLevel)),
      queue_(context_.executor, context_.clock, "flow control") {
  for (objects::Cache<api::Plain>* cache : {&schemas_, &levels_}) {
    cache->OnChange([this](const objects::Change<api::Plain>& change) { OnChange(change); });
  }
}

void Controller::OnChange(const objects::Change<api::Plain>& change) {
  const api::Object& object = change.last()->object;
  const std::string key = QueueKey(std::string(object.kind()), std::string(object.name()));
  if (DocumentOf(key) == nullptr) return;
  if (!change.now) return queue_.Add(key);
  if (change.old) queue_.AddAfter(key, kUntilPutRight);
}

Task<void> Controller::Run() {
  co_await schemas_.WaitSynced();
  co_await levels_.WaitSynced();
  for (const Json& document : Documents()) queue_.Add(KeyFor(document));
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const Json* wanted = DocumentOf(key);
  if (wanted == nullptr) co_return Status();
  const auto [kind, name] = SplitQueueKey(key);
  const api::ObjectKey object{kind, "", name};
  const api::Ref<api::Plain> seen = (object.kind == kSchema ? schemas_ : levels_).Find("", object.name);
  if (!seen) {
    Json body = *wanted;
    objects::Unlike leaving = objects::UnlessDeleting;
    const auto made = co_await objects::CreateOrFind(context_.client, std::move(body), std::move(leaving));
    co_return StatusOf(made);
  }
  std::function<bool(Json&)> change = [wanted](Json& stored) { return PutRight(*wanted, stored); };
  const auto changed = co_await EditIf(context_, object, seen->object.uid(), std::move(change));
  co_return StatusOf(changed);
}

}  // namespace ordinal::controllers::flow_control
