// The simple JSON paths of definitions: printer columns, replicas of scale, selectable fields.
//   .spec.replicas   .metadata.annotations.a\.b   .status.conditions[?(@.type=="Ready")].status   .spec.list[0]['x']
// Source: k8s.io/client-go/util/jsonpath, of which these are the parts that definitions use. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api::custom {

class JsonPath {
 public:
  /// kInvalid says what is not understood, and where.
  static Result<JsonPath> Read(std::string_view text);

  /// What it leads to, in the order of the document; several after "[*]" or a condition.
  std::vector<const Json*> Find(const Json& document) const;
  /// The names it goes through; empty when it goes through a list.
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Step {
    enum class Kind { kMember, kIndex, kAll, kWhere };
    Kind kind = Kind::kMember;
    std::string name;  ///< of the member; of the one compared
    int64_t index = 0;
    bool equal = true;  ///< kWhere: == or !=
    Json value;         ///< kWhere: what it is compared with
  };
  friend class JsonPathReader;

  std::vector<Step> steps_;
  std::vector<std::string> names_;
};

}  // namespace ordinal::api::custom
