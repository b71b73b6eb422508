#include "agent/podsync/config_volumes.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <functional>
#include <utility>

#include "agent/api/read.h"

namespace ordinal::podsync {
namespace {

using api::Json;

constexpr int64_t kDefaultMode = 0644;
constexpr uint32_t kOwnerOnly = 0600;
// Of one volume. Its sources are a mebibyte at most, but it may name one of them any number of times, and a tmpfs of
// the host is no memory of the pod.
constexpr size_t kMostBytes = 32 * 1024 * 1024;

struct ConfigKind {
  std::string_view member, plugin, name;
  bool memory;
};
// The kubelet's names of their directories. Of these a config map alone is kept on the disk, as there.
constexpr std::array<ConfigKind, 4> kSources = {{
    {"configMap", "kubernetes.io~configmap", "name", false},
    {"secret", "kubernetes.io~secret", "secretName", true},
    {"downwardAPI", "kubernetes.io~downward-api", "", true},
    {"projected", "kubernetes.io~projected", "", true},
}};

const ConfigKind* ConfigKindOf(std::string_view member) {
  for (const ConfigKind& source : kSources) {
    if (source.member == member) return &source;
  }
  return nullptr;
}

references::TokenWish TokenWishOf(const Json& source) {
  return {api::ReadString(source, "audience"), api::ReadInt(source, "expirationSeconds", 3600)};
}

/// The user that every container of the pod runs as; none when they differ or the image says it.
std::optional<int64_t> UserOf(const api::PodSpec& spec) {
  std::optional<int64_t> user;
  for (const auto* list : {&spec.init_containers, &spec.containers}) {
    for (const api::Container& container : *list) {
      const auto own = container.security.run_as_user ? container.security.run_as_user : spec.security.run_as_user;
      if (!own || (user && own != user)) return std::nullopt;
      user = own;
    }
  }
  return user;
}

/// Puts the files of one volume together.
class Builder {
 public:
  Builder(const api::Pod& pod, const EnvFacts& facts, uint32_t mode) : pod_(pod), facts_(facts), mode_(mode) {}

  /// `source` is a config map's or secret's volume source or projection.
  Status AddConfig(const Json& source, const api::ConfigName& of) {
    const references::Found found = facts_.Find(pod_, of);
    const std::string at = found.config ? found.config->uid : found.known ? "" : "?";
    version_ += fmt::format("{}/{}@{}:{};", of.secret ? "secret" : "configmap", of.name, at,
                            found.config ? found.config->revision : 0);
    if (!found.config && found.known && of.optional) return {};
    if (!found.config) return Missing(Absence(of, found));
    const Json& items = api::Items(source, "items");
    if (items.empty()) AddAll(found.config);
    for (const Json& item : items) TRYV(AddItem(item, found.config, of));
    return {};
  }

  /// A service account token. Only the pod's own user may read it, when there is one
  /// (kubernetes/pkg/volume/projected).
  Status AddToken(const Json& source) {
    const references::TokenWish wish = TokenWishOf(source);
    const references::FoundToken found = facts_.Token(pod_, wish);
    if (!found.text) return Missing("failed to fetch token: " + found.trouble);
    version_ += fmt::format("token/{}@{:x};", wish.audience, std::hash<std::string>()(*found.text));
    const std::optional<int64_t> user = UserOf(pod_.spec);
    const uint32_t mode = user || pod_.spec.security.fs_group ? kOwnerOnly : mode_;
    files_.push_back({PathOf(source), found.text, mode, user});
    return {};
  }

  Status AddDownward(const Json& source) {
    for (const Json& item : api::Items(source, "items")) {
      TRY(std::string value, ValueOf(item));
      const std::string path = PathOf(item);
      version_ += fmt::format("{}={};", path, value);
      files_.push_back({path, std::make_shared<const std::string>(std::move(value)), ModeOf(item), {}});
    }
    return {};
  }

  volumes::ConfigFiles Take(const ConfigKind& source) {
    return {std::string(source.plugin), source.memory, std::move(version_), std::move(files_), std::nullopt};
  }

  size_t bytes() const {
    size_t sum = 0;
    for (const volumes::ConfigFile& file : files_) sum += file.bytes->size();
    return sum;
  }

 private:
  static Error Missing(std::string message) { return MakeError(ErrorCode::kFailedPrecondition, std::move(message)); }

  /// As the reference cleans it: without empty and "." parts.
  static std::string PathOf(const Json& item) {
    std::string path = std::filesystem::path(api::ReadString(item, "path")).lexically_normal().string();
    if (path.ends_with('/')) path.pop_back();
    return path;
  }

  uint32_t ModeOf(const Json& item) const {
    return item.contains("mode") ? static_cast<uint32_t>(api::ReadInt(item, "mode")) : mode_;
  }

  /// Shares the bytes, which live as long as the object's decoded form.
  static std::shared_ptr<const std::string> Shared(const references::ConfigRef& config, const std::string& bytes) {
    return {config, &bytes};
  }

  void AddAll(const references::ConfigRef& config) {
    for (const auto* map : {&config->values, &config->binary}) {
      for (const auto& [key, bytes] : *map) files_.push_back({key, Shared(config, bytes), mode_, {}});
    }
  }

  Status AddItem(const Json& item, const references::ConfigRef& config, const api::ConfigName& of) {
    const std::string key = api::ReadString(item, "key");
    for (const auto* map : {&config->values, &config->binary}) {
      const auto found = map->find(key);
      if (found == map->end()) continue;
      files_.push_back({PathOf(item), Shared(config, found->second), ModeOf(item), {}});
      return {};
    }
    if (of.optional) return {};
    return Missing(of.secret ? "references non-existent secret key: " + key
                             : "configmap references non-existent config key: " + key);
  }

  Result<std::string> ValueOf(const Json& item) const {
    const Json& field = api::Member(item, "fieldRef");
    if (field.is_object()) return VolumeFieldValue(pod_, api::ReadString(field, "fieldPath"), facts_);
    return VolumeResourceValue(pod_, api::Member(item, "resourceFieldRef"), facts_);
  }

  const api::Pod& pod_;
  const EnvFacts& facts_;
  const uint32_t mode_;
  std::string version_;
  std::vector<volumes::ConfigFile> files_;
};

api::ConfigName NameOf(const Json& source, bool secret, std::string_view member) {
  return {secret, api::ReadString(source, member), api::ReadBool(source, "optional")};
}

/// Calls `config`, `downward` and `token` for each part of a volume, in order; stops at the first error.
template <class OnConfig, class OnDownward, class OnToken>
Status ForEachPart(const api::Volume& volume, OnConfig config, OnDownward downward, OnToken token) {
  const ConfigKind* source = ConfigKindOf(volume.source);
  if (source == nullptr) return {};
  if (!source->name.empty()) {
    return config(volume.spec, NameOf(volume.spec, source->member == "secret", source->name));
  }
  if (source->member == "downwardAPI") return downward(volume.spec);
  for (const Json& projection : api::Items(volume.spec, "sources")) {
    const Json& map = api::Member(projection, "configMap");
    const Json& secret = api::Member(projection, "secret");
    const Json& fields = api::Member(projection, "downwardAPI");
    if (map.is_object()) TRYV(config(map, NameOf(map, false, "name")));
    if (secret.is_object()) TRYV(config(secret, NameOf(secret, true, "name")));
    const Json& account = api::Member(projection, "serviceAccountToken");
    if (fields.is_object()) TRYV(downward(fields));
    if (account.is_object()) TRYV(token(account));
  }
  return {};
}

}  // namespace

bool IsConfigVolume(std::string_view source) { return ConfigKindOf(source) != nullptr; }

std::vector<api::ObjectKey> ReferencesOf(const api::Volume& volume, const std::string& ns) {
  std::vector<api::ObjectKey> keys;
  const auto note = [&](const Json&, const api::ConfigName& of) {
    keys.push_back(of.Key(ns));
    return Status();
  };
  const auto pass = [](const Json&) { return Status(); };
  (void)ForEachPart(volume, note, pass, pass);
  return keys;
}

std::vector<references::TokenWish> TokensOf(const api::Volume& volume) {
  std::vector<references::TokenWish> wishes;
  const auto note = [&](const Json& source) {
    wishes.push_back(TokenWishOf(source));
    return Status();
  };
  (void)ForEachPart(
      volume, [](const Json&, const api::ConfigName&) { return Status(); }, [](const Json&) { return Status(); }, note);
  return wishes;
}

volumes::ConfigFiles ConfigVolume(const api::Pod& pod, const api::Volume& volume, const EnvFacts& facts) {
  const auto mode = api::ReadOptional<int64_t>(volume.spec, "defaultMode").value_or(kDefaultMode);
  Builder builder(pod, facts, static_cast<uint32_t>(mode));
  Status added = ForEachPart(
      volume, [&](const Json& source, const api::ConfigName& of) { return builder.AddConfig(source, of); },
      [&](const Json& source) { return builder.AddDownward(source); },
      [&](const Json& source) { return builder.AddToken(source); });
  if (added.ok() && builder.bytes() > kMostBytes) {
    added = MakeError(ErrorCode::kInvalid, fmt::format("its files have {} bytes, more than {}: take fewer keys",
                                                       builder.bytes(), kMostBytes));
  }
  volumes::ConfigFiles files = builder.Take(*ConfigKindOf(volume.source));
  if (added.ok()) return files;
  files.files.clear();
  files.missing = Error{added.error().code, added.error().message, "FailedMount"};
  return files;
}

}  // namespace ordinal::podsync
