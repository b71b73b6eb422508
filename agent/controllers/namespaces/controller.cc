#include "agent/controllers/namespaces/controller.h"

#include <algorithm>
#include <utility>

#include "agent/api/custom/definition.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::namespaces {
namespace {

using api::Json;

constexpr const char* kFinalizer = "kubernetes";
// Between two looks at a namespace that something is left in: the first, and while the same is left the last.
constexpr std::chrono::seconds kAgain{1}, kLongestAgain{15};
constexpr size_t kRemovedTogether = 64;  // their writes share commits

bool IsEnding(const api::Object& ns) {
  const auto finalizers = api::ReadStrings(api::Member(ns.body(), "spec"), "finalizers");
  return api::ReadMeta(ns.body()).deleting() &&
         std::find(finalizers.begin(), finalizers.end(), kFinalizer) != finalizers.end();
}

bool IsGone(const Error& error) { return error.code == ErrorCode::kNotFound; }

bool TakeFinalizer(Json& body) {
  Json& finalizers = body["spec"]["finalizers"];
  if (!finalizers.is_array()) return false;
  return std::erase_if(finalizers.get_ref<Json::array_t&>(), [](const Json& entry) { return entry == kFinalizer; }) > 0;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      namespaces_(caches.PlainOf("Namespace")),
      queue_(context_.executor, context_.clock, "namespaces") {
  namespaces_.OnChange([this](const objects::Change<api::Plain>& change) {
    const bool ends = change.now && IsEnding(change.now->object);
    if (ends && !(change.old && IsEnding(change.old->object))) queue_.Add(change.now->object.name());
    if (!change.now) waiting_.erase(change.old->object.name());
  });
  // Mostly it is pods that are waited for.
  caches.Of<api::Pod>().OnChange([this](const objects::Change<api::Pod>& change) {
    if (change.deleted() && waiting_.contains(change.old->meta.ns)) queue_.AddAfter(change.old->meta.ns, kAgain);
  });
  queue_.OnException(SayFailedPass(context_.recorder, namespaces_));
}

Task<void> Controller::Run() {
  co_await namespaces_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string name) { return Sync(std::move(name)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string name) {
  const api::ObjectKey key{"Namespace", "", name};
  const auto found = co_await context_.client.Get(key);
  if (!found.ok()) {
    if (!IsGone(found.error())) co_return found.error();
    waiting_.erase(name);
    co_return Status();
  }
  if (!IsEnding(*found)) co_return Status();
  CO_TRY(Contents contents, co_await Empty(name));
  // It goes when a look finds nothing. One more is made at once, for what was all there was; then there is a pause, and
  // the namespace says what is left: somebody may go on making things for ever.
  if (!contents.empty() && contents.lingering.empty() && contents.failed == 0) {
    CO_TRY(Contents again, co_await Empty(name));
    contents = std::move(again);
  }
  if (!contents.empty()) co_return co_await WaitFor(*found, std::move(contents));
  std::function<bool(Json&)> change = TakeFinalizer;
  const auto freed = co_await context_.client.Modify(key, std::move(change));
  if (!freed.ok() && !IsGone(freed.error())) co_return freed.error();
  log::Info("{}: it is empty and gone", api::ToString(key));
  co_return Status();
}

Task<Status> Controller::WaitFor(api::Object ns, Contents contents) {
  Waiting& waiting = waiting_[ns.name()];
  const bool same = waiting.contents == contents;
  waiting.pause = same ? std::min<Duration>(waiting.pause * 2, kLongestAgain) : kAgain;
  waiting.contents = contents;
  queue_.AddAfter(ns.name(), waiting.pause);
  Json status = api::Member(ns.body(), "status");
  SayContents(contents, context_.clock.Now(), status["conditions"]);
  CO_TRYV(co_await WriteStatus(context_, ns, std::move(status)));
  if (contents.failed > 0) log::Warning("{}: deleting its content failed: {}", ns.name(), contents.failures.front());
  co_return Status();
}

Task<Result<Contents>> Controller::Empty(std::string name) {
  Contents contents;
  const api::KindInfo& pods = *api::FindKind("Pod");
  CO_TRYV(co_await EmptyOf(pods, name, contents));
  // What pods live by is there until the last one is gone (KEP 5080).
  if (!contents.lingering.empty() || contents.failed > 0) co_return contents;
  // The list is as it was at the beginning: what a definition brings meanwhile is found by the next look.
  const std::span<const api::KindInfo* const> all = api::AllKinds();
  std::vector<std::shared_ptr<const void>> held;
  for (const api::KindInfo* kind : all) held.push_back(api::custom::HoldOf(*kind));
  for (const api::KindInfo* kind : std::vector<const api::KindInfo*>(all.begin(), all.end())) {
    if (kind->namespaced && kind != &pods) CO_TRYV(co_await EmptyOf(*kind, name, contents));
  }
  co_return contents;
}

Task<Status> Controller::EmptyOf(const api::KindInfo& kind, std::string name, Contents& contents) {
  store::ListOptions options;
  options.ns = std::move(name);
  std::string kind_name(api::KeyOf(kind));
  CO_TRY(const store::ListResult list, co_await context_.client.List(std::move(kind_name), std::move(options)));
  for (size_t next = 0; next < list.items.size(); next += kRemovedTogether) {
    std::vector<Task<Status>> removals;
    for (size_t i = next; i < std::min(next + kRemovedTogether, list.items.size()); ++i) {
      removals.push_back(RemoveOne(kind, list.items[i], contents));
    }
    CO_TRYV(co_await Together(context_.executor, "namespace content", std::move(removals)));
  }
  co_return Status();
}

Task<Status> Controller::RemoveOne(const api::KindInfo& kind, const api::Object& object, Contents& contents) {
  contents.Found(kind);
  objects::DeleteOptions wish;
  wish.preconditions.uid = object.uid();
  const auto removed = co_await context_.client.Remove(object.key(), std::move(wish));
  if (!removed.ok() && !IsGone(removed.error())) contents.Failed(removed.error().message);
  if (removed.ok() && !removed->gone) contents.Stays(kind, removed->object.body());
  co_return Status();
}

}  // namespace ordinal::controllers::namespaces
