#include "agent/controllers/history.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/own.h"

namespace ordinal::controllers {

using api::ControllerRevision;
using api::Json;
using api::Object;
using api::ObjectKey;

namespace {

/// An earlier set's revisions go within a moment; longer than this after a set was made, its owner should hear of them.
constexpr Duration kTakenPatience = std::chrono::seconds(10);

}  // namespace

History::History(Context& context, Cache& revisions)
    : context_(context), revisions_(revisions), by_controller_(objects::ByController(revisions)) {}

Task<Result<RevisionRefs>> History::Read(TemplateOwner owner) {
  const RevisionRefs seen = OwnAndOrphans(by_controller_, owner.meta);
  for (const api::Ref<ControllerRevision>& each : seen) {
    const bool fits = owner.selector.Matches(each->meta.labels);
    if (MembershipOf(owner.meta, fits, each->meta) != Membership::kAdopt) continue;
    CO_TRYV(co_await Adopt(context_, owner.object, each->object));
  }
  co_return by_controller_.All(owner.meta.uid);
}

Task<Status> History::Apply(TemplateOwner owner, std::optional<Json> create, std::optional<RenumberRevision> renumber) {
  if (create) co_return co_await Create(std::move(owner), std::move(*create));
  if (!renumber) co_return Status();
  ObjectKey key{"ControllerRevision", owner.meta.ns, renumber->name};
  std::function<bool(Json&)> change = [number = renumber->revision](Json& body) {
    body["revision"] = number;
    return true;
  };
  const auto renumbered = co_await context_.client.Modify(std::move(key), std::move(change));
  co_return StatusOf(renumbered);
}

Task<Status> History::Remove(std::string ns, std::vector<std::string> names) {
  Status done;
  for (const std::string& name : names) {
    ObjectKey key{"ControllerRevision", ns, name};
    objects::DeleteOptions options;
    const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
    if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) done = deleted.error();
  }
  co_return done;
}

Task<Status> History::Create(TemplateOwner owner, Json body) {
  Json data = body["data"];
  ObjectKey key{"ControllerRevision", owner.meta.ns, api::ReadString(body["metadata"], "name")};
  const auto created = co_await context_.client.Create(std::move(body));
  if (created.ok()) co_return Status();
  if (created.error().code != ErrorCode::kAlreadyExists) co_return created.error();
  const auto existing = co_await context_.client.Get(std::move(key));
  if (!existing.ok()) co_return existing.error();
  co_return co_await Settle(std::move(owner), *existing, std::move(data));
}

/// Whether the controller of a revision with the owner's template is there to stay. An earlier set of the owner's name
/// is not: what it left goes, and the name is free.
Task<Result<bool>> History::Lasts(api::OwnerReference controller, TemplateOwner owner) {
  const api::OwnerReference self = api::ControllerReference(owner.object);
  if (controller.kind != self.kind || controller.api_version != self.api_version) co_return true;
  ObjectKey key{controller.kind, owner.meta.ns, controller.name};
  const auto found = co_await context_.client.Get(std::move(key));
  if (found.ok()) co_return found->uid() == controller.uid;
  if (found.error().code == ErrorCode::kNotFound) co_return false;
  co_return found.error();
}

/// The next pass takes another name.
Task<Status> History::Collide(TemplateOwner owner, std::string why) {
  Json status = api::Member(owner.object.body(), "status");
  status["collisionCount"] = owner.collision_count + 1;
  CO_TRYV(co_await WriteStatus(context_, owner.object, std::move(status)));
  co_return MakeError(ErrorCode::kConflict, std::move(why));
}

/// The name is taken: by the set's own revision or one left behind that nobody controls, by an earlier set's, by one of
/// another kind of set (the hash tells templates apart, not sets), or by another template of the same hash.
Task<Status> History::Settle(TemplateOwner owner, Object existing, Json data) {
  const auto revision = ControllerRevision::From(existing);
  const auto* controller = revision.meta.Controller();
  const std::string name = api::ToString(existing.key());
  if (!SameData(revision.data(), data)) {
    co_return co_await Collide(std::move(owner), "revision " + name + " holds another template");
  }
  if (controller == nullptr) co_return co_await Adopt(context_, owner.object, existing);
  if (controller->uid == owner.meta.uid) co_return Status();
  api::OwnerReference other = *controller;
  CO_TRY(const bool lasts, co_await Lasts(other, owner));
  if (lasts) {
    co_return co_await Collide(std::move(owner), fmt::format("revision {} is of {} {}", name, other.kind, other.name));
  }
  const std::string why = name + " still belongs to an earlier set of that name";
  if (owner.meta.created.value_or(WallTime()) + kTakenPatience < context_.clock.Now()) {
    context_.recorder.Record({owner.object, events::Severity::kWarning, "FailedCreate", "Error creating: " + why});
  }
  co_return MakeError(ErrorCode::kConflict, why);
}

}  // namespace ordinal::controllers
