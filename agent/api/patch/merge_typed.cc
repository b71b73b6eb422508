// Setting what a configuration says, and taking away what it said before and does not say any more.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "agent/api/patch/fields.h"
#include "agent/api/patch/typed.h"
#include "agent/api/text/json.h"

namespace ordinal::api {
namespace {

std::string Element(const Form& form, const Json& item) {
  return form.kind == Form::Kind::kSet ? ValueElement(item) : ItemElement(form, item);
}

/// The lists of a merge, with the elements of their items.
class ListMerge {
 public:
  ListMerge(const Json& live, const Json& config, const Form& form) : live_(live) {
    for (size_t i = 0; i < live.size(); ++i) {
      live_elements_.push_back(Element(form, live[i]));
      places_.emplace(live_elements_.back(), i);
    }
    for (const Json& item : config) {
      config_elements_.push_back(Element(form, item));
      named_.insert(config_elements_.back());
    }
    const std::vector<size_t> shared = NextShared();
    for (size_t i = 0; i < config.size(); ++i) {
      // What only `live` has stays before the item it was before; where the order changed, it goes as far up as it can.
      TakeUntil(shared[i] >= next_ ? shared[i] : live.size());
      const auto place = places_.find(config_elements_[i]);
      const bool merge = place != places_.end() && form.kind == Form::Kind::kItems;
      result_.push_back(merge ? MergeTyped(live[place->second], config[i], FormOfItem(form)) : config[i]);
    }
    TakeUntil(live.size());
  }

  Json Take() && { return std::move(result_); }

 private:
  /// For each item of the configuration: the place in `live` of the first one, from it on, that `live` has too.
  std::vector<size_t> NextShared() const {
    std::vector<size_t> shared(config_elements_.size(), live_.size());
    size_t next = live_.size();
    for (size_t i = config_elements_.size(); i-- > 0;) {
      if (const auto place = places_.find(config_elements_[i]); place != places_.end()) next = place->second;
      shared[i] = next;
    }
    return shared;
  }

  /// The items only `live` has, up to that place.
  void TakeUntil(size_t place) {
    for (; next_ < place; ++next_) {
      if (!named_.contains(live_elements_[next_])) result_.push_back(live_[next_]);
    }
  }

  const Json& live_;
  std::vector<std::string> live_elements_, config_elements_;
  std::unordered_map<std::string, size_t> places_;
  std::set<std::string> named_;
  size_t next_ = 0;
  Json result_ = Json::array();
};

class Checker {
 public:
  std::vector<std::string> Take() && { return std::move(faults_); }

  void Walk(const Json& value, const Form& form) {
    if (form.kind == Form::Kind::kMembers && value.is_object()) {
      for (const auto& [name, member] : value.items()) {
        Enter("." + name, [&, &child = member, &key = name] {
          const bool known = form.map || form.of->open || FindField(form.of, key) != nullptr;
          if (!known) Fault("is not a field of " + std::string(form.of->name));
          Walk(child, FormOfMember(form, key));
        });
      }
    } else if ((form.kind == Form::Kind::kItems || form.kind == Form::Kind::kSet) && value.is_array()) {
      Items(value, form);
    }
  }

 private:
  void Items(const Json& list, const Form& form) {
    std::set<std::string> seen;
    for (size_t i = 0; i < list.size(); ++i) {
      Enter("[" + std::to_string(i) + "]", [&] {
        const std::string element = Element(form, list[i]);
        if (!seen.insert(element).second) Fault("is there twice: " + element.substr(2));
        if (form.kind == Form::Kind::kSet) return;
        if (LacksKey(element)) Fault("lacks a key of the list: " + element.substr(2));
        Walk(list[i], FormOfItem(form));
      });
    }
  }

  static bool LacksKey(const std::string& element) {
    const auto keys = ParseJson(element.substr(2));
    return keys.ok() && std::any_of(keys->begin(), keys->end(), [](const Json& value) { return value.is_null(); });
  }

  template <class Body>
  void Enter(const std::string& step, const Body& body) {
    const size_t length = path_.size();
    path_ += step;
    body();
    path_.resize(length);
  }

  void Fault(const std::string& what) { faults_.push_back(path_ + ": " + what); }

  std::vector<std::string> faults_;
  std::string path_;
};

/// Items of a list that `last` names: those nobody else owns go, the others are pruned inside.
Json PruneItems(const Json& list, const FieldSet& last, const FieldSet* owned, const Form& form) {
  Json kept = Json::array();
  for (const Json& item : list) {
    const std::string element = Element(form, item);
    const FieldSet* mine = last.Find(element);
    const FieldSet* others = owned == nullptr ? nullptr : owned->Find(element);
    if (mine == nullptr) {
      kept.push_back(item);
    } else if (!mine->owned() || (others != nullptr && others->owned())) {
      kept.push_back(form.kind == Form::Kind::kSet ? item : Prune(item, *mine, others, FormOfItem(form)));
    }
  }
  return kept;
}

}  // namespace

std::vector<std::string> CheckApplied(const Json& config, const Form& form) {
  Checker checker;
  checker.Walk(config, form);
  return std::move(checker).Take();
}

namespace {

/// Nothing is copied but what the configuration says.
void MergeInto(Json& merged, const Json& config, const Form& form) {
  const bool list = form.kind == Form::Kind::kItems || form.kind == Form::Kind::kSet;
  if (form.kind == Form::Kind::kMembers && config.is_object() && merged.is_object()) {
    auto& members = merged.get_ref<Json::object_t&>();
    for (const auto& [name, value] : config.get_ref<const Json::object_t&>()) {
      const auto there = members.lower_bound(name);
      if (there == members.end() || there->first != name) {
        members.emplace_hint(there, name, value);
      } else {
        MergeInto(there->second, value, FormOfMember(form, name));
      }
    }
  } else if (list && config.is_array() && merged.is_array()) {
    Json both = ListMerge(merged, config, form).Take();
    merged = std::move(both);
  } else {
    merged = config;
  }
}

}  // namespace

Json MergeTyped(const Json& live, const Json& config, const Form& form) {
  Json merged = live;
  MergeInto(merged, config, form);
  return merged;
}

Json Prune(Json value, const FieldSet& last, const FieldSet* owned, const Form& form) {
  if (form.kind == Form::Kind::kMembers && value.is_object()) {
    for (const auto& [element, mine] : last.below()) {
      const auto member = element.starts_with("f:") ? value.find(element.substr(2)) : value.end();
      if (member == value.end()) continue;
      const FieldSet* others = owned == nullptr ? nullptr : owned->Find(element);
      if (others == nullptr) {
        value.erase(member);
      } else {
        *member = Prune(std::move(*member), mine, others, FormOfMember(form, member.key()));
      }
    }
  } else if ((form.kind == Form::Kind::kItems || form.kind == Form::Kind::kSet) && value.is_array()) {
    return PruneItems(value, last, owned, form);
  }
  return value;
}

}  // namespace ordinal::api
