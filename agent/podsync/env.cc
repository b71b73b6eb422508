#include "agent/podsync/env.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

/// Finds the value of a name; null for an unknown one.
using Lookup = std::function<const std::string*(std::string_view)>;

void Note(std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

/// The container whose limits or requests a variable asks for: its own when it names none.
Result<const api::Container*> Asked(const api::PodSpec& spec, const api::Container& own, const std::string& name) {
  if (name.empty() || name == own.name) return &own;
  for (const auto* list : {&spec.containers, &spec.init_containers}) {
    for (const api::Container& container : *list) {
      if (container.name == name) return &container;
    }
  }
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("resourceFieldRef.containerName \"{}\": the pod has no such container", name),
                   "CreateContainerConfigError");
}

std::string ExpandBy(std::string_view text, const Lookup& find, std::vector<std::string>* missing = nullptr) {
  std::string out;
  for (size_t i = 0; i < text.size() && out.size() <= kLongestWord; ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
    } else if (text[i + 1] == '$') {
      out += '$';
      ++i;
    } else if (text[i + 1] == '(') {
      const size_t end = text.find(')', i + 2);
      if (end == std::string_view::npos) {
        out += text[i];
        continue;
      }
      const std::string_view name = text.substr(i + 2, end - i - 2);
      const std::string* value = find(name);
      if (missing != nullptr && (value == nullptr || value->empty())) Note(*missing, name);
      out += value != nullptr ? *value : fmt::format("$({})", name);
      i = end;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// "metadata.labels['tier']" → "tier" when `path` starts with `prefix`.
std::optional<std::string> Subscript(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix) || !path.ends_with("']")) return std::nullopt;
  return path.substr(prefix.size(), path.size() - prefix.size() - 2);
}

std::string ValueOf(const api::StringMap& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

Error TooLarge(const std::string& what) {
  return MakeError(
      ErrorCode::kInvalid,
      fmt::format("{}: with what they refer to they are larger than a program can be started with ({} bytes "
                  "a word, {} together)",
                  what, kLongestWord, kMostWords),
      "CreateContainerConfigError");
}

}  // namespace

std::string Expand(std::string_view text, const Environment& values, std::vector<std::string>* missing) {
  const Lookup find = [&values](std::string_view name) -> const std::string* {
    const auto found =
        std::find_if(values.rbegin(), values.rend(), [&](const auto& item) { return item.first == name; });
    return found == values.rend() ? nullptr : &found->second;
  };
  return ExpandBy(text, find, missing);
}

Result<std::vector<std::string>> ExpandAll(const std::vector<std::string>& words, const Environment& values) {
  std::map<std::string_view, const std::string*> known;
  for (const auto& [name, value] : values) known[name] = &value;
  const Lookup find = [&known](std::string_view name) -> const std::string* {
    const auto found = known.find(name);
    return found == known.end() ? nullptr : found->second;
  };
  std::vector<std::string> out;
  size_t bytes = 0;
  for (const std::string& word : words) {
    out.push_back(ExpandBy(word, find));
    bytes += out.back().size();
    if (out.back().size() > kLongestWord || bytes > kMostWords) return TooLarge("command and args");
  }
  return out;
}

Result<std::string> FieldValue(const api::Pod& pod, const std::string& path, const EnvFacts& facts) {
  if (path == "metadata.name") return pod.meta.name;
  if (path == "metadata.namespace") return pod.meta.ns;
  if (path == "metadata.uid") return pod.meta.uid;
  if (path == "spec.nodeName") return pod.spec.node_name;
  if (path == "spec.serviceAccountName") return pod.spec.service_account;
  if (path == "status.podIP") return facts.pod_ips.empty() ? std::string() : facts.pod_ips.front();
  if (path == "status.podIPs") return fmt::format("{}", fmt::join(facts.pod_ips, ","));
  if (path == "status.hostIP") return facts.host_ips.empty() ? std::string() : facts.host_ips.front();
  if (path == "status.hostIPs") return fmt::format("{}", fmt::join(facts.host_ips, ","));
  if (const auto key = Subscript(path, "metadata.labels['")) return ValueOf(pod.meta.labels, *key);
  if (const auto key = Subscript(path, "metadata.annotations['")) return ValueOf(pod.meta.annotations, *key);
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("fieldRef.fieldPath \"{}\" is not a field a container can ask for", path),
                   "CreateContainerConfigError");
}

namespace {

Result<std::string> ValueOf(const api::Pod& pod, const api::Container& container, const api::EnvVar& variable,
                            const EnvFacts& facts, const Lookup& find) {
  if (!variable.field_path.empty()) return FieldValue(pod, variable.field_path, facts);
  if (variable.resource.empty()) return ExpandBy(variable.value, find);
  TRY(const api::Container* asked, Asked(pod.spec, container, variable.resource_container));
  return ResourceFieldValue(*asked, variable.resource, variable.divisor, facts.memory_capacity,
                            facts.cpu_capacity_milli);
}

}  // namespace

Result<Environment> BuildEnv(const api::Pod& pod, const api::Container& container, const EnvFacts& facts) {
  Environment env;
  std::map<std::string, size_t, std::less<>> places;  // of each name its last
  const Lookup find = [&](std::string_view name) -> const std::string* {
    const auto found = places.find(name);
    return found == places.end() ? nullptr : &env[found->second].second;
  };
  size_t bytes = 0;
  for (const api::EnvVar& variable : container.env) {
    Result<std::string> value = ValueOf(pod, container, variable, facts, find);
    const std::string what = fmt::format("env \"{}\" of container \"{}\"", variable.name, container.name);
    if (!value) return std::move(value).error().With(what);
    bytes += variable.name.size() + value->size();
    if (value->size() > kLongestWord || bytes > kMostWords) return TooLarge(what);
    places.insert_or_assign(variable.name, env.size());
    env.emplace_back(variable.name, std::move(*value));
  }
  // A name that was given again has the place and the value of the last time.
  Environment last;
  for (size_t i = 0; i < env.size(); ++i) {
    if (places.at(env[i].first) == i) last.push_back(std::move(env[i]));
  }
  return last;
}

}  // namespace ordinal::podsync
