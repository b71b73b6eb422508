// Label selectors: metav1.LabelSelector objects and the string form of list requests ("app=kubia,tier in (a,b)").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

inline constexpr size_t kMostRequirements = 128;     ///< of one selector that is read
inline constexpr size_t kMostSelectorValues = 1000;  ///< of all its requirements together

class Selector {
 public:
  enum class Operator { kIn, kNotIn, kExists, kDoesNotExist, kGreater, kLess };
  struct Requirement {
    std::string key;
    Operator op = Operator::kIn;
    std::vector<std::string> values;
  };

  /// Matches everything.
  Selector() = default;
  /// matchLabels alone; every pair must be there.
  static Selector FromMap(const StringMap& labels);
  /// A metav1.LabelSelector: matchLabels and matchExpressions. kInvalid names the faulty member, or says
  /// that there are too many.
  static Result<Selector> FromJson(const Json& selector);
  /// The string form. kInvalid for a syntax error, or too many requirements or values.
  static Result<Selector> Parse(std::string_view text);

  bool Matches(const StringMap& labels) const;
  /// The string form, sorted by key: "app=kubia,tier in (a,b)"; empty when it matches everything.
  std::string ToString() const;
  bool empty() const { return requirements_.empty(); }
  const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace ordinal::api
