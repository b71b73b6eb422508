#include "agent/app/workloads.h"

#include <utility>

#include "agent/app/config.h"
#include "agent/controllers/claims/controller.h"
#include "agent/controllers/deployment/controller.h"
#include "agent/controllers/endpoints/controller.h"
#include "agent/controllers/namespaces/controller.h"
#include "agent/controllers/namespaces/default_objects.h"
#include "agent/controllers/ownership/controller.h"
#include "agent/controllers/placement/controller.h"
#include "agent/controllers/replicaset/controller.h"
#include "agent/controllers/statefulset/controller.h"

namespace ordinal {

namespace {

using controllers::Context;
using controllers::statefulset::EnsureImages;
using events::EventLog;
using events::Source;
using events::StoreRecorder;

/// One controller's voice: everything it is given, speaking under its own name.
struct Voice {
  Voice(const Context& shared, EventLog& events, Source source)
      : recorder(events, shared.recorder, std::move(source)), context{shared.executor, shared.clock,
                                                                      shared.client,   recorder,
                                                                      shared.random,   shared.node_name} {}
  Voice(const Voice&) = delete;

  StoreRecorder recorder;
  Context context;
};

/// The names Kubernetes' controllers have in events.
struct Voices {
  Voices(const Context& shared, EventLog& events)
      : deployments(shared, events, Source{"deployment-controller", "", false}),
        replica_sets(shared, events, Source{"replicaset-controller", "", false}),
        stateful_sets(shared, events, Source{"statefulset-controller", "", false}),
        claims(shared, events, Source{"persistentvolume-controller", "", false}),
        endpoints(shared, events, Source{"endpointslice-controller", "", false}),
        placement(shared, events, Source{"default-scheduler", "default-scheduler-" + shared.node_name, true}),
        ownership(shared, events, Source{"garbage-collector-controller", "", false}),
        namespaces(shared, events, Source{"namespace-controller", "", false}) {}

  Voice deployments, replica_sets, stateful_sets, claims, endpoints, placement, ownership, namespaces;
};

}  // namespace

struct Workloads::Parts {
  Parts(const Context& shared, EventLog& events, objects::Caches& caches, Host host)
      : voices(shared, events),
        deployments(voices.deployments.context, caches, host.settling),
        replica_sets(voices.replica_sets.context, caches),
        stateful_sets(voices.stateful_sets.context, caches, std::move(host.images), host.settling),
        claims(voices.claims.context, caches, host.storage),
        endpoints(voices.endpoints.context, caches),
        placement(voices.placement.context, caches, std::move(host.own_ports)),
        ownership(voices.ownership.context, caches),
        namespaces(voices.namespaces.context, caches),
        default_objects(voices.namespaces.context, caches, std::move(host.root_ca)) {}

  Voices voices;
  controllers::deployment::Controller deployments;
  controllers::replicaset::Controller replica_sets;
  controllers::statefulset::Controller stateful_sets;
  controllers::claims::Controller claims;
  controllers::endpoints::Controller endpoints;
  controllers::placement::Controller placement;
  controllers::ownership::Controller ownership;
  controllers::namespaces::Controller namespaces;
  controllers::namespaces::DefaultObjects default_objects;
};

controllers::Settling SettlingOf(const Config& config) {
  const auto seconds = [](double value) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
  };
  return {seconds(config.update_settle_first), seconds(config.update_settle_others)};
}

Workloads::Workloads(const Context& context, EventLog& events, objects::Caches& caches, Host host)
    : parts_(std::make_unique<Parts>(context, events, caches, std::move(host))), executor_(context.executor) {}

Workloads::~Workloads() = default;

void Workloads::Start() {
  Spawn(executor_, "deployment controller", parts_->deployments.Run());
  Spawn(executor_, "replicaset controller", parts_->replica_sets.Run());
  Spawn(executor_, "statefulset controller", parts_->stateful_sets.Run());
  Spawn(executor_, "claims controller", parts_->claims.Run());
  Spawn(executor_, "endpoints controller", parts_->endpoints.Run());
  Spawn(executor_, "placement controller", parts_->placement.Run());
  Spawn(executor_, "ownership controller", parts_->ownership.Run());
  Spawn(executor_, "namespace controller", parts_->namespaces.Run());
  Spawn(executor_, "default objects", parts_->default_objects.Run());
}

void Workloads::ImageArrived() { parts_->stateful_sets.ImageArrived(); }

}  // namespace ordinal
