// What a probe has found so far, and when it asks again. Pure.
//
//   asked ─> passed n times in a row ─> counts as passed        n = successThreshold
//         └> failed n times in a row ─> counts as failed        n = failureThreshold
#pragma once

#include <optional>
#include <string>

#include "agent/api/kinds/pod/probe.h"

namespace ordinal::probes {

struct ProbeState {
  std::optional<bool> counts;  ///< what counts now: passed or failed; nothing before a threshold was reached
  bool last = false;           ///< the newest outcome
  int32_t run = 0;             ///< how many of them in a row; no more are counted than a threshold needs

  bool operator==(const ProbeState&) const = default;
};

/// The state after one more outcome.
ProbeState After(const ProbeState& before, const api::Probe& probe, bool passed);

/// The beats of one probe of one container: the first one initialDelaySeconds and a part of a period after the start,
/// then one each period. Which part depends on the container's id and the kind alone: probes of many containers are
/// spread out, and a new agent goes on in the rhythm of the one before.
/// They go by the steady clock: nothing changes them when the wall clock is set.
struct Rhythm {
  SteadyTime started{};
  Duration initial_delay{0}, period{0}, offset{0};

  static Rhythm Of(const api::Probe& probe, api::ProbeKind kind, const std::string& container_id, SteadyTime started);

  /// From `now` to the next beat, which is never now. At most a period, or before the first one the initial delay and
  /// a period.
  Duration UntilNext(SteadyTime now) const;
  /// From `now` to the end of the initial delay; zero when it is over.
  Duration UntilAllowed(SteadyTime now) const;
};

/// As text for a file, and back. What cannot be read, or is of another container, is nothing.
std::string ToText(const ProbeState& state, const std::string& container_id);
std::optional<ProbeState> FromText(const std::string& text, const std::string& container_id);

}  // namespace ordinal::probes
