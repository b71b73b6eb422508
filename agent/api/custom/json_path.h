// The simple JSON paths of definitions: printer columns, replicas of scale, selectable fields.
//   .spec.replicas   .metadata.annotations.a\.b   .status.conditions[?(@.type=="Ready")].status   .spec.list[-1:]['x']
//   ..name   .spec['a','b']   .spec.list[?(@.ref.kind=="Pod")].*
// Source: k8s.io/client-go/util/jsonpath, of which these are the parts that lead to values: no "range", no text. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api::custom {

class JsonPath {
 public:
  /// kInvalid says what is not understood, and where.
  static Result<JsonPath> Read(std::string_view text);

  /// What it leads to, in the order of the document; several after "[*]", "..", a union or a condition. Nothing when
  /// that would be more than anybody reads.
  std::vector<const Json*> Find(const Json& document) const;
  /// The names it goes through; empty when it goes through a list.
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Step {
    enum class Kind {
      kMember,
      kAll,    ///< "*": all members or items
      kIndex,  ///< "[1]": `begin`
      kSlice,  ///< "[1:5:2]"
      kUnion,  ///< "['a','b']": `paths`
      kBelow,  ///< "..": the value and everything in it, at any depth
      kWhere   ///< "[?(@.a==1)]": items in which `paths` leads to what compares so to the second path, or to `value`
    };
    Kind kind = Kind::kMember;
    std::string name;  ///< of the member
    std::optional<int64_t> begin, end, stride;
    std::vector<JsonPath> paths;
    std::string sign;  ///< kWhere: "==", "!=", "<", "<=", ">", ">="; empty: it leads anywhere
    Json value;
  };
  friend class JsonPathReader;

  static void Follow(const Step& step, const Json& value, std::vector<const Json*>& next);
  static bool Holds(const Step& step, const Json& item);

  std::vector<Step> steps_;
  std::vector<std::string> names_;
};

}  // namespace ordinal::api::custom
