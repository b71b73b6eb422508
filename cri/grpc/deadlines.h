// How long each kind of call may take before it is given up, and how these times relate.
//
//   kStatus < kList < kWork < kSandbox < kPull
//
// A call that ends with kDeadlineExceeded may still have had its effect: whoever made it lists before it tries again.
#pragma once

#include <chrono>

namespace ordinal::cri {

/// One object's status, the version, one image: answered from containerd's memory, normally within a millisecond.
/// Longer than a containerd restart (about a second), so that a restart is ridden out and not reported.
inline constexpr std::chrono::milliseconds kStatusDeadline{10'000};

/// Lists grow with the number of pods.
inline constexpr std::chrono::milliseconds kListDeadline{30'000};

/// Create, start, remove: runc and the snapshotter work, on a busy disk for seconds. The kubelet's
/// runtimeRequestTimeout has the same value. StopContainer and ExecSync get their own time on top of this.
inline constexpr std::chrono::milliseconds kWorkDeadline{120'000};

/// RunPodSandbox and StopPodSandbox wait for CNI plugins too; twice kWorkDeadline, as in the kubelet.
inline constexpr std::chrono::milliseconds kSandboxDeadline{240'000};

/// A pull moves gigabytes. containerd itself gives up a pull that makes no progress much earlier.
inline constexpr std::chrono::milliseconds kPullDeadline{3'600'000};

/// One message of an image import: content is written in chunks of at most a megabyte.
inline constexpr std::chrono::milliseconds kContentDeadline{60'000};

/// An idempotent call that finds containerd gone is sent once more and waits this long for it to come back. Shorter
/// than kStatusDeadline, so that a runtime that stays away is reported as unavailable and not as slow.
inline constexpr std::chrono::milliseconds kReconnectWait{5'000};

/// Between two attempts of such a call while containerd is up and its CRI plugin still starts (some ten milliseconds).
inline constexpr std::chrono::milliseconds kStartingPause{10};

/// gRPC's own reconnection: first after kReconnectFirst, then doubling up to kReconnectMost. Both below
/// kReconnectWait, so that a retried call sees several attempts. kConnectDeadline bounds one attempt.
inline constexpr std::chrono::milliseconds kReconnectFirst{50};
inline constexpr std::chrono::milliseconds kReconnectMost{500};
inline constexpr std::chrono::milliseconds kConnectDeadline{3'000};

}  // namespace ordinal::cri
