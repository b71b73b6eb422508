// The certificates controller: signs what was approved, by the key of the agent's CA, and removes old requests.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/controllers/certificates/plan.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::certificates {

/// Signs `request` (PEM) for these usages and this long: the certificate in PEM. Does not block; control thread.
using Sign = std::function<Result<std::string>(const std::string& request, const std::vector<std::string>& usages,
                                               Duration length)>;

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches, Sign sign);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the cache, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string key);
  Task<Status> Answer(api::Ref<api::CertificateSigningRequest> request, Plan plan);
  Task<Status> Remove(api::Ref<api::CertificateSigningRequest> request);

  Context context_;
  objects::Cache<api::CertificateSigningRequest>& requests_;
  Sign sign_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::certificates
