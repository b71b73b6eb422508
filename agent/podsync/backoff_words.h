// How a container that waits for its next start says so, and how long something took, in the kubelet's words
// (pkg/kubelet/kuberuntime, doBackOff): people and scripts look for them.
#pragma once

#include <string>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/clock.h"

namespace ordinal::podsync {

/// state.waiting.message: "back-off 1m20s restarting failed container=main pod=kubia-0_default(<uid>)".
std::string BackoffMessage(const api::Pod& pod, const std::string& container, Duration delay);

/// The message of event BackOff: "Back-off restarting failed container main in pod kubia-0_default(<uid>)".
std::string BackoffEvent(const api::Pod& pod, const std::string& container);

/// As time.Duration of Go prints it, in whole milliseconds: "0s", "250ms", "1.5s", "2m0.25s".
std::string GoDuration(Duration duration);

}  // namespace ordinal::podsync
