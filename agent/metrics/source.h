// What metrics.k8s.io/v1beta1 shows, as the documents clients get: items of a PodMetricsList and a NodeMetricsList.
#pragma once

#include <string>

#include "agent/metrics/meter.h"
#include "agent/store/object_store.h"

namespace ordinal::metrics {

class Source {
 public:
  Source(store::ObjectReader& store, Meter& meter, std::string node)
      : store_(store), meter_(meter), node_(std::move(node)) {}

  /// A JSON array of PodMetrics without kind and apiVersion, by namespace and name: of each pod whose running
  /// containers were all measured.
  Task<Result<api::Json>> Pods();
  /// The same of NodeMetrics: this node, when it is in the store.
  Task<Result<api::Json>> Nodes();

 private:
  store::ObjectReader& store_;
  Meter& meter_;
  const std::string node_;
};

/// "12345n" as the reference writes it: "5m", "0".
std::string CpuQuantity(uint64_t nanocores);
/// "18204Ki", "4Mi".
std::string MemoryQuantity(uint64_t bytes);

}  // namespace ordinal::metrics
