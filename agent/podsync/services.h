// What the workers of all pods share. Everything is used on the control thread.
#pragma once

#include "agent/base/blocking_pool.h"
#include "agent/events/recorder.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/allocations.h"
#include "agent/podsync/counts.h"
#include "agent/podsync/cri_config.h"
#include "agent/podsync/images.h"
#include "agent/podsync/memory.h"
#include "agent/podsync/user_namespaces.h"
#include "agent/podsync/volume_specs.h"
#include "agent/probes/prober.h"
#include "agent/references/account_tokens.h"
#include "agent/references/references.h"
#include "agent/status/pod_reports.h"
#include "agent/store/object_store.h"
#include "volumes/pod_volumes.h"

namespace ordinal::podsync {

/// Why a new pod may not begin here: the reason and the message of its status. An empty reason: it may.
using AskRefusal = std::function<Waiting(const api::Pod& pod)>;

/// Sends a signal to the first process of a running container, by its id.
using SendSignal = std::function<Task<Status>(std::string id, int signal)>;

/// The runtime's handler of a runtime class; kNotFound when there is no such class.
using HandlerOf = std::function<Result<std::string>(const std::string& runtime_class)>;

struct Services {
  Executor executor;
  Clock& clock;
  cri::Runtime& runtime;
  observe::PodStates& states;
  volumes::PodVolumes& volumes;
  const Layout& layout;
  Images& images;
  BlockingPool& pool;
  NodeFacts node;
  VolumeLookups lookups;
  references::References& references;
  references::AccountTokens& tokens;
  probes::Checks& checks;
  probes::Prober& prober;
  status::PodReports& reports;
  events::Recorder& recorder;
  SendSignal signal = nullptr;     ///< null: the runtime sends its own
  HandlerOf handler_of = nullptr;  ///< null: there are no runtime classes
  std::shared_ptr<UserNamespaces> user_namespaces = std::make_shared<UserNamespaces>();
  /// What pods may take of the node, by resource; null: processors, memory and pods as the host has them.
  std::function<api::ResourceList()> allocatable = nullptr;
  Allocations* allocations = nullptr;  ///< PodSync's own
  AskRefusal refusal = nullptr;        ///< null: every pod may begin
  Counts* counts = nullptr;            ///< null: nobody asks

  /// What the handler of the pod's class can; nothing where there is no such class.
  cri::HandlerFeatures Features(const api::Pod& pod) const {
    const std::string& name = pod.spec.runtime_class;
    if (name.empty()) return node.runtime.Of("");
    if (!handler_of) return {};
    const Result<std::string> handler = handler_of(name);
    return handler.ok() ? node.runtime.Of(*handler) : cri::HandlerFeatures();
  }
};

}  // namespace ordinal::podsync
