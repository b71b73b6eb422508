#include "agent/api/rule_cover.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace ordinal::api {
namespace {

using Words = std::vector<std::string>;

using WordSet = std::unordered_set<std::string_view>;

WordSet SetOf(const Words& words) { return {words.begin(), words.end()}; }

/// Rules that somebody has, made ready to be compared with. Refers to them.
struct Owned {
  explicit Owned(const PolicyRule& rule)
      : verbs(SetOf(rule.verbs)),
        groups(SetOf(rule.groups)),
        resources(SetOf(rule.resources)),
        names(SetOf(rule.names)),
        paths(&rule.paths) {}

  WordSet verbs, groups, resources, names;
  const Words* paths;
};

bool HasAll(const WordSet& words, const Words& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& each) { return words.contains(each); });
}

bool CoversResource(const WordSet& owned, const std::string& wanted) {
  if (owned.contains(wanted)) return true;
  const size_t slash = wanted.find('/');
  return slash != std::string::npos && owned.contains("*" + wanted.substr(slash));
}

bool CoversResources(const WordSet& owned, const Words& wanted) {
  return owned.contains("*") || std::all_of(wanted.begin(), wanted.end(),
                                            [&](const std::string& each) { return CoversResource(owned, each); });
}

bool CoversPaths(const Words& owned, const Words& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& path) {
    return std::any_of(owned.begin(), owned.end(), [&](const std::string& each) { return MatchesPath(each, path); });
  });
}

bool CoversNames(const WordSet& owned, const Words& wanted) {
  return owned.empty() || (!wanted.empty() && HasAll(owned, wanted));
}

bool Covers(const Owned& owned, const PolicyRule& wanted) {
  return (owned.verbs.contains("*") || HasAll(owned.verbs, wanted.verbs)) &&
         (owned.groups.contains("*") || HasAll(owned.groups, wanted.groups)) &&
         CoversResources(owned.resources, wanted.resources) && CoversPaths(*owned.paths, wanted.paths) &&
         CoversNames(owned.names, wanted.names);
}

/// What a comparison may take at most: words looked up in sets, paths compared with each other.
size_t CostOf(const Owned& owned, const PolicyRule& wanted) {
  return 1 + wanted.verbs.size() + wanted.groups.size() + wanted.resources.size() + wanted.names.size() +
         owned.paths->size() * wanted.paths.size();
}

/// Rules that are compared until what they may cost is spent.
class CoverCheck {
 public:
  explicit CoverCheck(const std::vector<PolicyRule>& owned) : owned_(owned.begin(), owned.end()) {}

  /// Whether one of the rules permits all that `wanted` does. Nothing: that would cost more than is left.
  std::optional<bool> AnyCovers(const PolicyRule& wanted) {
    for (const Owned& each : owned_) {
      const size_t cost = CostOf(each, wanted);
      if (cost > left_) return std::nullopt;
      left_ -= cost;
      if (Covers(each, wanted)) return true;
    }
    return false;
  }

 private:
  std::vector<Owned> owned_;
  size_t left_ = kMostComparisons;
};

Error TooManyRights() {
  return MakeError(ErrorCode::kInvalid, "the rules combine more verbs, resources and names than are compared (" +
                                            std::to_string(kMostRights) + "); write \"*\", or several roles");
}

size_t RightsOf(const PolicyRule& rule) {
  const size_t names = std::max<size_t>(rule.names.size(), 1);
  // Each factor is bounded by the body's size; together they would not fit.
  const double rights = static_cast<double>(rule.verbs.size()) *
                        (static_cast<double>(rule.groups.size()) * static_cast<double>(rule.resources.size()) *
                             static_cast<double>(names) +
                         static_cast<double>(rule.paths.size()));
  return rights > static_cast<double>(kMostRights) ? kMostRights + 1 : static_cast<size_t>(rights);
}

/// One verb with one resource or path.
std::vector<PolicyRule> BrokenDown(const PolicyRule& rule) {
  std::vector<PolicyRule> rights;
  for (const std::string& group : rule.groups) {
    for (const std::string& resource : rule.resources) {
      for (const std::string& verb : rule.verbs) {
        if (rule.names.empty()) rights.push_back({{verb}, {group}, {resource}, {}, {}});
        for (const std::string& name : rule.names) rights.push_back({{verb}, {group}, {resource}, {name}, {}});
      }
    }
  }
  for (const std::string& path : rule.paths) {
    for (const std::string& verb : rule.verbs) rights.push_back({{verb}, {}, {}, {}, {path}});
  }
  return rights;
}

std::string Quoted(std::string_view word) {
  std::string out = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

bool MatchesPath(std::string_view pattern, std::string_view path) {
  if (pattern == path) return true;
  if (!pattern.ends_with('*')) return false;
  const size_t last = pattern.find_last_not_of('*');
  return path.starts_with(pattern.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

Result<std::vector<PolicyRule>> Uncovered(const std::vector<PolicyRule>& owned, const std::vector<PolicyRule>& wanted) {
  std::vector<PolicyRule> missing;
  CoverCheck check(owned);
  size_t rights = 0;
  for (const PolicyRule& rule : wanted) {
    const std::optional<bool> covered = check.AnyCovers(rule);
    if (!covered) return TooManyRights();
    if (*covered) continue;
    rights += RightsOf(rule);
    if (rights > kMostRights) return TooManyRights();
    for (PolicyRule& right : BrokenDown(rule)) {
      const std::optional<bool> has = check.AnyCovers(right);
      if (!has) return TooManyRights();
      if (!*has) missing.push_back(std::move(right));
    }
  }
  return missing;
}

std::vector<PolicyRule> Compacted(const std::vector<PolicyRule>& rights) {
  std::vector<PolicyRule> rules;
  std::map<std::tuple<Words, Words, Words>, size_t> known;  // by what they are rights to
  for (const PolicyRule& right : rights) {
    const bool simple = right.paths.empty() && right.groups.size() == 1 && right.resources.size() == 1;
    if (simple) {
      const auto [at, made] = known.try_emplace({right.groups, right.resources, right.names}, rules.size());
      if (!made) {
        Words& verbs = rules[at->second].verbs;
        verbs.insert(verbs.end(), right.verbs.begin(), right.verbs.end());
        continue;
      }
    }
    rules.push_back(right);
  }
  return rules;
}

std::string Quoted(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + Quoted(std::string_view(word));
  return "[" + out + "]";
}

std::string ToString(const PolicyRule& rule) {
  std::string out;
  const auto add = [&out](const char* what, const Words& words) {
    if (!words.empty()) out += (out.empty() ? "" : ", ") + std::string(what) + ":" + Quoted(words);
  };
  add("APIGroups", rule.groups);
  add("Resources", rule.resources);
  add("NonResourceURLs", rule.paths);
  add("ResourceNames", rule.names);
  add("Verbs", rule.verbs);
  return "{" + out + "}";
}

}  // namespace ordinal::api
