// Workloads: all controllers, built on one set of caches. Part of the composition root.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/host_ports.h"
#include "agent/controllers/account_tokens/controller.h"
#include "agent/controllers/api_service/documents.h"
#include "agent/controllers/autoscaling/controller.h"
#include "agent/controllers/certificates/controller.h"
#include "agent/controllers/claims/storage.h"
#include "agent/controllers/context.h"
#include "agent/controllers/settling.h"
#include "agent/controllers/statefulset/image_state.h"
#include "agent/events/store_recorder.h"
#include "agent/objects/caches.h"

namespace ordinal {

struct Config;

/// How long the pods of updates have to stay up, as the configuration says.
controllers::Settling SettlingOf(const Config& config);

class Workloads {
 public:
  /// What controllers need of the host they run on.
  struct Host {
    controllers::statefulset::EnsureImages images;  ///< brings the images of an update here before it takes pods down
    controllers::claims::Storage& storage;          ///< outlives the controllers
    std::function<std::string()> root_ca;           ///< the API's CA certificate in PEM; asked at Start()
    controllers::certificates::Sign sign;           ///< by the API's CA
    std::function<controllers::api_service::Address()> api_address;  ///< where pods reach the API; asked each minute
    controllers::Settling settling = controllers::kUsualSettling;    ///< of the pods of updates
    std::vector<api::TakenPort> own_ports = {};                      ///< where the agent listens: no pod is given them
    controllers::autoscaling::PodMetrics pod_metrics = nullptr;      ///< what pods use; asked from Start() on
    Duration autoscaling_period = controllers::autoscaling::kUsualPeriod;
  };

  /// What controllers say becomes log lines by `context.recorder` and Event objects
  /// in `events`. Build before the caches run.
  Workloads(const controllers::Context& context, events::EventLog& events, objects::Caches& caches, Host host);
  ~Workloads();

  /// Starts every controller; they run for ever.
  void Start();
  /// An image came to this host otherwise than by a pull.
  void ImageArrived();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  Executor executor_;
};

}  // namespace ordinal
