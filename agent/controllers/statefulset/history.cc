#include "agent/controllers/statefulset/history.h"

#include <utility>

#include "agent/controllers/own.h"
#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {

using api::ControllerRevision;
using api::Json;
using api::Object;
using api::ObjectKey;
using api::StatefulSet;

History::History(Context& context, Cache& revisions)
    : context_(context), revisions_(revisions), by_controller_(objects::ByController(revisions)) {}

Task<Result<api::Refs<ControllerRevision>>> History::Read(const StatefulSet& set) {
  const api::Refs<ControllerRevision> seen = OwnAndOrphans(by_controller_, set.meta);
  for (const api::Ref<ControllerRevision>& each : seen) {
    const bool fits = set.selector.Matches(each->meta.labels);
    if (controllers::MembershipOf(set.meta, fits, each->meta) != Membership::kAdopt) continue;
    CO_TRYV(co_await Adopt(context_, set.object, each->object));
  }
  co_return by_controller_.All(set.meta.uid);
}

Task<Status> History::Apply(const StatefulSet& set, const Revisions& revisions) {
  if (revisions.create) co_return co_await Create(set, *revisions.create);
  if (!revisions.renumber) co_return Status();
  ObjectKey key{"ControllerRevision", set.meta.ns, revisions.renumber->name};
  std::function<bool(Json&)> change = [number = revisions.renumber->revision](Json& body) {
    body["revision"] = number;
    return true;
  };
  const auto renumbered = co_await context_.client.Modify(std::move(key), std::move(change));
  co_return StatusOf(renumbered);
}

Task<Status> History::Create(const StatefulSet& set, Json body) {
  Json data = body["data"];
  ObjectKey key{"ControllerRevision", set.meta.ns, NameOf(body)};
  const auto created = co_await context_.client.Create(std::move(body));
  if (created.ok()) co_return Status();
  if (created.error().code != ErrorCode::kAlreadyExists) co_return created.error();
  const auto existing = co_await context_.client.Get(std::move(key));
  if (!existing.ok()) co_return existing.error();
  co_return co_await Settle(set, *existing, std::move(data));
}

/// The name is taken: by the set's own revision or one left behind that nobody controls, by an earlier set's, or by
/// another template of the same hash.
Task<Status> History::Settle(const StatefulSet& set, Object existing, Json data) {
  const auto revision = ControllerRevision::From(existing);
  const auto* owner = revision.meta.Controller();
  if (revision.data() != data) {
    Json status = api::Member(set.object.body(), "status");
    status["collisionCount"] = set.collision_count + 1;
    CO_TRYV(co_await WriteStatus(context_, set.object, std::move(status)));
    co_return MakeError(ErrorCode::kConflict, "revision " + api::ToString(existing.key()) + " holds another template");
  }
  if (owner == nullptr) co_return co_await Adopt(context_, set.object, existing);
  if (owner->uid == set.meta.uid) co_return Status();
  co_return MakeError(ErrorCode::kConflict,
                      api::ToString(existing.key()) + " still belongs to an earlier set of that name");
}

}  // namespace ordinal::controllers::statefulset
