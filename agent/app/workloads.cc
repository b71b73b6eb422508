#include "agent/app/workloads.h"

#include <utility>

#include "agent/app/config.h"
#include "agent/base/loops.h"
#include "agent/controllers/api_service/controller.h"
#include "agent/controllers/claims/controller.h"
#include "agent/controllers/cronjob/controller.h"
#include "agent/controllers/daemonset/controller.h"
#include "agent/controllers/definitions/controller.h"
#include "agent/controllers/deployment/controller.h"
#include "agent/controllers/disruption/controller.h"
#include "agent/controllers/endpoints/controller.h"
#include "agent/controllers/flow_control/controller.h"
#include "agent/controllers/job/controller.h"
#include "agent/controllers/namespaces/controller.h"
#include "agent/controllers/namespaces/default_objects.h"
#include "agent/controllers/ownership/controller.h"
#include "agent/controllers/placement/controller.h"
#include "agent/controllers/quota/controller.h"
#include "agent/controllers/replicaset/controller.h"
#include "agent/controllers/roles/controller.h"
#include "agent/controllers/served_versions/controller.h"
#include "agent/controllers/statefulset/controller.h"

namespace ordinal {

namespace {

using controllers::Context;
using events::EventLog;
using events::Source;
using events::StoreRecorder;

Source Named(std::string component) { return {std::move(component), "", false}; }

/// A controller that speaks under its own name.
struct Hosted {
  virtual ~Hosted() = default;
  virtual Task<void> Run() = 0;
};

template <class Controller>
struct HostedAs final : Hosted {
  template <class... More>
  HostedAs(const Context& shared, EventLog& events, Source source, objects::Caches& caches, More&&... more)
      : recorder(events, shared.recorder, std::move(source)),
        controller({shared.executor, shared.clock, shared.client, recorder, shared.random, shared.node_name}, caches,
                   std::forward<More>(more)...) {}
  Task<void> Run() override { return controller.Run(); }

  StoreRecorder recorder;
  Controller controller;
};

}  // namespace

struct Workloads::Parts {
  /// A line a controller: what it is, the name that Kubernetes' one has in events, and what it needs beside the caches.
  Parts(const Context& shared, EventLog& log, objects::Caches& all, Host host)
      : context(shared), events(log), caches(all) {
    const Source scheduler{"default-scheduler", "default-scheduler-" + shared.node_name, true};
    Add<controllers::deployment::Controller>(Named("deployment-controller"), host.settling);
    Add<controllers::replicaset::Controller>(Named("replicaset-controller"));
    Add<controllers::replicaset::ControllerOf<api::ReplicationController>>(Named("replication-controller"));
    sets = &Add<controllers::statefulset::Controller>(Named("statefulset-controller"), std::move(host.images),
                                                      host.settling);
    Add<controllers::daemonset::Controller>(Named("daemonset-controller"));
    Add<controllers::job::Controller>(Named("job-controller"));
    Add<controllers::autoscaling::Controller>(Named("horizontal-pod-autoscaler"), std::move(host.pod_metrics),
                                              host.autoscaling_period);
    Add<controllers::cronjob::Controller>(Named("cronjob-controller"));
    Add<controllers::claims::Controller>(Named("persistentvolume-controller"), host.storage);
    Add<controllers::endpoints::Controller>(Named("endpointslice-controller"));
    Add<controllers::disruption::Controller>(Named("controllermanager"));
    Add<controllers::quota::Controller>(Named("resourcequota-controller"));
    Add<controllers::account_tokens::Controller>(Named("tokens-controller"), host.root_ca);
    Add<controllers::certificates::Controller>(Named("csrsigning-controller"), std::move(host.sign));
    Add<controllers::placement::Controller>(scheduler, std::move(host.own_ports));
    Add<controllers::ownership::Controller>(Named("garbage-collector-controller"));
    Add<controllers::namespaces::Controller>(Named("namespace-controller"));
    Add<controllers::definitions::Controller>(Named("crd-controller"));
    Add<controllers::flow_control::Controller>(Named("api-priority-and-fairness-config-producer"));
    Add<controllers::served_versions::Controller>(Named("autoregister"));
    Add<controllers::roles::Controller>(Named("clusterrole-aggregation-controller"));
    Add<controllers::namespaces::DefaultObjects>(Named("namespace-controller"), std::move(host.root_ca));
    Add<controllers::api_service::Controller>(Named("kubernetes-service"), std::move(host.api_address));
  }

  template <class Controller, class... More>
  Controller& Add(Source source, More&&... more) {
    std::string name = source.component;
    auto added =
        std::make_unique<HostedAs<Controller>>(context, events, std::move(source), caches, std::forward<More>(more)...);
    Controller& controller = added->controller;
    hosted.emplace_back(std::move(name), std::move(added));
    return controller;
  }

  Context context;
  EventLog& events;
  objects::Caches& caches;
  std::vector<std::pair<std::string, std::unique_ptr<Hosted>>> hosted;  ///< with their names in logs
  controllers::statefulset::Controller* sets = nullptr;
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
  for (const auto& [name, hosted] : parts_->hosted) {
    SpawnLoop(executor_, parts_->context.clock, name, [&controller = *hosted] { return controller.Run(); });
  }
}

void Workloads::ImageArrived() { parts_->sets->ImageArrived(); }

}  // namespace ordinal
