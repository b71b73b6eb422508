// The writes every controller of dependents makes: edits guarded by uid, adoption, release, status. Each is safe to
// repeat and safe on an old view.
#pragma once

#include <functional>
#include <string>

#include "agent/controllers/context.h"

namespace ordinal::controllers {

/// A conflict on uid or a missing object means that the view was old: the cache brings the news.
Status Settled(const Status& status);

template <class T>
Status StatusOf(const Result<T>& result) {
  if (result.ok()) return {};
  return result.error();
}

/// Edits the object `key` while it has `uid` and `change` returns true. Whether it was changed; false when it is gone.
/// `change` may be called again on a newer body, and what it captures must live until the answer.
Task<Result<bool>> EditIf(Context& context, api::ObjectKey key, std::string uid,
                          std::function<bool(api::Json&)> change);

/// The same for a change that always applies; settled when the object has another uid or is gone.
Task<Status> Edit(Context& context, api::ObjectKey key, std::string uid, std::function<void(api::Json&)> change);

/// Makes `owner` the controller of `dependent`, after a fresh read showed the owner alive with the same uid. In the
/// same write it gets `finalizer`, unless that is empty or it is being deleted.
Task<Status> Adopt(Context& context, api::Object owner, api::Object dependent, std::string finalizer = "");
/// Takes `owner` off the owners of `dependent`.
Task<Status> Release(Context& context, api::Object owner, api::Object dependent);

/// Takes `finalizer` off the object; one that is being deleted goes with its last one.
Task<Status> DropFinalizer(Context& context, api::ObjectKey key, std::string uid, std::string finalizer);

/// Writes the status of `object` when it differs from what is seen there; an object that is gone needs none.
Task<Status> WriteStatus(Context& context, api::Object object, api::Json status);

}  // namespace ordinal::controllers
