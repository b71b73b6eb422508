// What an object claims, and what a change of it adds, changes and takes away.
#include <set>
#include <utility>

#include "agent/api/patch/fields.h"
#include "agent/api/patch/typed.h"

namespace ordinal::api {
namespace {

using Trail = std::vector<std::string>;

/// Structs and lists that the reference writes even when they are empty (no "omitempty"), so that they never count as
/// added: recorded managedFields have no "." for them, unless what they are in is new.
bool IsAlwaysThere(const Form& parent, std::string_view name) {
  static const std::set<std::string_view> names = {
      "metadata",        "spec",      "status",          "template", "updateStrategy",
      "strategy",        "resources", "loadBalancer",    "nodeInfo", "daemonEndpoints",
      "kubeletEndpoint", "source",    "deprecatedSource"};
  if (parent.kind != Form::Kind::kMembers || parent.map || parent.of->defined != nullptr) return false;
  const Field* field = FindField(parent.of, name);
  if (field == nullptr || field->shape == Shape::kMap) return false;
  return field->shape == Shape::kList ? field->required : names.contains(name);
}

bool IsVoid(const Json* value) { return value == nullptr || value->empty(); }

class Comparer {
 public:
  Comparison Take() && { return std::move(result_); }

  /// Either may be null: not there.
  void Walk(const Json* old, const Json* now, const Form& form) {
    if (old == nullptr && now == nullptr) return;
    if (!Fits(old, form) || !Fits(now, form) || (IsVoid(old) && IsVoid(now))) return Whole(old, now);
    if (old == nullptr) result_.added.Insert(path_);
    if (now == nullptr) result_.removed.Insert(path_);
    if (form.kind == Form::Kind::kMembers) return Members(old, now, form);
    Listed(Indexed(old, form), Indexed(now, form), form);
  }

 private:
  static bool Fits(const Json* value, const Form& form) {
    if (value == nullptr || value->is_null()) return form.kind != Form::Kind::kWhole;
    if (form.kind == Form::Kind::kMembers) return value->is_object();
    return form.kind != Form::Kind::kWhole && value->is_array();
  }

  void Whole(const Json* old, const Json* now) {
    if (old == nullptr) {
      result_.added.Insert(path_);
    } else if (now == nullptr) {
      result_.removed.Insert(path_);
    } else if (*old != *now) {
      result_.modified.Insert(path_);
    }
  }

  /// What a member is when it is not in its object: for one that is always there, something empty in place of nothing.
  static const Json* Absent(const std::string& name, const Form& parent) {
    static const Json nothing = Json::object(), null;
    if (!IsAlwaysThere(parent, name)) return nullptr;
    return FormOfMember(parent, name).kind == Form::Kind::kMembers ? &nothing : &null;
  }

  static const Json::object_t& MembersOf(const Json* value) {
    static const Json::object_t none;
    return value != nullptr && value->is_object() ? value->get_ref<const Json::object_t&>() : none;
  }

  /// Both sides are in the order of their names, and are gone through side by side.
  void Members(const Json* old, const Json* now, const Form& form) {
    const Json::object_t &before = MembersOf(old), &after = MembersOf(now);
    auto was = before.begin();
    auto is = after.begin();
    while (was != before.end() || is != after.end()) {
      const bool in_both = was != before.end() && is != after.end() && was->first == is->first;
      const bool only_old = !in_both && (is == after.end() || (was != before.end() && was->first < is->first));
      const std::string& name = only_old ? was->first : is->first;
      const Json* one = in_both || only_old ? &was->second : old == nullptr ? nullptr : Absent(name, form);
      const Json* other = only_old ? (now == nullptr ? nullptr : Absent(name, form)) : &is->second;
      if (!in_both || *one != *other) Member(name, one, other, form);
      if (in_both || only_old) ++was;
      if (!only_old) ++is;
    }
  }

  void Member(const std::string& name, const Json* old, const Json* now, const Form& form) {
    path_.push_back("f:" + name);
    Walk(old, now, FormOfMember(form, name));
    path_.pop_back();
  }

  using Index = std::map<std::string, const Json*>;
  static Index Indexed(const Json* list, const Form& form) {
    Index index;
    if (list == nullptr || !list->is_array()) return index;
    for (const Json& item : *list) {
      index.emplace(form.kind == Form::Kind::kSet ? ValueElement(item) : ItemElement(form, item), &item);
    }
    return index;
  }

  void Listed(const Index& old, const Index& now, const Form& form) {
    const Form item_form = form.kind == Form::Kind::kSet ? Form() : FormOfItem(form);
    const auto find = [](const Index& index, const std::string& element) {
      const auto found = index.find(element);
      return found == index.end() ? nullptr : found->second;
    };
    std::set<std::string> elements;
    for (const Index* side : {&old, &now}) {
      for (const auto& [element, item] : *side) elements.insert(element);
    }
    for (const std::string& element : elements) {
      path_.push_back(element);
      Walk(find(old, element), find(now, element), item_form);
      path_.pop_back();
    }
  }

  Comparison result_;
  Trail path_;
};

class Claims {
 public:
  FieldSet Take() && { return std::move(set_); }

  void Walk(const Json& value, const Form& form) {
    if (form.kind == Form::Kind::kMembers && value.is_object()) {
      for (const auto& [name, member] : value.items()) {
        path_.push_back("f:" + name);
        Walk(member, FormOfMember(form, name));
        if (member.is_null() || (member.is_object() && member.empty())) set_.Insert(path_);
        path_.pop_back();
      }
    } else if (form.kind == Form::Kind::kItems && value.is_array()) {
      for (const Json& item : value) {
        path_.push_back(ItemElement(form, item));
        Walk(item, FormOfItem(form));
        set_.Insert(path_);
        path_.pop_back();
      }
    } else if (form.kind == Form::Kind::kSet && value.is_array()) {
      for (const Json& item : value) {
        path_.push_back(ValueElement(item));
        set_.Insert(path_);
        path_.pop_back();
      }
    } else {
      set_.Insert(path_);
    }
  }

 private:
  FieldSet set_;
  Trail path_;
};

}  // namespace

FieldSet FieldsOf(const Json& config, const Form& form) {
  Claims claims;
  claims.Walk(config, form);
  return std::move(claims).Take();
}

FieldSet Comparison::TakeChanged() {
  FieldSet changed = std::move(added);
  changed.Unite(std::move(modified));
  return changed;
}

Comparison Compare(const Json& old, const Json& now, const Form& form) {
  Comparer comparer;
  comparer.Walk(&old, &now, form);
  return std::move(comparer).Take();
}

}  // namespace ordinal::api
