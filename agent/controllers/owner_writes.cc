#include "agent/controllers/owner_writes.h"

#include <algorithm>
#include <utility>

namespace ordinal::controllers {

using api::Json;
using api::ObjectKey;

Status Settled(const Status& status) {
  if (status.ok()) return {};
  const ErrorCode code = status.error().code;
  if (code == ErrorCode::kNotFound || code == ErrorCode::kConflict) return {};
  return status;
}

Task<Result<bool>> EditIf(Context& context, ObjectKey key, std::string uid, std::function<bool(Json&)> change) {
  bool applied = false;
  std::function<bool(Json&)> edit = [&applied, &uid, &change](Json& body) {
    applied = api::ReadString(api::Member(body, "metadata"), "uid") == uid && change(body);
    return applied;
  };
  const auto written = co_await context.client.Modify(std::move(key), std::move(edit));
  if (written.ok()) co_return applied;
  if (written.error().code == ErrorCode::kNotFound) co_return false;
  co_return written.error();
}

Task<Status> Edit(Context& context, ObjectKey key, std::string uid, std::function<void(Json&)> change) {
  std::function<bool(Json&)> edit = [change = std::move(change)](Json& body) {
    change(body);
    return true;
  };
  const auto written = co_await EditIf(context, std::move(key), std::move(uid), std::move(edit));
  co_return Settled(StatusOf(written));
}

Task<Status> Adopt(Context& context, api::Object owner, api::Object dependent, std::string finalizer) {
  ObjectKey owner_key = owner.key();
  const auto fresh = co_await context.client.Get(std::move(owner_key));
  if (!fresh.ok()) co_return Settled(fresh.error());
  if (fresh->uid() != owner.uid() || api::ReadMeta(fresh->body()).deleting()) co_return Status();
  ObjectKey key = dependent.key();
  std::function<void(Json&)> change = [reference = api::ControllerReference(owner), finalizer](Json& body) {
    const api::Meta meta = api::ReadMeta(body);
    if (meta.Controller() != nullptr) return;
    body["metadata"]["ownerReferences"].push_back(reference.ToJson());
    const bool has = std::find(meta.finalizers.begin(), meta.finalizers.end(), finalizer) != meta.finalizers.end();
    if (!finalizer.empty() && !has && !meta.deleting()) body["metadata"]["finalizers"].push_back(finalizer);
  };
  co_return co_await Edit(context, std::move(key), dependent.uid(), std::move(change));
}

Task<Status> Release(Context& context, api::Object owner, api::Object dependent) {
  ObjectKey key = dependent.key();
  std::function<void(Json&)> change = [uid = owner.uid()](Json& body) {
    Json kept = Json::array();
    for (const Json& each : api::Member(api::Member(body, "metadata"), "ownerReferences")) {
      if (api::ReadString(each, "uid") != uid) kept.push_back(each);
    }
    body["metadata"]["ownerReferences"] = std::move(kept);
    if (body["metadata"]["ownerReferences"].empty()) body["metadata"].erase("ownerReferences");
  };
  co_return co_await Edit(context, std::move(key), dependent.uid(), std::move(change));
}

Task<Status> DropFinalizer(Context& context, ObjectKey key, std::string uid, std::string finalizer) {
  std::function<bool(Json&)> change = [finalizer](Json& body) {
    const Json& before = api::Member(body["metadata"], "finalizers");
    Json kept = Json::array();
    for (const Json& each : before) {
      if (each != finalizer) kept.push_back(each);
    }
    if (kept.size() == before.size()) return false;
    body["metadata"]["finalizers"] = std::move(kept);
    if (body["metadata"]["finalizers"].empty()) body["metadata"].erase("finalizers");
    return true;
  };
  const auto written = co_await EditIf(context, std::move(key), std::move(uid), std::move(change));
  co_return Settled(StatusOf(written));
}

Task<Status> WriteStatus(Context& context, api::Object object, Json status) {
  if (api::Member(object.body(), "status") == status) co_return Status();
  ObjectKey key = object.key();
  const auto written = co_await context.client.UpdateStatus(std::move(key), object.uid(), std::move(status));
  if (written.ok() || written.error().code == ErrorCode::kNotFound) co_return Status();
  co_return written.error();
}

}  // namespace ordinal::controllers
