#include "agent/podsync/env.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

const std::string* Find(const Environment& values, std::string_view name) {
  const auto found = std::find_if(values.rbegin(), values.rend(), [&](const auto& item) { return item.first == name; });
  return found == values.rend() ? nullptr : &found->second;
}

void Set(Environment& values, const std::string& name, std::string value) {
  std::erase_if(values, [&](const auto& item) { return item.first == name; });
  values.emplace_back(name, std::move(value));
}

/// "metadata.labels['tier']" → "tier" when `path` starts with `prefix`.
std::optional<std::string> Subscript(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix) || !path.ends_with("']")) return std::nullopt;
  return path.substr(prefix.size(), path.size() - prefix.size() - 2);
}

std::string Lookup(const api::StringMap& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

}  // namespace

std::string Expand(std::string_view text, const Environment& values) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
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
      const std::string* value = Find(values, name);
      out += value != nullptr ? *value : fmt::format("$({})", name);
      i = end;
    } else {
      out += text[i];
    }
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
  if (const auto key = Subscript(path, "metadata.labels['")) return Lookup(pod.meta.labels, *key);
  if (const auto key = Subscript(path, "metadata.annotations['")) return Lookup(pod.meta.annotations, *key);
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("fieldRef.fieldPath \"{}\" is not a field a container can ask for", path),
                   "CreateContainerConfigError");
}

Result<Environment> BuildEnv(const api::Pod& pod, const api::Container& container, const EnvFacts& facts) {
  Environment env;
  for (const api::EnvVar& variable : container.env) {
    Result<std::string> value = Expand(variable.value, env);
    if (!variable.field_path.empty()) {
      value = FieldValue(pod, variable.field_path, facts);
    } else if (!variable.resource.empty()) {
      const auto other = std::find_if(pod.spec.containers.begin(), pod.spec.containers.end(),
                                      [&](const api::Container& c) { return c.name == variable.resource_container; });
      value = ResourceFieldValue(other == pod.spec.containers.end() ? container : *other, variable.resource,
                                 variable.divisor, facts.memory_capacity, facts.cpu_capacity_milli);
    }
    if (!value)
      return std::move(value).error().With(
          fmt::format("env \"{}\" of container \"{}\"", variable.name, container.name));
    Set(env, variable.name, std::move(*value));
  }
  return env;
}

}  // namespace ordinal::podsync
