#include "agent/controllers/roles/controller.h"

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"
#include "agent/controllers/roles/gather.h"

namespace ordinal::controllers::roles {
namespace {

using api::ClusterRole;

constexpr char kGathering[] = "gathering";

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      roles_(caches.Of<ClusterRole>()),
      gathering_(roles_.IndexBy(kGathering,
                                [](const ClusterRole& role) {
                                  return role.gathers ? std::vector<std::string>{kGathering}
                                                      : std::vector<std::string>();
                                })),
      queue_(context_.executor, context_.clock, "aggregated roles") {
  roles_.OnChange([this](const objects::Change<ClusterRole>& change) {
    const bool same = change.old && change.now && change.old->rules == change.now->rules &&
                      change.old->object.labels() == change.now->object.labels() && !change.now->gathers;
    if (same) return;
    gathering_.ForEach(kGathering, [this](const ClusterRole& role) { queue_.Add(role.object.name()); });
  });
  queue_.OnException(SayFailedPass(context_.recorder, roles_));
}

Task<void> Controller::Run() {
  co_await roles_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string name) { return Sync(std::move(name)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string name) {
  const api::Ref<ClusterRole> role = roles_.Find("", name);
  if (!role || !role->gathers || api::Deleting(role->object.body())) co_return Status();
  api::Refs<ClusterRole> all;
  roles_.ForEach("", [&all](const api::Ref<ClusterRole>& each) { all.push_back(each); });
  const std::vector<api::PolicyRule> rules = Gathered(*role, all);
  if (rules == role->rules) co_return Status();
  api::Json documents = api::Json::array();
  for (const api::PolicyRule& rule : rules) documents.push_back(rule.ToJson());
  std::function<void(api::Json&)> change = [&documents](api::Json& body) { body["rules"] = documents; };
  co_return co_await Edit(context_, role->object.key(), role->object.uid(), std::move(change));
}

}  // namespace ordinal::controllers::roles
