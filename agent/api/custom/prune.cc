#include "agent/api/custom/prune.h"

namespace ordinal::api::custom {
namespace {

bool IsOfEveryObject(std::string_view member) {
  return member == "apiVersion" || member == "kind" || member == "metadata";
}

class Pruner {
 public:
  std::vector<std::string> Take() && { return std::move(dropped_); }

  /// `whole`: an object with apiVersion, kind and metadata, of which the schema need not speak.
  void Walk(const Schema& schema, Json& value, bool whole) {
    if (value.is_array()) {
      for (size_t i = 0; i < value.size() && schema.items != nullptr; ++i) {
        const size_t length = path_.size();
        path_ += "[" + std::to_string(i) + "]";
        Walk(*schema.items, value[i], schema.items->embedded);
        path_.resize(length);
      }
    } else if (value.is_object()) {
      Members(schema, value, whole);
    }
  }

 private:
  void Members(const Schema& schema, Json& object, bool whole) {
    for (auto member = object.begin(); member != object.end();) {
      const size_t length = path_.size();
      if (!path_.empty()) path_ += '.';
      path_ += member.key();
      const bool its_own = whole && IsOfEveryObject(member.key());
      const Schema* known = its_own ? nullptr : schema.Of(member.key());
      const bool kept = its_own || known != nullptr || schema.preserve_unknown || schema.additional_any;
      if (known != nullptr) Walk(*known, *member, known->embedded);
      if (!kept) dropped_.push_back(path_);
      path_.resize(length);
      member = kept ? std::next(member) : object.erase(member);
    }
  }

  std::string path_;
  std::vector<std::string> dropped_;
};

std::vector<std::string> PruneAs(const Schema& schema, Json& value, bool whole) {
  Pruner pruner;
  pruner.Walk(schema, value, whole);
  return std::move(pruner).Take();
}

/// Such a null stands for nothing at all (pkg/apiserver/schema/defaulting/prunenulls.go).
bool IsNothing(const Schema& schema, const Json& value) {
  return value.is_null() && !schema.nullable && !schema.has_fallback();
}

void DropNullsIn(const Schema& schema, Json& value, bool whole) {
  if (value.is_array() && schema.items != nullptr) {
    for (Json& item : value) DropNullsIn(*schema.items, item, false);
  }
  if (!value.is_object()) return;
  for (auto member = value.begin(); member != value.end();) {
    const Schema* known = whole && IsOfEveryObject(member.key()) ? nullptr : schema.Of(member.key());
    const bool nothing = known != nullptr && IsNothing(*known, *member);
    if (known != nullptr && !nothing) DropNullsIn(*known, *member, false);
    member = nothing ? value.erase(member) : std::next(member);
  }
}

/// Such a null stands for nothing, where something else may stand.
bool GivesWay(const Schema& schema, const Json& value) {
  return value.is_null() && !schema.nullable && schema.has_fallback();
}

}  // namespace

void DropNulls(const Schema& schema, Json& object) { DropNullsIn(schema, object, /*whole=*/true); }

std::vector<std::string> Prune(const Schema& schema, Json& object) { return PruneAs(schema, object, /*whole=*/true); }

std::vector<std::string> PruneValue(const Schema& schema, Json& value) {
  return PruneAs(schema, value, schema.embedded);
}

void FillDefaults(const Schema& schema, Json& value) {
  if (value.is_array() && schema.items != nullptr) {
    for (Json& item : value) FillDefaults(*schema.items, item);
  }
  if (!value.is_object()) return;
  for (const auto& [name, property] : schema.properties) {
    auto member = value.find(name);
    if (property->has_fallback() && (member == value.end() || GivesWay(*property, *member))) {
      value[name] = property->fallback;
      member = value.find(name);
    }
    if (member != value.end()) FillDefaults(*property, *member);
  }
  if (schema.additional == nullptr) return;
  for (const auto& [name, member] : value.items()) {
    if (GivesWay(*schema.additional, member)) member = schema.additional->fallback;
    if (!schema.properties.contains(name)) FillDefaults(*schema.additional, member);
  }
}

}  // namespace ordinal::api::custom
