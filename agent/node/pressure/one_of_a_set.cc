#include "agent/node/pressure/one_of_a_set.h"

#include <cstdlib>
#include <optional>
#include <utility>

#include "agent/node/pressure/ranking.h"

namespace ordinal::node {

/// Once, from what there was when this agent began to look.
void OneOfASet::ReadOff() {
  if (std::exchange(read_off_, true)) return;
  pods_.ForEach("", [this](const api::Ref<api::Pod>& pod) {
    const std::optional<SetMember> member = SetMemberOf(*pod);
    const bool away = pod->spec.node_name.empty() || (pod->status.phase == "Failed" && pod->status.reason == "Evicted");
    if (member && away) away_.try_emplace(member->set_uid, Away{pod->meta.ns, pod->meta.name, ""});
  });
}

bool OneOfASet::IsBack(const Away& away) const {
  const api::Ref<api::Pod> now = pods_.Find(away.ns, away.pod);
  if (now) return now->meta.uid != away.uid && now->Ready() && !now->deleting();
  // Between two pods of one name there is none; there will be none when the set is gone or has become smaller.
  const api::Ref<api::StatefulSet> set = sets_.Find(away.ns, away.pod.substr(0, away.pod.rfind('-')));
  if (!set) return true;
  const int64_t ordinal = std::atoll(away.pod.c_str() + away.pod.rfind('-') + 1);
  return ordinal < set->start_ordinal || ordinal >= set->start_ordinal + set->replicas;
}

bool OneOfASet::MayGo(const api::Pod& pod) {
  ReadOff();
  const std::optional<SetMember> member = SetMemberOf(pod);
  if (!member) return true;
  const auto found = away_.find(member->set_uid);
  if (found == away_.end()) return true;
  const bool itself = found->second.ns == pod.meta.ns && found->second.pod == pod.meta.name;
  if (itself) return true;  // what came in its place
  if (!IsBack(found->second)) return false;
  away_.erase(found);
  return true;
}

void OneOfASet::Goes(const api::Pod& pod) {
  const std::optional<SetMember> member = SetMemberOf(pod);
  if (member) away_[member->set_uid] = Away{pod.meta.ns, pod.meta.name, pod.meta.uid};
}

}  // namespace ordinal::node
