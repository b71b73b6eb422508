#include "agent/controllers/statefulset/identity.h"

#include <fmt/format.h>

#include <charconv>

namespace ordinal::controllers::statefulset {

std::optional<ParsedName> ParsePodName(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const std::string_view digits = name.substr(dash + 1);
  int64_t ordinal = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || ordinal < 0) {
    return std::nullopt;
  }
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return ParsedName{std::string(name.substr(0, dash)), ordinal};
}

std::string PodName(const std::string& set_name, int64_t ordinal) { return fmt::format("{}-{}", set_name, ordinal); }

std::string ClaimName(const std::string& template_name, const std::string& set_name, int64_t ordinal) {
  return fmt::format("{}-{}-{}", template_name, set_name, ordinal);
}

std::string NameOf(const api::Json& document) { return api::ReadString(api::Member(document, "metadata"), "name"); }

std::optional<int64_t> OrdinalOf(const api::StatefulSet& set, std::string_view pod_name) {
  const auto parsed = ParsePodName(pod_name);
  if (!parsed || parsed->parent != set.meta.name) return std::nullopt;
  return parsed->ordinal;
}

bool Wanted(const api::StatefulSet& set, int64_t ordinal) {
  return ordinal >= set.start_ordinal && ordinal < set.start_ordinal + set.replicas;
}

bool BeyondPartition(const api::StatefulSet& set, int64_t ordinal) {
  return ordinal >= set.start_ordinal + set.partition;
}

Membership MembershipOf(const api::StatefulSet& set, const api::Meta& pod) {
  const bool fits = OrdinalOf(set, pod.name).has_value() && set.selector.Matches(pod.labels);
  return controllers::MembershipOf(set.meta, fits, pod);
}

std::string RevisionOf(const api::Pod& pod) {
  const auto label = pod.meta.labels.find(std::string(kRevisionLabel));
  return label == pod.meta.labels.end() ? std::string() : label->second;
}

}  // namespace ordinal::controllers::statefulset
