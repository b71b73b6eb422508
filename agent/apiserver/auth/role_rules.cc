#include "agent/apiserver/auth/role_rules.h"

#include <algorithm>

#include "agent/api/rule_cover.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr std::string_view kAll = "*";
constexpr std::string_view kUsualVerbs[] = {"get",    "list",  "watch",  "create",
                                            "update", "patch", "delete", "deletecollection"};
constexpr uint32_t kReading = 0b111;  // the first three
constexpr uint32_t kAnyVerb = 1U << 31;
constexpr uint32_t kOddVerb = 1U << 30;

// Whose only objects are questions.
constexpr std::string_view kReviewGroups[] = {"authentication.k8s.io", "authorization.k8s.io"};

uint32_t BitOf(std::string_view verb) {
  const auto* found = std::find(std::begin(kUsualVerbs), std::end(kUsualVerbs), verb);
  return found == std::end(kUsualVerbs) ? 0 : 1U << (found - std::begin(kUsualVerbs));
}

uint32_t BitsOf(const std::vector<std::string>& verbs) {
  uint32_t bits = 0;
  for (const std::string& verb : verbs) {
    const uint32_t usual = BitOf(verb);
    bits |= verb == kAll ? kAnyVerb : usual != 0 ? usual : kOddVerb;
  }
  return bits;
}

constexpr uint64_t kAnyMark = ~0ULL, kPathMark = 1ULL << 63;

/// Of a resource and its sub-resource.
uint64_t MarkOf(std::string_view qualified) { return 1ULL << (std::hash<std::string_view>()(qualified) % 63); }

uint64_t MarksOf(const api::PolicyRule& rule) {
  uint64_t marks = rule.paths.empty() ? 0 : kPathMark;
  for (const std::string& each : rule.resources) marks |= each.starts_with('*') ? kAnyMark : MarkOf(each);
  return marks;
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [word](const std::string& one) { return one == word; });
}

bool MatchesVerb(const api::PolicyRule& rule, uint32_t bits, const Asked& asked) {
  if ((bits & kAnyVerb) != 0) return true;
  if (asked.verb != 0) return (bits & asked.verb) != 0;
  return (bits & kOddVerb) != 0 && Has(rule.verbs, asked.what.verb);
}

bool MatchesGroup(const api::PolicyRule& rule, const Asked& asked) {
  return std::any_of(rule.groups.begin(), rule.groups.end(),
                     [&](const std::string& one) { return one == asked.what.group || one == kAll; });
}

/// "*/scale" is that sub-resource of every resource.
bool IsOfAll(std::string_view rule, std::string_view subresource) {
  return !subresource.empty() && rule.size() == subresource.size() + 2 && rule.starts_with("*/") &&
         rule.ends_with(subresource);
}

bool MatchesResource(const api::PolicyRule& rule, const Asked& asked) {
  return std::any_of(rule.resources.begin(), rule.resources.end(), [&](const std::string& one) {
    return one == asked.qualified || one == kAll || IsOfAll(one, asked.what.subresource);
  });
}

bool MatchesAPath(const api::PolicyRule& rule, std::string_view path) {
  return std::any_of(rule.paths.begin(), rule.paths.end(),
                     [path](const std::string& one) { return api::MatchesPath(one, path); });
}

bool Changes(const api::PolicyRule& rule, uint32_t bits) {
  if ((bits & ~kReading) == 0) return false;
  return std::any_of(rule.groups.begin(), rule.groups.end(), [](const std::string& group) {
    return std::find(std::begin(kReviewGroups), std::end(kReviewGroups), group) == std::end(kReviewGroups);
  });
}

}  // namespace

Asked::Asked(const Attributes& attributes)
    : what(attributes),
      qualified(attributes.Qualified()),
      verb(BitOf(attributes.verb)),
      mark(attributes.path.empty() ? MarkOf(qualified) : kPathMark) {}

RoleRules::RoleRules(std::vector<api::PolicyRule> rules) : rules_(std::move(rules)) {
  verbs_.reserve(rules_.size());
  names_.reserve(rules_.size());
  for (const api::PolicyRule& rule : rules_) {
    names_.emplace_back(rule.names.begin(), rule.names.end());
    std::sort(names_.back().begin(), names_.back().end());
    verbs_.push_back(BitsOf(rule.verbs));
    marks_ |= MarksOf(rule);
    writes_ = writes_ || Changes(rule, verbs_.back());
  }
}

bool RoleRules::Permits(const Asked& asked) const {
  for (size_t i = 0; i < rules_.size(); ++i) {
    const api::PolicyRule& rule = rules_[i];
    if (!MatchesVerb(rule, verbs_[i], asked)) continue;
    if (!asked.what.path.empty()) {
      if (MatchesAPath(rule, asked.what.path)) return true;
      continue;
    }
    if (!MatchesResource(rule, asked) || !MatchesGroup(rule, asked)) continue;
    const auto& names = names_[i];
    if (names.empty() || std::binary_search(names.begin(), names.end(), std::string_view(asked.what.name))) return true;
  }
  return false;
}

}  // namespace ordinal::apiserver::auth
