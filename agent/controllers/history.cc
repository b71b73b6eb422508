#include "agent/controllers/history.h"

#include <utility>

#include "agent/controllers/own.h"

namespace ordinal::controllers {

using api::ControllerRevision;
using api::Json;
using api::Object;
using api::ObjectKey;

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

/// The name is taken: by the set's own revision or one left behind that nobody controls, by an earlier set's, or by
/// another template of the same hash.
Task<Status> History::Settle(TemplateOwner owner, Object existing, Json data) {
  const auto revision = ControllerRevision::From(existing);
  const auto* controller = revision.meta.Controller();
  if (revision.data() != data) {
    Json status = api::Member(owner.object.body(), "status");
    status["collisionCount"] = owner.collision_count + 1;
    CO_TRYV(co_await WriteStatus(context_, owner.object, std::move(status)));
    co_return MakeError(ErrorCode::kConflict, "revision " + api::ToString(existing.key()) + " holds another template");
  }
  if (controller == nullptr) co_return co_await Adopt(context_, owner.object, existing);
  if (controller->uid == owner.meta.uid) co_return Status();
  co_return MakeError(ErrorCode::kConflict,
                      api::ToString(existing.key()) + " still belongs to an earlier set of that name");
}

}  // namespace ordinal::controllers
