// Field selectors: the string form of list requests ("status.phase=Running,spec.nodeName!=node-a",
// k8s.io/apimachinery/pkg/fields). Only metadata.name, metadata.namespace and KindInfo::field_labels are known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::store {

class FieldSelector {
 public:
  /// Matches everything.
  FieldSelector() = default;
  /// kInvalid, reason BadRequest, for a syntax error or a field that may not be selected by.
  static Result<FieldSelector> Parse(std::string_view text, const api::KindInfo& kind) {
    return Parse(text, kind, kind.field_labels);
  }
  /// With `labels` in place of the kind's field_labels.
  static Result<FieldSelector> Parse(std::string_view text, const api::KindInfo& kind,
                                     std::span<const std::string_view> labels);
  /// Adds that metadata.name is `name`.
  void RequireName(std::string name);

  bool Matches(const api::Object& object) const;
  bool empty() const { return requirements_.empty(); }

 private:
  struct Requirement {
    std::vector<std::string> path;  // members from the outermost in
    std::string value;
    bool equal = true;
    std::string absent;  // what an absent field counts as: "", "false", "0"
  };

  std::vector<Requirement> requirements_;
};

}  // namespace ordinal::store
