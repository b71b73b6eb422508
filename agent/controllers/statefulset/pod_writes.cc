#include "agent/controllers/statefulset/pod_writes.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"
#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/retention.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Json;
using api::ObjectKey;

Task<Status> CreateClaim(Context& context, const api::StatefulSet& set, std::string pod_name, Json body) {
  const std::string claim = NameOf(body);
  objects::Unlike leaving = [&pod_name](const api::Object& existing) {
    return LeavingClaim(api::ReadMeta(existing.body()), pod_name) ? "goes with its former pod or is being deleted" : "";
  };
  const auto created = co_await objects::CreateOrFind(context.client, std::move(body), std::move(leaving));
  if (created.ok()) {
    if (*created) {
      context.recorder.Record(
          {set.object, events::Severity::kNormal, "SuccessfulCreate",
           fmt::format("create Claim {} Pod {} in StatefulSet {} success", claim, pod_name, set.meta.name)});
    }
    co_return Status();
  }
  std::string message =
      fmt::format("create Claim {} for Pod {} in StatefulSet {} failed error: ", claim, pod_name, set.meta.name);
  SayFailedCreate(context.recorder, set.object, std::move(message), created.error());
  co_return created.error();
}

/// The set is as it was when the pass began: a pass over many claims may outlast it.
Task<bool> StillWanted(Context& context, const api::StatefulSet& set) {
  const Result<api::Object> now = co_await context.client.Get(set.object.key());
  co_return now.ok() && now->uid() == set.meta.uid && !api::Deleting(now->body());
}

Task<Status> Create(Context& context, const api::StatefulSet& set, CreatePod action) {
  const std::string name = PodName(set.meta.name, action.ordinal);
  bool first = true;
  for (Json& claim : action.claims) {
    if (!std::exchange(first, false)) {
      const bool wanted = co_await StillWanted(context, set);
      if (!wanted) co_return Status();
    }
    CO_TRYV(co_await CreateClaim(context, set, name, std::move(claim)));
  }
  if (!action.pod) co_return Status();
  objects::Unlike foreign = [&set](const api::Object& existing) {
    const bool ours = MembershipOf(set, api::ReadMeta(existing.body())) == Membership::kOurs;
    return ours ? "" : "is not controlled by the set";
  };
  const auto created = co_await objects::CreateOrFind(context.client, std::move(*action.pod), std::move(foreign));
  if (created.ok()) {
    if (*created) {
      context.recorder.Record({set.object, events::Severity::kNormal, "SuccessfulCreate",
                               fmt::format("create Pod {} in StatefulSet {} successful", name, set.meta.name)});
    }
    co_return Status();
  }
  std::string message = fmt::format("create Pod {} in StatefulSet {} failed error: ", name, set.meta.name);
  SayFailedCreate(context.recorder, set.object, std::move(message), created.error());
  co_return created.error();
}

Task<Status> Delete(Context& context, const api::StatefulSet& set, DeletePod action) {
  if (!action.reason.empty()) {
    context.recorder.Record({set.object, action.severity, action.reason, action.message});
  }
  ObjectKey key{"Pod", set.meta.ns, action.name};
  objects::DeleteOptions options;
  options.preconditions.uid = action.uid;
  const auto deleted = co_await context.client.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    context.recorder.Record({set.object, events::Severity::kNormal, "SuccessfulDelete",
                             fmt::format("delete Pod {} in StatefulSet {} successful", action.name, set.meta.name)});
    co_return Status();
  }
  Status settled = Settled(deleted.error());
  if (!settled.ok()) {
    context.recorder.Record({set.object, events::Severity::kWarning, "FailedDelete",
                             fmt::format("delete Pod {} in StatefulSet {} failed error: {}", action.name, set.meta.name,
                                         settled.error().message)});
  }
  co_return settled;
}

Task<Status> Repair(Context& context, const api::StatefulSet& set, RepairPod action) {
  ObjectKey key{"Pod", set.meta.ns, action.name};
  std::function<void(Json&)> change = [labels = action.labels](Json& body) {
    for (const auto& [label, value] : labels) body["metadata"]["labels"][label] = value;
  };
  co_return co_await Edit(context, std::move(key), action.uid, std::move(change));
}

}  // namespace

Task<Status> Perform(Context& context, const api::StatefulSet& set, PodAction action) {
  if (auto* create = std::get_if<CreatePod>(&action)) co_return co_await Create(context, set, std::move(*create));
  if (auto* remove = std::get_if<DeletePod>(&action)) co_return co_await Delete(context, set, std::move(*remove));
  co_return co_await Repair(context, set, std::get<RepairPod>(std::move(action)));
}

Task<Status> Perform(Context& context, const api::StatefulSet& set, SetClaimOwners action) {
  ObjectKey key{"PersistentVolumeClaim", set.meta.ns, action.name};
  std::function<void(Json&)> change = [owners = action.owners](Json& body) {
    body["metadata"]["ownerReferences"] = owners;
    if (owners.empty()) body["metadata"].erase("ownerReferences");
  };
  co_return co_await Edit(context, std::move(key), action.uid, std::move(change));
}

Task<Status> Perform(Context& context, const api::StatefulSet& set, GrowClaim action) {
  ObjectKey key{"PersistentVolumeClaim", set.meta.ns, action.name};
  std::function<void(Json&)> change = [storage = action.storage](Json& body) {
    Json& request = body["spec"]["resources"]["requests"]["storage"];
    const auto has = api::Quantity::Parse(request.is_string() ? request.get<std::string>() : request.dump());
    const auto wanted = api::Quantity::Parse(storage);
    // Somebody may have made it larger meanwhile.
    if (!has.ok() || *has < *wanted) request = storage;
  };
  co_return co_await Edit(context, std::move(key), action.uid, std::move(change));
}

}  // namespace ordinal::controllers::statefulset
