// An object as server-side apply sees it: what of it has an owner of its own. Everything here follows the schema:
//   a plain value, an atomic struct or list   one path
//   a struct, a map                           a path a member, and one of its own
//   a list with keys                          a path an item ("k:…") and paths within it
//   a list that is a set                      a path a value ("v:…")
// Source of the rules: sigs.k8s.io/structured-merge-diff (typed), as in Kubernetes 1.32.
#pragma once

#include <string>
#include <vector>

#include "agent/api/patch/field_set.h"
#include "agent/api/schema.h"

namespace ordinal::api {

/// The form of one value.
struct Form {
  enum class Kind { kWhole, kMembers, kItems, kSet };
  Kind kind = Kind::kWhole;
  const StructType* of = nullptr;  ///< of the struct, the map's entries or the list's items; null: plain values
  const Field* list = nullptr;     ///< of kItems: the field, which knows the keys
  bool map = false;                ///< of kMembers: entries, which all are of one form
  const Field* entry = nullptr;    ///< of a map: what its entries are, where `of` cannot say it
};

/// A value that no schema describes: what it looks like decides, objects member by member, anything else as a whole.
extern const Field kDeduced;

Form FormOf(const StructType& type);
Form FormOf(const Field& field);
/// The form of a member; kWhole when the type does not know it.
Form FormOfMember(const Form& form, std::string_view name);
/// The form of an item of a list with keys.
Form FormOfItem(const Form& form);
/// "k:{…}" of an item of a list with keys: keys that are absent have their default, or null.
std::string ItemElement(const Form& form, const Json& item);
/// "v:…" of a value of a set.
std::string ValueElement(const Json& value);

/// What keeps an applied configuration from being understood: a field the type does not know, a list item without its
/// key or with that of another. Each names its path: `.spec.foo: is not a field of PodSpec`.
std::vector<std::string> CheckApplied(const Json& config, const Form& form);

/// The paths that a configuration claims by being written.
FieldSet FieldsOf(const Json& config, const Form& form);

struct Comparison {
  FieldSet added, removed, modified;
  FieldSet TakeChanged();  ///< added and modified, which are empty afterwards
  bool Same() const { return added.empty() && removed.empty() && modified.empty(); }
};
/// What makes `old` into `now`. A struct, map or item that is added or removed counts itself and everything in it.
Comparison Compare(const Json& old, const Json& now, const Form& form);

/// `live` with every field of `config` set as written. Items of lists are in the order of `config`; those that only
/// `live` has stay before the item they were before.
Json MergeTyped(const Json& live, const Json& config, const Form& form);

/// `value` without what `last` names and nobody in `owned` does.
Json Prune(Json value, const FieldSet& last, const FieldSet* owned, const Form& form);

}  // namespace ordinal::api
