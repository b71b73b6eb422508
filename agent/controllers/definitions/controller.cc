#include "agent/controllers/definitions/controller.h"

#include <utility>

#include "agent/base/log.h"
#include "agent/controllers/definitions/plan.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::definitions {
namespace {

using api::Json;
using api::Member;

constexpr char kCleanup[] = "customresourcecleanup.apiextensions.k8s.io";
// Between two looks at objects that something holds back.
constexpr std::chrono::seconds kLookAgain{1};

bool HasCleanup(const Json& definition) {
  const auto finalizers = api::ReadStrings(Member(definition, "metadata"), "finalizers");
  return std::find(finalizers.begin(), finalizers.end(), kCleanup) != finalizers.end();
}

bool DropCleanup(Json& body) {
  Json kept = Json::array();
  for (const Json& finalizer : Member(body["metadata"], "finalizers")) {
    if (finalizer != kCleanup) kept.push_back(finalizer);
  }
  body["metadata"]["finalizers"] = std::move(kept);
  if (body["metadata"]["finalizers"].empty()) body["metadata"].erase("finalizers");
  return true;
}

/// As far as others, and what is served, go by it.
bool SaysTheSame(const Json& a, const Json& b) {
  const Json &before = Member(a, "metadata"), &after = Member(b, "metadata");
  const auto same = [&](const char* member) { return Member(before, member) == Member(after, member); };
  return same("uid") && same("generation") && same("deletionTimestamp") &&
         Member(Member(a, "status"), "acceptedNames") == Member(Member(b, "status"), "acceptedNames") &&
         Member(a, "status").contains("conditions") == Member(b, "status").contains("conditions");
}

std::string GroupIn(const Json& definition) { return api::ReadString(Member(definition, "spec"), "group"); }

/// The kind as stores name it: under the name that was accepted, as it may not change once objects are there. Empty:
/// nothing of that stands in its status.
std::string KindKeyOf(const Json& definition) {
  const Json& names = Member(Member(definition, "status"), "acceptedNames");
  const std::string kind = api::ReadString(names, "kind");
  return kind.empty() ? kind : api::StoreKind(GroupIn(definition) + "/v1", kind);
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      caches_(caches),
      definitions_(caches.PlainOf(kDefinitionKind)),
      queue_(context_.executor, context_.clock, "definitions") {
  definitions_.OnChange([this](const objects::Change<api::Plain>& change) { OnChange(change); });
  queue_.OnException(SayFailedPass(context_.recorder, definitions_));
}

void Controller::OnChange(const objects::Change<api::Plain>& change) {
  const std::string name = change.last()->object.name();
  if (!definitions_.Synced()) {
    queue_.Add(name);
    return PublishAfterList();
  }
  if (change.old && change.now && SaysTheSame(change.old->object.body(), change.now->object.body())) {
    return queue_.Add(name);
  }
  if (!change.now) rules_.erase(name);
  Publish();
  // What one definition leaves or takes may be another's of its group.
  QueueGroup(GroupIn(change.last()->object.body()));
}

/// Once for all of the first list. What waits for the cache goes on after it.
void Controller::PublishAfterList() {
  if (std::exchange(to_publish_, true)) return;
  asio::post(context_.executor, [this] {
    to_publish_ = false;
    Publish();
  });
}

void Controller::QueueGroup(const std::string& group) {
  definitions_.ForEach("", [&](const api::Ref<api::Plain>& each) {
    if (GroupIn(each->object.body()) == group) queue_.Add(each->object.name());
  });
}

const std::string& Controller::RulesOf(const Json& definition) {
  const Json& metadata = Member(definition, "metadata");
  Rules& rules = rules_[api::ReadString(metadata, "name")];
  std::string of = api::ReadString(metadata, "uid") + " " + std::to_string(api::ReadInt(metadata, "generation"));
  if (rules.of != of) rules = {std::move(of), IgnoredRules(definition)};
  return rules.text;
}

std::vector<const Json*> Controller::All() const {
  std::vector<const Json*> all;
  definitions_.ForEach("", [&all](const api::Ref<api::Plain>& each) { all.push_back(&each->object.body()); });
  return all;
}

void Controller::Publish() {
  served_.Publish(All(), context_.clock);
  const std::set<std::string> keys = served_.Keys();
  for (const std::string& kind : keys) {
    if (!followed_.contains(kind)) caches_.Follow(kind);
  }
  for (const std::string& kind : followed_) {
    if (!keys.contains(kind)) caches_.Forget(kind);
  }
  followed_ = keys;
}

Task<void> Controller::Run() {
  co_await definitions_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string name) { return Sync(std::move(name)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string name) {
  const api::Ref<api::Plain> found = definitions_.Find("", name);
  if (!found) co_return Status();
  const api::Object definition = found->object;
  if (api::Deleting(definition.body())) co_return co_await End(definition);
  Json status = NextStatus(definition.body(), All(), RulesOf(definition.body()), context_.clock.Now());
  if (status == Member(definition.body(), "status")) co_return Status();
  co_return co_await WriteStatus(context_, definition, std::move(status));
}

Task<Status> Controller::End(api::Object definition) {
  if (!HasCleanup(definition.body())) co_return Status();
  std::string kind = KindKeyOf(definition.body());
  // It was served, and may have objects, before its status was written.
  if (kind.empty()) kind = served_.KeyOf(definition.name());
  Json status = Member(definition.body(), "status");
  const auto say = [&](const char* value, const char* reason, const char* message) {
    SayTerminating(value, reason, message, context_.clock.Now(), status["conditions"]);
  };
  if (!kind.empty()) {
    say("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress");
    if (status != Member(definition.body(), "status")) {
      Json begun = status;
      CO_TRYV(co_await WriteStatus(context_, definition, std::move(begun)));
    }
    CO_TRYV(co_await RemoveObjects(kind));
    store::ListOptions any;
    any.limit = 1;
    CO_TRY(const store::ListResult left, co_await context_.client.List(kind, std::move(any)));
    if (!left.items.empty()) {
      queue_.AddAfter(definition.name(), kLookAgain);
      co_return Status();
    }
  }
  say("False", "InstanceDeletionCompleted", "removed all instances");
  CO_TRYV(co_await WriteStatus(context_, definition, std::move(status)));
  std::function<bool(Json&)> change = DropCleanup;
  const auto freed = co_await context_.client.Modify(definition.key(), std::move(change));
  if (!freed.ok() && freed.error().code != ErrorCode::kNotFound) co_return freed.error();
  log::Info("{}: its objects and it are gone", api::ToString(definition.key()));
  co_return Status();
}

Task<Status> Controller::RemoveObjects(std::string kind) {
  CO_TRY(const store::ListResult list, co_await context_.client.List(kind, store::ListOptions()));
  Status done;
  for (const api::Object& object : list.items) {
    objects::DeleteOptions wish;
    wish.preconditions.uid = object.uid();
    const auto removed = co_await context_.client.Remove(object.key(), std::move(wish));
    const bool gone = removed.ok() || removed.error().code == ErrorCode::kNotFound;
    if (!gone && done.ok()) done = removed.error();
  }
  co_return done;
}

}  // namespace ordinal::controllers::definitions
