#include "agent/podsync/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/podsync/plan.h"
#include "agent/podsync/why_ended.h"

namespace ordinal::podsync {
namespace {

uint32_t Number(const cri::Container& container) {
  const auto said = container.annotations.find(observe::kRound);
  uint32_t number = 0;
  if (said == container.annotations.end()) return number;
  const std::string& text = said->second;
  const bool read = std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
  return read ? number : 0;
}

/// Calls `visit` for containers and init containers.
template <class Visit>
void EachThatRestarts(const api::PodSpec& spec, Visit visit) {
  for (const auto* list : {&spec.init_containers, &spec.containers}) {
    for (const api::Container& container : *list) visit(container);
  }
}

bool RestartsAll(const api::Container& container, const cri::Container& newest, const Memory& memory) {
  if (newest.state != cri::ContainerState::kExited || StartCutOff(newest)) return false;
  if (memory.ended_to_restart.contains(newest.id) || memory.ended_with_pod.contains(newest.id)) return false;
  const api::RestartRule* rule = api::RuleFor(container, newest.exit_code);
  return rule != nullptr && rule->all;
}

/// The pod was over, all of it but its sidecars, when `when` was: what these exit with as they are ended is no matter.
bool OverBy(WallTime when, uint32_t round, const api::Pod& pod, const observe::PodState& state) {
  const auto over = [&](const api::Container& container, bool init) {
    const cri::Container* newest = Newest(state, container.name);
    return newest != nullptr && newest->state == cri::ContainerState::kExited && newest->finished_at < when &&
           Number(*newest) == round && !RestartsAfterExit(pod.spec, container, init, newest->exit_code);
  };
  const auto failed = [&](const api::Container& init) {
    return !IsSidecar(init) && over(init, true) && Newest(state, init.name)->exit_code != 0;
  };
  const std::vector<api::Container>& inits = pod.spec.init_containers;
  const std::vector<api::Container>& mains = pod.spec.containers;
  return std::any_of(inits.begin(), inits.end(), failed) ||
         std::all_of(mains.begin(), mains.end(), [&](const auto& container) { return over(container, false); });
}

}  // namespace

bool Round::Before(const cri::Container& container) const { return number > 0 && Number(container) < number; }

bool MayRestartAll(const api::PodSpec& spec) {
  const auto may = [](const api::Container& container) {
    return std::any_of(container.restart_rules.begin(), container.restart_rules.end(),
                       [](const api::RestartRule& rule) { return rule.all; });
  };
  return std::any_of(spec.containers.begin(), spec.containers.end(), may) ||
         std::any_of(spec.init_containers.begin(), spec.init_containers.end(), may);
}

Round RoundOf(const api::Pod& pod, const observe::PodState& state, const Memory& memory) {
  Round round;
  if (!MayRestartAll(pod.spec)) return round;
  for (const cri::Container& made : state.containers) {
    // An ephemeral one may be made while the others wait for their next round, with its number.
    if (!IsEphemeral(pod.spec, made.name)) round.number = std::max(round.number, Number(made));
  }
  EachThatRestarts(pod.spec, [&](const api::Container& container) {
    const cri::Container* newest = Newest(state, container.name);
    if (newest == nullptr || Number(*newest) != round.number || !RestartsAll(container, *newest, memory)) return;
    if (OverBy(newest->finished_at, round.number, pod, state)) return;
    const bool earlier = round.begun_by == nullptr || newest->finished_at < round.begun_by->finished_at;
    if (earlier) round.begun_by = newest;
  });
  if (round.begun_by != nullptr) ++round.number;
  return round;
}

bool EndedWithItsRound(const cri::Container& ended, uint32_t round, const api::Pod& pod, const observe::PodState& state,
                       const Memory& memory) {
  const uint32_t number = Number(ended);
  const api::Container* named = ContainerNamed(pod.spec, ended.name);
  if (number >= round || named == nullptr) return false;
  bool with_it = !RestartsAll(*named, ended, memory);
  EachThatRestarts(pod.spec, [&](const api::Container& container) {
    const cri::Container* last = LastEnd(state, container.name);
    if (last == nullptr || Number(*last) != number || !RestartsAll(container, *last, memory)) return;
    with_it = with_it || last->finished_at < ended.finished_at;
  });
  return with_it;
}

std::vector<EndContainers> EndsBefore(const Round& round, const api::Pod& pod, const observe::PodState& state) {
  std::vector<ContainerKill> kills;
  if (round.begun_by == nullptr) return {};
  const std::string why = fmt::format("container {} exited with {}, all containers are restarted", round.begun_by->name,
                                      round.begun_by->exit_code);
  for (const cri::Container& container : state.containers) {
    if (!observe::Live(container) || !round.Before(container) || IsEphemeral(pod.spec, container.name)) continue;
    kills.push_back({container.id, container.name, why, {}, 0});
  }
  return InOrder(pod.spec, std::move(kills));
}

}  // namespace ordinal::podsync
