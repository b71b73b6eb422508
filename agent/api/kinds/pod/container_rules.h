// Rules of the parts of a container. `path` is the container's, "spec.containers[0]".
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "agent/api/faults.h"

namespace ordinal::api {

/// Of users and groups, as the kernel and CRI runtimes take them (k8s.io/kubernetes, ValidateIDs: 31 bits).
inline constexpr int64_t kMostId = 2'147'483'647;

void ValidatePorts(const Json& container, const Path& path, Faults& faults);
/// `known`: the fields that may be asked for, beside one label and one annotation.
void ValidateFieldRef(const Json& ref, const Path& path, std::initializer_list<std::string_view> known, Faults& faults);
void ValidateResourceFieldRef(const Json& ref, const Path& path, Faults& faults);
void ValidateEnv(const Json& container, const Path& path, Faults& faults);
/// volumeMounts and volumeDevices; `volumes` are the names that may be mounted.
void ValidateMounts(const Json& container, const Path& path, const std::set<std::string>& volumes, Faults& faults);
/// limits and requests of a container, at `path`/resources.
void ValidateResources(const Json& resources, const Path& path, Faults& faults);
void ValidateProbes(const Json& container, const Path& path, Faults& faults);
/// `grace_seconds`: the pod's, which a hook that sleeps fits into.
void ValidateLifecycle(const Json& container, const Path& path, int64_t grace_seconds, Faults& faults);
/// lifecycle.stopSignal; `names_os`: the pod says which operating system it is for.
void ValidateStopSignal(const Json& container, const Path& path, bool names_os, Faults& faults);
/// valueFrom.fileKeyRef of its variables; `volumes` are the pod's.
void ValidateEnvFiles(const Json& container, const Json& volumes, const Path& path, Faults& faults);
/// restartPolicy and restartPolicyRules of a container or an init container.
void ValidateRestart(const Json& container, const Path& path, Faults& faults);
/// What an ephemeral container may not have, and whom it may look into; `targets` are the names of the others.
void ValidateEphemeral(const Json& container, const Path& path, const std::set<std::string>& targets, Faults& faults);
void ValidateContainerSecurity(const Json& context, const Path& path, Faults& faults);

}  // namespace ordinal::api
