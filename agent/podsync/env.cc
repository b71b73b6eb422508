#include "agent/podsync/env.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "agent/api/kinds/pod/read.h"
#include "agent/api/read.h"
#include "agent/base/utf8.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

constexpr char kReason[] = "CreateContainerConfigError";

/// Finds the value of a name; null for an unknown one.
using Lookup = std::function<const std::string*(std::string_view)>;

void Note(std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

/// The container whose limits or requests a variable asks for: its own when it names none.
Result<const api::Container*> Asked(const api::PodSpec& spec, const api::Container& own, const std::string& name) {
  if (name.empty() || name == own.name) return &own;
  if (const api::Container* named = ContainerNamed(spec, name)) return named;
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("resourceFieldRef.containerName \"{}\": the pod has no such container", name), kReason);
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
      kReason);
}

/// As Go quotes a string (strconv.Quote), but that characters beyond ASCII which cannot be seen stay as they are.
std::string Quoted(const std::string& text) {
  constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\\\"", kLetters = "abfnrtv\\\"";
  std::string out = "\"";
  for (const char c : text) {
    const size_t special = kSpecial.find(c);
    const auto byte = static_cast<unsigned char>(c);
    if (special != std::string_view::npos) {
      out += {'\\', kLetters[special]};
    } else if (byte < ' ' || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Lines(const api::StringMap& map) {
  std::string out;
  for (const auto& [key, value] : map) out += fmt::format("{}{}={}", out.empty() ? "" : "\n", key, Quoted(value));
  return out;
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
                   fmt::format("fieldRef.fieldPath \"{}\" is not a field a container can ask for", path), kReason);
}

std::string Absence(const api::ConfigName& of, const references::Found& found) {
  return fmt::format("{} \"{}\" {}", of.secret ? "secret" : "configmap", of.name,
                     found.known ? "not found" : "is not known yet");
}

Result<std::string> VolumeFieldValue(const api::Pod& pod, const std::string& path, const EnvFacts& facts) {
  if (path == "metadata.labels") return Lines(pod.meta.labels);
  if (path == "metadata.annotations") return Lines(pod.meta.annotations);
  return FieldValue(pod, path, facts);
}

Result<std::string> VolumeResourceValue(const api::Pod& pod, const api::Json& ref, const EnvFacts& facts) {
  const api::Container none;
  TRY(const api::Container* asked, Asked(pod.spec, none, api::ReadString(ref, "containerName")));
  return ResourceFieldValue(*asked, api::ReadString(ref, "resource"), api::ReadDivisor(ref), facts.memory_capacity,
                            facts.cpu_capacity_milli);
}

namespace {

/// The object, null where it is missing and may be.
Result<references::ConfigRef> ConfigFor(const api::Pod& pod, const api::ConfigName& of, const EnvFacts& facts) {
  const references::Found found = facts.Find(pod, of);
  if (found.config || (found.known && of.optional)) return found.config;
  return MakeError(ErrorCode::kFailedPrecondition, Absence(of, found), kReason);
}

/// A variable is a text of C, and the runtime takes it as UTF-8.
Status CheckValue(const api::Pod& pod, const api::ConfigName& of, const std::string& key, const std::string& value) {
  if (value.find('\0') == std::string::npos && FirstBadByte(value) == value.size()) return {};
  return MakeError(
      ErrorCode::kInvalid,
      fmt::format("key {} in {} {}/{} is no text (it has zero bytes or is not UTF-8), and can be no variable: "
                  "mount it as a file",
                  key, of.secret ? "Secret" : "ConfigMap", pod.meta.ns, of.name),
      kReason);
}

/// Absent where the variable is left out.
Result<std::optional<std::string>> ConfigValue(const api::Pod& pod, const api::ConfigName& of, const std::string& key,
                                               const EnvFacts& facts) {
  TRY(const references::ConfigRef config, ConfigFor(pod, of, facts));
  if (!config) return std::optional<std::string>();
  const auto value = config->values.find(key);
  if (value != config->values.end()) {
    TRYV(CheckValue(pod, of, key, value->second));
    return std::optional<std::string>(value->second);
  }
  if (of.optional) return std::optional<std::string>();
  return MakeError(
      ErrorCode::kFailedPrecondition,
      fmt::format("couldn't find key {} in {} {}/{}", key, of.secret ? "Secret" : "ConfigMap", pod.meta.ns, of.name),
      kReason);
}

/// Variables in the order in which they are given, the last one of a name being the one that counts.
class Given {
 public:
  const std::string* Find(std::string_view name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &all_[found->second].second;
  }
  /// False: together they are too large.
  bool Add(std::string name, std::string value) {
    bytes_ += name.size() + value.size();
    if (value.size() > kLongestWord || bytes_ > kMostWords) return false;
    places_.insert_or_assign(name, all_.size());
    all_.emplace_back(std::move(name), std::move(value));
    return true;
  }
  /// A name that was given again has the place and the value of the last time.
  Environment Take() {
    Environment last;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (places_.at(all_[i].first) == i) last.push_back(std::move(all_[i]));
    }
    return last;
  }

 private:
  Environment all_;
  std::map<std::string, size_t, std::less<>> places_;  // of each name its last
  size_t bytes_ = 0;
};

Status AddFrom(const api::Pod& pod, const api::Container& container, const api::EnvFrom& from, const EnvFacts& facts,
               Given& given) {
  TRY(const references::ConfigRef config, ConfigFor(pod, from.of, facts));
  if (!config) return {};
  for (const auto& [key, value] : config->values) {
    TRYV(CheckValue(pod, from.of, key, value));
    if (given.Add(from.prefix + key, value)) continue;
    return TooLarge(fmt::format("env \"{}{}\" of container \"{}\"", from.prefix, key, container.name));
  }
  return {};
}

/// Absent where the variable is left out. The words are the kubelet's (makeEnvironmentVariables).
Result<std::optional<std::string>> FileValue(const api::FileKey& ref, const EnvFacts& facts) {
  const auto file = facts.env_files.find({ref.volume, ref.path});
  const auto failed = [](std::string why) {
    return MakeError(ErrorCode::kFailedPrecondition, std::move(why), kReason);
  };
  if (file == facts.env_files.end())
    return failed(fmt::format("file {} of volume {} was not read", ref.path, ref.volume));
  if (!file->second.ok()) {
    const Error& error = file->second.error();
    if (error.code == ErrorCode::kNotFound && ref.optional) return std::optional<std::string>();
    return failed(fmt::format("couldn't parse env file {} of volume {}: {}", ref.path, ref.volume, error.message));
  }
  const auto value = file->second->find(ref.key);
  if (value != file->second->end()) return std::optional<std::string>(value->second);
  if (ref.optional) return std::optional<std::string>();
  return failed(
      fmt::format("environment variable key \"{}\" not found in file {} of volume {}", ref.key, ref.path, ref.volume));
}

Result<std::optional<std::string>> ValueOf(const api::Pod& pod, const api::Container& container,
                                           const api::EnvVar& variable, const EnvFacts& facts, const Lookup& find) {
  if (variable.file) return FileValue(*variable.file, facts);
  if (variable.config) return ConfigValue(pod, *variable.config, variable.config_key, facts);
  Result<std::string> value = std::string();
  if (!variable.field_path.empty()) {
    value = FieldValue(pod, variable.field_path, facts);
  } else if (variable.resource.empty()) {
    value = ExpandBy(variable.value, find);
  } else {
    TRY(const api::Container* asked, Asked(pod.spec, container, variable.resource_container));
    value = ResourceFieldValue(*asked, variable.resource, variable.divisor, facts.memory_capacity,
                               facts.cpu_capacity_milli);
  }
  if (value.ok()) return std::optional<std::string>(std::move(*value));
  return std::move(value).error().With(fmt::format("env \"{}\" of container \"{}\"", variable.name, container.name));
}

}  // namespace

Result<Environment> BuildEnv(const api::Pod& pod, const api::Container& container, const EnvFacts& facts) {
  Given given;
  if (!facts.api_host.empty()) {  // what every client in a pod looks for
    given.Add("KUBERNETES_SERVICE_HOST", facts.api_host);
    given.Add("KUBERNETES_SERVICE_PORT", facts.api_port);
    given.Add("KUBERNETES_SERVICE_PORT_HTTPS", facts.api_port);
  }
  for (const api::EnvFrom& from : container.env_from) TRYV(AddFrom(pod, container, from, facts, given));
  const Lookup find = [&given](std::string_view name) { return given.Find(name); };
  for (const api::EnvVar& variable : container.env) {
    TRY(std::optional<std::string> value, ValueOf(pod, container, variable, facts, find));
    if (!value || given.Add(variable.name, std::move(*value))) continue;
    return TooLarge(fmt::format("env \"{}\" of container \"{}\"", variable.name, container.name));
  }
  return given.Take();
}

}  // namespace ordinal::podsync
