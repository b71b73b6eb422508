#include "cri/call_counts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace ordinal::cri {
namespace {

/// Kubernetes: pkg/kubelet/kuberuntime/instrumented_services.go.
constexpr std::array<std::pair<std::string_view, const char*>, 24> kOperations{{
    {"Version", "version"},
    {"Status", "status"},
    {"RunPodSandbox", "run_podsandbox"},
    {"StopPodSandbox", "stop_podsandbox"},
    {"RemovePodSandbox", "remove_podsandbox"},
    {"PodSandboxStatus", "podsandbox_status"},
    {"ListPodSandbox", "list_podsandbox"},
    {"CreateContainer", "create_container"},
    {"StartContainer", "start_container"},
    {"StopContainer", "stop_container"},
    {"RemoveContainer", "remove_container"},
    {"ContainerStatus", "container_status"},
    {"ListContainers", "list_containers"},
    {"ListContainerStats", "list_container_stats"},
    {"ExecSync", "exec_sync"},
    {"Exec", "exec"},
    {"Attach", "attach"},
    {"PortForward", "port_forward"},
    {"ReopenContainerLog", "reopen_container_log"},
    {"ImageStatus", "image_status"},
    {"ListImages", "list_images"},
    {"PullImage", "pull_image"},
    {"RemoveImage", "remove_image"},
    {"ImageFsInfo", "image_fs_info"},
}};

const char* OperationOf(std::string_view path) {
  if (!path.starts_with("/runtime.v1.")) return nullptr;
  const std::string_view method = path.substr(path.rfind('/') + 1);
  const auto found = std::find_if(kOperations.begin(), kOperations.end(),
                                  [method](const auto& operation) { return operation.first == method; });
  return found == kOperations.end() ? nullptr : found->second;
}

}  // namespace

void CallCounts::Note(const char* path, Duration took, bool ok) {
  auto known = std::find_if(known_.begin(), known_.end(), [path](const auto& each) { return each.first == path; });
  if (known == known_.end()) {
    const char* operation = OperationOf(path);
    known_.emplace_back(path, operation == nullptr ? kNone : counts_.size());
    known = known_.end() - 1;
    if (operation != nullptr) counts_.emplace_back().operation = operation;
  }
  if (known->second == kNone) return;
  CallCount& count = counts_[known->second];
  ++count.calls;
  if (!ok) ++count.errors;
  count.took.Observe(took);
}

const CallCount* CallCounts::Find(std::string_view operation) const {
  const auto found = std::find_if(counts_.begin(), counts_.end(),
                                  [operation](const CallCount& count) { return count.operation == operation; });
  return found == counts_.end() ? nullptr : &*found;
}

}  // namespace ordinal::cri
