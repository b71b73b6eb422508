// The writes every controller of dependents makes: edits guarded by uid, adoption, release, status. Each is safe to
// repeat and safe on an old view.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/api/selector.h"
#include "agent/controllers/context.h"
#include "agent/controllers/dependents.h"

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

/// Makes `owner` the controller of `dependent`, after a fresh read showed the owner alive with the same uid.
Task<Status> Adopt(Context& context, api::Object owner, api::Object dependent);
/// Takes `owner` off the owners of `dependent`.
Task<Status> Release(Context& context, api::Object owner, api::Object dependent);

/// What of the kind of `dependents` is the owner's: those without a controller that fit are adopted first, those that
/// do not fit any more are released. As the store has them now.
Task<Result<std::vector<api::Object>>> ReadOwn(Context& context, Dependents& dependents, api::Object owner,
                                               api::Selector selector);

/// Writes the status of `object` when it differs from what is seen there; an object that is gone needs none.
Task<Status> WriteStatus(Context& context, api::Object object, api::Json status);

}  // namespace ordinal::controllers
