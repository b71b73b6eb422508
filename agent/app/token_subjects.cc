#include "agent/app/token_subjects.h"

#include "agent/api/kinds/pod/view.h"
#include "agent/objects/bound_object.h"

namespace ordinal {
namespace {

/// `Of` reads uid and deletionTimestamp of a view.
template <class T, class MetaOf>
void Follow(objects::Cache<T>& cache, tokens::Subjects& subjects, MetaOf of) {
  cache.OnChange([&subjects, of](const objects::Change<T>& change) {
    const api::Meta now = change.now ? of(*change.now) : api::Meta(), old = change.old ? of(*change.old) : api::Meta();
    if (!old.uid.empty() && now.uid != old.uid) subjects.Remove(old.uid);
    if (!now.uid.empty() && (now.uid != old.uid || now.deleted != old.deleted)) subjects.Put(now.uid, now.deleted);
  });
}

/// No more of a pod's metadata than that: it changes often.
api::Meta Essence(const api::Meta& meta) {
  api::Meta essence;
  essence.uid = meta.uid;
  essence.deleted = meta.deleted;
  return essence;
}

/// Of secrets only those that hold a token count.
api::Meta OfToken(const api::Plain& secret) {
  return objects::HoldsToken(secret.object) ? Essence(api::ReadMeta(secret.object.body())) : api::Meta();
}

}  // namespace

void FollowSubjects(objects::Caches& caches, tokens::Subjects& subjects) {
  Follow(caches.PlainOf("ServiceAccount"), subjects,
         [](const api::Plain& account) { return Essence(api::ReadMeta(account.object.body())); });
  Follow(caches.PlainOf("Secret"), subjects, OfToken);
  Follow(caches.Of<api::Pod>(), subjects, [](const api::Pod& pod) { return Essence(pod.meta); });
}

Task<void> CompleteSubjects(const objects::Caches& caches, tokens::Subjects& subjects) {
  co_await caches.WaitSynced();
  subjects.Complete();
}

}  // namespace ordinal
