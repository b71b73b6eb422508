#include "agent/manifests/merge.h"

#include <algorithm>
#include <span>

namespace ordinal::manifests {
namespace {

using api::Field;
using api::FieldType;
using api::Json;
using api::Member;
using api::Shape;
using api::StructType;

Json MergeField(const Field& field, const Json& last, const Json& wanted, const Json& live);

/// Types of which one member says which others there may be, so that a default of the old choice, or what somebody else
/// chose, must not stay beside the new one (patch strategy retainKeys).
bool RetainsKeys(const StructType& type) {
  static constexpr std::string_view kTypes[] = {
      "AppArmorProfile", "DeploymentStrategy",        "EnvVarSource", "LifecycleHandler",
      "SeccompProfile",  "StatefulSetUpdateStrategy", "Volume"};
  return std::find(std::begin(kTypes), std::end(kTypes), type.name) != std::end(kTypes);
}

/// Members of which there may be one, in a type that has others beside them.
std::span<const std::string_view> ChoicesOf(const StructType& type) {
  static constexpr std::string_view kEnvVar[] = {"value", "valueFrom"};
  static constexpr std::string_view kProbe[] = {"exec", "grpc", "httpGet", "tcpSocket"};
  if (type.name == "EnvVar") return kEnvVar;
  if (type.name == "Probe") return kProbe;
  return {};
}

/// Takes what rules out the choice of `wanted` out of `merged`.
void DropOtherChoices(const StructType& type, const Json& wanted, Json& merged) {
  const auto choices = ChoicesOf(type);
  const auto written = [&](std::string_view member) { return wanted.contains(member); };
  if (std::none_of(choices.begin(), choices.end(), written)) return;
  for (const auto member : choices) {
    if (!written(member)) merged.erase(std::string(member));
  }
}

const Field* FindField(const StructType& type, std::string_view name) {
  const auto found =
      std::find_if(type.fields.begin(), type.fields.end(), [&](const Field& field) { return field.name == name; });
  return found == type.fields.end() ? nullptr : &*found;
}

Json MergeMap(const Field& field, const Json& last, const Json& wanted, const Json& live) {
  Json merged = live.is_object() ? live : Json::object();
  if (last.is_object()) {
    for (const auto& item : last.items()) {
      if (!wanted.contains(item.key())) merged.erase(item.key());
    }
  }
  for (const auto& [key, value] : wanted.items()) {
    Field one = field;
    one.shape = Shape::kOne;
    merged[key] = MergeField(one, Member(last, key), value, Member(live, key));
  }
  return merged;
}

bool Contains(const Json& list, const Json& value) {
  return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
}

Json MergeSet(const Json& last, const Json& wanted, const Json& live) {
  Json merged = wanted;
  if (!live.is_array()) return merged;
  for (const auto& value : live) {
    if (!Contains(wanted, value) && !Contains(last, value)) merged.push_back(value);
  }
  return merged;
}

/// The item of `list` with the same merge key; null when there is none.
const Json& Peer(const Json& list, std::string_view merge_key, const Json& item) {
  static const Json none;
  if (!list.is_array()) return none;
  for (const auto& each : list) {
    if (Member(each, merge_key) == Member(item, merge_key)) return each;
  }
  return none;
}

/// In the order written; items that somebody else added follow.
Json MergeKeyedList(const Field& field, const Json& last, const Json& wanted, const Json& live) {
  Json merged = Json::array();
  for (const auto& item : wanted) {
    merged.push_back(Merge(*field.of, Peer(last, field.merge_key, item), item, Peer(live, field.merge_key, item)));
  }
  if (!live.is_array()) return merged;
  for (const auto& item : live) {
    if (Peer(wanted, field.merge_key, item).is_null() && Peer(last, field.merge_key, item).is_null()) {
      merged.push_back(item);
    }
  }
  return merged;
}

Json MergeField(const Field& field, const Json& last, const Json& wanted, const Json& live) {
  switch (field.shape) {
    case Shape::kMap: return MergeMap(field, last, wanted, live);
    case Shape::kList:
      if (field.merge_key == "=") return MergeSet(last, wanted, live);
      return field.merge_key.empty() ? wanted : MergeKeyedList(field, last, wanted, live);
    case Shape::kOne: break;
  }
  return field.type == FieldType::kStruct ? Merge(*field.of, last, wanted, live) : wanted;
}

}  // namespace

Json Merge(const StructType& type, const Json& last, const Json& wanted, const Json& live) {
  Json merged = live.is_object() ? live : Json::object();
  if (RetainsKeys(type)) {
    for (auto member = merged.begin(); member != merged.end();) {
      member = wanted.contains(member.key()) ? std::next(member) : merged.erase(member);
    }
  }
  DropOtherChoices(type, wanted, merged);
  if (last.is_object()) {
    for (const auto& item : last.items()) {
      if (!wanted.contains(item.key())) merged.erase(item.key());
    }
  }
  for (const auto& [name, value] : wanted.items()) {
    const Field* field = FindField(type, name);
    if (field != nullptr) merged[name] = MergeField(*field, Member(last, name), value, Member(live, name));
  }
  return merged;
}

}  // namespace ordinal::manifests
