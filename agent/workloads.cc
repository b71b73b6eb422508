#include "agent/workloads.h"

#include "agent/controllers/claims/controller.h"
#include "agent/controllers/endpoints/controller.h"
#include "agent/controllers/ownership/controller.h"
#include "agent/controllers/placement/controller.h"
#include "agent/controllers/statefulset/controller.h"

namespace ordinal {

struct Workloads::Parts {
  controllers::statefulset::Controller stateful_sets;
  controllers::claims::Controller claims;
  controllers::endpoints::Controller endpoints;
  controllers::placement::Controller placement;
  controllers::ownership::Controller ownership;
};

Workloads::Workloads(controllers::Context context, const std::function<store::Cache&(const std::string& kind)>& cache)
    : executor_(context.executor) {
  store::Cache& pods = cache("Pod");
  store::Cache& sets = cache("StatefulSet");
  store::Cache& claims = cache("PersistentVolumeClaim");
  store::Cache& volumes = cache("PersistentVolume");
  store::Cache& revisions = cache("ControllerRevision");
  store::Cache& services = cache("Service");
  store::Cache& slices = cache("EndpointSlice");
  parts_.reset(new Parts{{context, {sets, pods, claims, revisions}},
                         {context, {claims, volumes, pods}},
                         {context, {services, pods, slices}},
                         {context, {pods, claims}},
                         {context,
                          {{"StatefulSet", &sets},
                           {"Service", &services},
                           {"Pod", &pods},
                           {"ControllerRevision", &revisions},
                           {"EndpointSlice", &slices},
                           {"PersistentVolumeClaim", &claims}}}});
}

Workloads::~Workloads() = default;

void Workloads::Start() {
  Spawn(executor_, "statefulset controller", parts_->stateful_sets.Run());
  Spawn(executor_, "claims controller", parts_->claims.Run());
  Spawn(executor_, "endpoints controller", parts_->endpoints.Run());
  Spawn(executor_, "placement controller", parts_->placement.Run());
  Spawn(executor_, "ownership controller", parts_->ownership.Run());
}

}  // namespace ordinal
