#include "agent/probes/state.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ordinal::probes {
namespace {

uint64_t Hash(const std::string& text) {
  uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const unsigned char byte : text) hash = (hash ^ byte) * 1099511628211ULL;
  return hash;
}

}  // namespace

ProbeState After(const ProbeState& before, const api::Probe& probe, bool passed) {
  ProbeState after = before;
  const int32_t threshold = passed ? probe.success_threshold : probe.failure_threshold;
  after.run = std::min(before.run > 0 && before.last == passed ? before.run + 1 : 1, threshold);
  after.last = passed;
  if (after.run >= threshold) after.counts = passed;
  return after;
}

Rhythm Rhythm::Of(const api::Probe& probe, api::ProbeKind kind, const std::string& container_id, SteadyTime started) {
  constexpr uint64_t kParts = 1024;
  const uint64_t part = Hash(std::string(ToString(kind)) + container_id) % kParts;
  return {started, probe.initial_delay, probe.period, probe.period / kParts * part};
}

Duration Rhythm::UntilNext(SteadyTime now) const {
  const SteadyTime first = started + initial_delay + offset;
  if (now < first) return std::min(first - now, initial_delay + period);
  return period - (now - first) % period;
}

Duration Rhythm::UntilAllowed(SteadyTime now) const {
  return std::clamp(started + initial_delay - now, Duration::zero(), initial_delay);
}

std::string ToText(const ProbeState& state, const std::string& container_id) {
  nlohmann::json text{{"container", container_id}, {"last", state.last}, {"run", state.run}};
  if (state.counts) text["counts"] = *state.counts;
  return text.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::optional<ProbeState> FromText(const std::string& text, const std::string& container_id) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("container", nlohmann::json()) != container_id) return std::nullopt;
  const auto last = json.find("last"), run = json.find("run"), counts = json.find("counts");
  if (last == json.end() || !last->is_boolean() || run == json.end() || !run->is_number_integer()) return std::nullopt;
  ProbeState state;
  state.last = last->get<bool>();
  state.run = static_cast<int32_t>(std::clamp<int64_t>(run->get<int64_t>(), 0, INT32_MAX));
  if (counts != json.end() && counts->is_boolean()) state.counts = counts->get<bool>();
  return state;
}

}  // namespace ordinal::probes
