#include "agent/api/patch/choices.h"

#include <algorithm>

#include "agent/api/patch/fields.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void Walk(const StructType& type, const Json& old, Json& next, Written written);

/// Items of a list with a merge key, each with the one of before; others have no before.
void WalkList(const Field& field, const Json& old, Json& next, Written written) {
  if (field.merge_key.empty() || field.merge_key == "=" || !old.is_array() || !next.is_array()) return;
  for (Json& item : next) {
    const auto before = std::find_if(old.begin(), old.end(), [&](const Json& each) {
      return Member(each, field.merge_key) == Member(item, field.merge_key);
    });
    if (before != old.end()) Walk(*field.of, *before, item, written);
  }
}

void Walk(const StructType& type, const Json& old, Json& next, Written written) {
  if (!old.is_object() || !next.is_object() || old == next) return;
  for (auto member = next.begin(); member != next.end(); ++member) {
    const Field* field = FindField(&type, member.key());
    if (field == nullptr || field->type != FieldType::kStruct) continue;
    if (field->shape == Shape::kOne) Walk(*field->of, Member(old, member.key()), *member, written);
    if (field->shape == Shape::kList) WalkList(*field, Member(old, member.key()), *member, written);
  }
  const ChoiceRule* rule = type.choices;
  if (rule == nullptr || rule->drop == nullptr) return;
  if (written == Written::kChange || rule->also_whole) rule->drop(old, next);
}

void Choose(const ChoiceRule& rule, const Json& wanted, Json& merged) {
  const auto chosen = [&](std::string_view member) { return wanted.contains(member); };
  if (rule.retains_keys) {
    for (auto member = merged.begin(); member != merged.end();) {
      member = chosen(member.key()) ? std::next(member) : merged.erase(member);
    }
  }
  if (std::none_of(rule.one_of.begin(), rule.one_of.end(), chosen)) return;
  for (const std::string_view member : rule.one_of) {
    if (!chosen(member)) merged.erase(std::string(member));
  }
}

void WalkWanted(const StructType& type, const Json& wanted, Json& merged) {
  if (!wanted.is_object() || !merged.is_object()) return;
  if (type.choices != nullptr) Choose(*type.choices, wanted, merged);
  for (const auto& [name, value] : wanted.items()) {
    const Field* field = FindField(&type, name);
    const auto member = merged.find(name);
    if (field == nullptr || field->type != FieldType::kStruct || member == merged.end()) continue;
    if (field->shape == Shape::kOne) WalkWanted(*field->of, value, *member);
    if (field->shape != Shape::kList || field->merge_key.empty() || !value.is_array() || !member->is_array()) continue;
    for (const Json& item : value) {
      for (Json& each : *member) {
        if (Member(each, field->merge_key) == Member(item, field->merge_key)) WalkWanted(*field->of, item, each);
      }
    }
  }
}

}  // namespace

void DropUnchanged(const Json& old, Json& next, std::initializer_list<const char*> members) {
  for (const char* member : members) {
    if (Member(old, member) == Member(next, member)) next.erase(member);
  }
}

Json WithoutOldChoices(const StructType& type, const Json& old, Json next, Written written) {
  Walk(type, old, next, written);
  return next;
}

Json WithChoicesOf(const StructType& type, const Json& wanted, Json merged) {
  WalkWanted(type, wanted, merged);
  return merged;
}

}  // namespace ordinal::api
