// FieldSet: which fields of an object somebody owns. A tree whose branches are the path elements of
// metadata.managedFields (fieldsV1), in their written form:
//   f:name                       a member of an object, an entry of a map
//   k:{"name":"web"}             the item of a list with these keys
//   v:"text"                     a value of a list that is a set
// Two sets are gone through side by side, as both are in order: an object may have 40,000 labels.
// Format: sigs.k8s.io/structured-merge-diff, fieldpath/serialize.go and the description of FieldsV1 in meta/v1.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

class FieldSet {
 public:
  /// fieldsV1 of a managedFields entry. Members that are no path elements are left out: who wrote them meant something
  /// this set has no word for.
  static FieldSet FromJson(const Json& fields_v1);
  Json ToJson() const;

  bool empty() const { return !owned_ && below_.empty(); }
  /// The field this node stands for is itself in the set, not only fields below it ("." in fieldsV1).
  bool owned() const { return owned_; }
  const std::map<std::string, FieldSet>& below() const { return below_; }
  /// The branch of that path element, or null.
  const FieldSet* Find(const std::string& element) const;
  bool operator==(const FieldSet&) const = default;

  /// Puts a path in; an empty path is this node itself. Paths that come in their order cost a step each.
  void Insert(std::span<const std::string> path);
  void Unite(FieldSet other);
  /// Takes out every path that is in `other`; paths below those stay.
  void Subtract(const FieldSet& other);
  /// Takes out a path and everything below it.
  void Cut(std::span<const std::string> path);
  FieldSet Intersect(const FieldSet& other) const;
  /// Every path of the set, as a person reads it: `.spec.containers[name="web"].image`.
  std::vector<std::string> Paths() const;

 private:
  using Branches = std::map<std::string, FieldSet>;

  void Read(const Json& fields_v1, size_t depth);
  void AppendPaths(const std::string& prefix, std::vector<std::string>& paths) const;

  bool owned_ = false;
  Branches below_;  // never holds an empty set
};

}  // namespace ordinal::api
