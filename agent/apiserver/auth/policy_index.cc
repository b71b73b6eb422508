#include "agent/apiserver/auth/policy_index.h"

#include <algorithm>
#include <utility>

namespace ordinal::apiserver::auth {

std::string AccountUser(const api::AccessSubject& subject, const std::string& ns) {
  return std::string(kAccountPrefix) + (subject.ns.empty() ? ns : subject.ns) + ":" + subject.name;
}

bool Policy::Writes(const http::User& user) const {
  const auto writes = [this](const View& view) {
    const Entry* entry = Find(view);
    return entry != nullptr && entry->writing > 0;
  };
  if (writes({false, kSomewhere, user.name})) return true;
  return std::any_of(user.groups.begin(), user.groups.end(), [&](const std::string& group) {
    return (group != kNodeGroup || IsNode(user)) && writes({true, kSomewhere, group});
  });
}

/// The next policy while it is made: of the last one it copies what changes.
class PolicyIndex::Draft {
 public:
  explicit Draft(const Policy& last) : next_(std::make_shared<Policy>(last)) {}

  void Add(const std::shared_ptr<const Binding>& binding, const std::shared_ptr<const RoleRules>& rules) {
    for (const Policy::Key& key : KeysOf(*binding)) {
      EntryOf(key).given.push_back({rules, rules ? rules->marks() : 0, binding});
      if (rules && rules->writes()) ++EntryOf({key.group, std::string(Policy::kSomewhere), key.name}).writing;
    }
  }

  void Take(const Binding& binding, const std::shared_ptr<const RoleRules>& rules) {
    for (const Policy::Key& key : KeysOf(binding)) {
      std::erase_if(EntryOf(key).given, [&](const Given& each) { return each.by.get() == &binding; });
      Tidy(key);
      if (!rules || !rules->writes()) continue;
      const Policy::Key somewhere{key.group, std::string(Policy::kSomewhere), key.name};
      --EntryOf(somewhere).writing;
      Tidy(somewhere);
    }
  }

  std::shared_ptr<const Policy> Done() { return std::move(next_); }

 private:
  /// Whom it gives its role to, each once.
  static std::vector<Policy::Key> KeysOf(const Binding& binding) {
    std::vector<Policy::Key> keys;
    for (const api::AccessSubject& subject : binding.subjects) {
      const bool group = subject.kind == api::kGroupSubject, user = subject.kind == api::kUserSubject;
      const std::string name = group || user ? subject.name : AccountUser(subject, binding.ns);
      const bool homeless = !group && !user && subject.ns.empty() && binding.ns.empty();
      if (!homeless) keys.push_back({group, binding.ns, name});
    }
    const auto order = [](const Policy::Key& key) { return std::tie(key.group, key.name); };
    std::sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    keys.erase(
        std::unique(keys.begin(), keys.end(), [&](const auto& a, const auto& b) { return order(a) == order(b); }),
        keys.end());
    return keys;
  }

  Policy::Shard& ShardOf(const Policy::Key& key) {
    const size_t at = Policy::ShardOf(key);
    if (copied_[at] == nullptr) {
      const auto& last = next_->shards_[at];
      auto copy = last ? std::make_shared<Policy::Shard>(*last) : std::make_shared<Policy::Shard>();
      copied_[at] = copy.get();
      next_->shards_[at] = std::move(copy);
    }
    return *copied_[at];
  }
  Policy::Entry& EntryOf(const Policy::Key& key) { return ShardOf(key)[key]; }
  void Tidy(const Policy::Key& key) {
    const Policy::Entry& entry = EntryOf(key);
    if (entry.given.empty() && entry.writing == 0) ShardOf(key).erase(key);
  }

  std::shared_ptr<Policy> next_;
  std::array<Policy::Shard*, Policy::kShards> copied_{};
};

PolicyIndex::PolicyIndex() : policy_(std::make_shared<Policy>()) {}

PolicyIndex::Place PolicyIndex::PlaceOf(const std::string& ns, const api::RoleRef& role) {
  return {role.kind == "Role" ? ns : std::string(), role.name};
}

std::shared_ptr<const RoleRules> PolicyIndex::FindRole(const std::string& ns, const api::RoleRef& role) const {
  const auto found = roles_.find(PlaceOf(ns, role));
  return found == roles_.end() ? nullptr : found->second;
}

void PolicyIndex::SetRole(const Place& place, std::shared_ptr<const RoleRules> rules) {
  const auto old = roles_.find(place);
  const std::shared_ptr<const RoleRules> before = old == roles_.end() ? nullptr : old->second;
  if (const auto bound = bound_.find(place); bound != bound_.end()) {
    Draft draft(*policy_);
    for (const Place& each : bound->second) {
      const auto& binding = bindings_.at(each);
      draft.Take(*binding, before);
      draft.Add(binding, rules);
    }
    policy_ = draft.Done();
  }
  if (rules) {
    roles_[place] = std::move(rules);
  } else {
    roles_.erase(place);
  }
}

void PolicyIndex::PutRole(const std::string& ns, const std::string& name, std::vector<api::PolicyRule> rules) {
  SetRole({ns, name}, std::make_shared<const RoleRules>(std::move(rules)));
}

void PolicyIndex::DropRole(const std::string& ns, const std::string& name) { SetRole({ns, name}, nullptr); }

void PolicyIndex::PutBinding(Binding binding) {
  DropBinding(binding.ns, binding.name);
  const Place place{binding.ns, binding.name};
  auto kept = std::make_shared<const Binding>(std::move(binding));
  Draft draft(*policy_);
  draft.Add(kept, FindRole(kept->ns, kept->role));
  policy_ = draft.Done();
  bound_[PlaceOf(kept->ns, kept->role)].insert(place);
  bindings_[place] = std::move(kept);
}

void PolicyIndex::DropBinding(const std::string& ns, const std::string& name) {
  const auto found = bindings_.find({ns, name});
  if (found == bindings_.end()) return;
  const Binding& binding = *found->second;
  Draft draft(*policy_);
  draft.Take(binding, FindRole(ns, binding.role));
  policy_ = draft.Done();
  const auto bound = bound_.find(PlaceOf(ns, binding.role));
  bound->second.erase({ns, name});
  if (bound->second.empty()) bound_.erase(bound);
  bindings_.erase(found);
}

}  // namespace ordinal::apiserver::auth
