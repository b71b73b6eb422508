// Every kind the agent knows: one line a kind, in the order in which they are listed. Each is in the folder of its
// name.
#pragma once

#include "agent/api/kind.h"

// clang-format off
#define ORDINAL_KINDS(KIND)      \
  KIND(pod)                      \
  KIND(replica_set)              \
  KIND(stateful_set)             \
  KIND(daemon_set)               \
  KIND(deployment)               \
  KIND(replication_controller)   \
  KIND(pod_template)             \
  KIND(job)                      \
  KIND(cron_job)                 \
  KIND(controller_revision)      \
  KIND(pod_disruption_budget)    \
  KIND(horizontal_pod_autoscaler) \
  KIND(service)                  \
  KIND(endpoints)                \
  KIND(endpoint_slice)           \
  KIND(ingress_class)            \
  KIND(ingress)                  \
  KIND(network_policy)           \
  KIND(config_map)               \
  KIND(secret)                   \
  KIND(service_account)          \
  KIND(persistent_volume)        \
  KIND(persistent_volume_claim)  \
  KIND(storage_class)            \
  KIND(csi_driver)               \
  KIND(csi_node)                 \
  KIND(csi_storage_capacity)     \
  KIND(volume_attachment)        \
  KIND(volume_attributes_class)  \
  KIND(priority_class)           \
  KIND(runtime_class)            \
  KIND(namespace)                \
  KIND(node)                     \
  KIND(role)                     \
  KIND(cluster_role)             \
  KIND(role_binding)             \
  KIND(cluster_role_binding)     \
  KIND(validating_webhook_configuration) \
  KIND(mutating_webhook_configuration) \
  KIND(validating_admission_policy) \
  KIND(validating_admission_policy_binding) \
  KIND(mutating_admission_policy) \
  KIND(mutating_admission_policy_binding) \
  KIND(api_service)              \
  KIND(flow_schema)              \
  KIND(priority_level_configuration) \
  KIND(lease)                    \
  KIND(event)
// clang-format on

namespace ordinal::api::kinds {

#define ORDINAL_DECLARE_KIND(folder) \
  namespace of_##folder {            \
    extern const KindInfo kKind;     \
  }
ORDINAL_KINDS(ORDINAL_DECLARE_KIND)
#undef ORDINAL_DECLARE_KIND

}  // namespace ordinal::api::kinds
