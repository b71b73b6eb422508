// What every namespace has from the start: the service account "default" that pods name, and the config map
// "kube-root-ca.crt" with the certificate by which clients in pods know the API (Kubernetes: pkg/controller/
// serviceaccount and pkg/controller/certificates/rootcacertpublisher). Whoever deletes or changes them gets them back.
#pragma once

#include <functional>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::namespaces {

inline constexpr char kDefaultAccount[] = "default";
inline constexpr char kRootCaMap[] = "kube-root-ca.crt";

class DefaultObjects {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them. `root_ca` gives the API's CA
  /// certificate in PEM, asked when Run() begins; no config map is made while that is empty.
  DefaultObjects(Context context, objects::Caches& caches, std::function<std::string()> root_ca);
  DefaultObjects(const DefaultObjects&) = delete;
  DefaultObjects& operator=(const DefaultObjects&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string ns);
  Task<Status> PublishRootCa(std::string ns);

  Context context_;
  objects::Cache<api::Plain>& namespaces_;
  objects::Cache<api::Plain>& accounts_;
  objects::Cache<api::Plain>& config_maps_;
  WorkQueue queue_;
  std::function<std::string()> root_ca_;
  api::Json root_ca_data_;  ///< data of the config map; null without a certificate
};

}  // namespace ordinal::controllers::namespaces
