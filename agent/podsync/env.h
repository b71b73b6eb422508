// The environment of a container. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/references/account_tokens.h"
#include "agent/references/references.h"

namespace ordinal::podsync {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// What a container's environment is made from besides its own spec.
struct EnvFacts {
  std::vector<std::string> pod_ips, host_ips;
  int64_t memory_capacity = 0;  ///< bytes
  int64_t cpu_capacity_milli = 0;
  /// What there is of a ConfigMap or Secret; null: nothing is known of any.
  std::function<references::Found(const api::ObjectKey&)> config = nullptr;

  /// The pod's token, by what it is for; null: there is none.
  std::function<references::FoundToken(const std::string& uid, const references::TokenWish&)> token = nullptr;
  /// Where the pod reaches the Kubernetes API; an empty host: nowhere.
  std::string api_host = {}, api_port = {};

  /// The variables of the files that this container refers to, by volume and path, or why there are none
  /// (ErrorCode::kNotFound: no such file).
  std::map<std::pair<std::string, std::string>, Result<api::StringMap>> env_files = {};

  references::FoundToken Token(const api::Pod& pod, const references::TokenWish& wish) const {
    return token ? token(pod.meta.uid, wish) : references::FoundToken();
  }
  references::Found Find(const api::Pod& pod, const api::ConfigName& of) const {
    return config ? config(of.Key(pod.meta.ns)) : references::Found();
  }
};

/// Why there is nothing of `of`, in the reference's words: configmap "settings" not found.
std::string Absence(const api::ConfigName& of, const references::Found& found);

/// The longest argument or variable a program can be started with (Linux: MAX_ARG_STRLEN), and the most of all
/// together.
inline constexpr size_t kLongestWord = 128 * 1024, kMostWords = 6 * 1024 * 1024;

/// Replaces $(NAME) by the value of NAME; $$ is a literal $; an unknown name stays as it is. References double what
/// they name, each the one before: what is longer than kLongestWord ends there, and no program is started with it.
/// `missing`, when given, is told the names that have no value or an empty one, each once.
std::string Expand(std::string_view text, const Environment& values, std::vector<std::string>* missing = nullptr);
/// Each of `words`; kInvalid for more than a program can be started with.
Result<std::vector<std::string>> ExpandAll(const std::vector<std::string>& words, const Environment& values);

/// metadata.name, metadata.labels['x'], spec.nodeName, status.podIP, …; kInvalid for anything else.
Result<std::string> FieldValue(const api::Pod& pod, const std::string& path, const EnvFacts& facts);

/// The same for files of a volume, which may hold all labels or annotations ("metadata.labels": key="value" lines, in
/// the form of Go's %q).
Result<std::string> VolumeFieldValue(const api::Pod& pod, const std::string& path, const EnvFacts& facts);
/// `ref` is a resourceFieldRef, whose containerName says whose resources.
Result<std::string> VolumeResourceValue(const api::Pod& pod, const api::Json& ref, const EnvFacts& facts);

/// envFrom in order, then spec.containers[].env in order, references to earlier entries expanded; the last one of a
/// name counts. Values of config maps and secrets are taken as they are. Errors carry the reason
/// CreateContainerConfigError and name the variable, or, in the reference's words, the object or the key that is
/// missing. kInvalid also for more than a program can be started with, and for values that no variable can have.
Result<Environment> BuildEnv(const api::Pod& pod, const api::Container& container, const EnvFacts& facts);

}  // namespace ordinal::podsync
