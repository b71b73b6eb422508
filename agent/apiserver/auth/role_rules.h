// RoleRules: the rules of one role, made ready to be asked often. Immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/access.h"
#include "agent/apiserver/auth/attributes.h"

namespace ordinal::apiserver::auth {

/// Attributes as rules are asked about them. Refers to them.
class Asked {
 public:
  explicit Asked(const Attributes& attributes);

  const Attributes& what;
  const std::string qualified;  ///< "pods/log"
  const uint32_t verb;          ///< its bit; 0 for a verb that is none of the usual
  const uint64_t mark;          ///< its bit among RoleRules::marks
};

class RoleRules {
 public:
  explicit RoleRules(std::vector<api::PolicyRule> rules);
  RoleRules(const RoleRules&) = delete;
  RoleRules& operator=(const RoleRules&) = delete;

  bool Permits(const Asked& asked) const;
  /// What it gives rights to, so that most roles need not be looked at: it permits nothing whose mark is not among
  /// these.
  uint64_t marks() const { return marks_; }
  /// Something is changed by one of its rights, beyond asking a review.
  bool writes() const { return writes_; }
  const std::vector<api::PolicyRule>& rules() const { return rules_; }

 private:
  std::vector<api::PolicyRule> rules_;
  std::vector<uint32_t> verbs_;                       ///< of each rule: the bits of the usual ones, and kAnyVerb
  std::vector<std::vector<std::string_view>> names_;  ///< of each rule, in order: there may be thousands
  uint64_t marks_ = 0;
  bool writes_ = false;
};

}  // namespace ordinal::apiserver::auth
