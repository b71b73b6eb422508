#include "agent/apiserver/auth/follow_roles.h"

#include "agent/api/kinds/cluster_role/view.h"
#include "agent/api/kinds/cluster_role_binding/view.h"
#include "agent/api/kinds/role/view.h"
#include "agent/api/kinds/role_binding/view.h"

namespace ordinal::apiserver::auth {
namespace {

template <class Role>
void FollowRolesOf(objects::Cache<Role>& cache, Authorizer& access) {
  cache.OnChange([&access](const objects::Change<Role>& change) {
    const api::Object& object = change.last()->object;
    if (change.old && change.now && change.old->rules == change.now->rules) return;
    access.Change([&](PolicyIndex& index) {
      if (change.deleted()) return index.DropRole(object.ns(), object.name());
      index.PutRole(object.ns(), object.name(), change.now->rules);
    });
  });
}

template <class Bound>
void FollowBindingsOf(objects::Cache<Bound>& cache, Authorizer& access) {
  cache.OnChange([&access](const objects::Change<Bound>& change) {
    const api::Object& object = change.last()->object;
    if (change.old && change.now && change.old->role == change.now->role &&
        change.old->subjects == change.now->subjects) {
      return;
    }
    access.Change([&](PolicyIndex& index) {
      if (change.deleted()) return index.DropBinding(object.ns(), object.name());
      index.PutBinding({object.ns(), object.name(), change.now->role, change.now->subjects});
    });
  });
}

}  // namespace

void FollowRoles(objects::Caches& caches, Authorizer& access) {
  FollowRolesOf(caches.Of<api::Role>(), access);
  FollowRolesOf(caches.Of<api::ClusterRole>(), access);
  FollowBindingsOf(caches.Of<api::RoleBinding>(), access);
  FollowBindingsOf(caches.Of<api::ClusterRoleBinding>(), access);
}

Task<void> AwaitRoles(objects::Caches& caches) {
  co_await caches.Of<api::Role>().WaitSynced();
  co_await caches.Of<api::ClusterRole>().WaitSynced();
  co_await caches.Of<api::RoleBinding>().WaitSynced();
  co_await caches.Of<api::ClusterRoleBinding>().WaitSynced();
}

}  // namespace ordinal::apiserver::auth
