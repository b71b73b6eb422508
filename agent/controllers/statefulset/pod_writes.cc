#include "agent/controllers/statefulset/pod_writes.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Json;
using api::ObjectKey;

/// A conflict on uid or a missing object means that the view was old: the cache brings the news.
Status Settled(const Status& status) {
  if (status.ok()) return {};
  const ErrorCode code = status.error().code;
  if (code == ErrorCode::kNotFound || code == ErrorCode::kConflict) return {};
  return status;
}

template <class T>
Status StatusOf(const Result<T>& result) {
  if (result.ok()) return {};
  return result.error();
}

/// Edits the object `key` while it has `uid`.
Task<Status> Edit(Context& context, ObjectKey key, std::string uid, std::function<void(Json&)> change) {
  std::function<bool(Json&)> edit = [uid = std::move(uid), change = std::move(change)](Json& body) {
    if (api::ReadString(api::Member(body, "metadata"), "uid") != uid) return false;
    change(body);
    return true;
  };
  const auto result = co_await context.door.Modify(std::move(key), std::move(edit));
  co_return Settled(StatusOf(result));
}

Task<Status> CreateClaim(Context& context, const api::StatefulSet& set, std::string pod_name, Json body) {
  const std::string claim = NameOf(body);
  const auto created = co_await context.door.Create(std::move(body));
  if (created.ok()) {
    context.recorder.Event(
        set.object, Severity::kNormal, "SuccessfulCreate",
        fmt::format("create Claim {} Pod {} in StatefulSet {} success", claim, pod_name, set.meta.name));
    co_return Status();
  }
  if (created.error().code == ErrorCode::kAlreadyExists) co_return Status();
  context.recorder.Event(set.object, Severity::kWarning, "FailedCreate",
                         fmt::format("create Claim {} for Pod {} in StatefulSet {} failed error: {}", claim, pod_name,
                                     set.meta.name, created.error().message));
  co_return created.error();
}

Task<Status> Create(Context& context, const api::StatefulSet& set, CreatePod action) {
  const std::string name = PodName(set.meta.name, action.ordinal);
  for (Json& claim : action.claims) {
    CO_TRYV(co_await CreateClaim(context, set, name, std::move(claim)));
  }
  if (!action.pod) co_return Status();
  const auto created = co_await context.door.Create(std::move(*action.pod));
  if (created.ok()) {
    context.recorder.Event(set.object, Severity::kNormal, "SuccessfulCreate",
                           fmt::format("create Pod {} in StatefulSet {} successful", name, set.meta.name));
    co_return Status();
  }
  if (created.error().code == ErrorCode::kAlreadyExists) {
    ObjectKey key{"Pod", set.meta.ns, name};
    const auto existing = co_await context.door.store().Get(std::move(key));
    if (existing.ok() && MembershipOf(set, api::ReadMeta(existing->body())) == Membership::kOurs) co_return Status();
  }
  context.recorder.Event(
      set.object, Severity::kWarning, "FailedCreate",
      fmt::format("create Pod {} in StatefulSet {} failed error: {}", name, set.meta.name, created.error().message));
  co_return created.error();
}

Task<Status> Delete(Context& context, const api::StatefulSet& set, DeletePod action) {
  if (!action.reason.empty()) {
    context.recorder.Event(set.object, action.severity, action.reason, action.message);
  }
  ObjectKey key{"Pod", set.meta.ns, action.name};
  store::DeleteOptions options;
  options.preconditions.uid = action.uid;
  const auto deleted = co_await context.door.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    context.recorder.Event(set.object, Severity::kNormal, "SuccessfulDelete",
                           fmt::format("delete Pod {} in StatefulSet {} successful", action.name, set.meta.name));
    co_return Status();
  }
  Status settled = Settled(deleted.error());
  if (!settled.ok()) {
    context.recorder.Event(set.object, Severity::kWarning, "FailedDelete",
                           fmt::format("delete Pod {} in StatefulSet {} failed error: {}", action.name, set.meta.name,
                                       settled.error().message));
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

Task<Status> Adopt(Context& context, const api::StatefulSet& set, api::Object pod) {
  ObjectKey set_key = set.object.key();
  const auto fresh = co_await context.door.store().Get(std::move(set_key));
  if (!fresh.ok()) co_return Settled(fresh.error());
  if (fresh->uid() != set.meta.uid || api::ReadMeta(fresh->body()).deleting()) co_return Status();
  ObjectKey key = pod.key();
  std::function<void(Json&)> change = [owner = api::ControllerReference(set.object)](Json& body) {
    if (api::ReadMeta(body).Controller() == nullptr) body["metadata"]["ownerReferences"].push_back(owner.ToJson());
  };
  co_return co_await Edit(context, std::move(key), pod.uid(), std::move(change));
}

Task<Status> Release(Context& context, const api::StatefulSet& set, api::Object pod) {
  ObjectKey key = pod.key();
  std::function<void(Json&)> change = [uid = set.meta.uid](Json& body) {
    Json kept = Json::array();
    for (const Json& owner : api::Member(api::Member(body, "metadata"), "ownerReferences")) {
      if (api::ReadString(owner, "uid") != uid) kept.push_back(owner);
    }
    body["metadata"]["ownerReferences"] = std::move(kept);
    if (body["metadata"]["ownerReferences"].empty()) body["metadata"].erase("ownerReferences");
  };
  co_return co_await Edit(context, std::move(key), pod.uid(), std::move(change));
}

}  // namespace ordinal::controllers::statefulset
