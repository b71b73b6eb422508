#include "agent/podsync/keyring.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "cri/images/reference.h"

namespace ordinal::podsync {
namespace {

constexpr size_t kLongestRegistry = 1024;  // a host name has 253 characters, an image's name 255
constexpr std::string_view kDockerHub = "docker.io", kDockerIndex = "index.docker.io";

struct Location {
  std::string_view host, port, path;  ///< the path begins with "/", or is empty
};

/// Of "host:port/path".
Location Split(std::string_view text) {
  Location location;
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) location.path = text.substr(slash);
  location.host = text.substr(0, slash);
  const size_t bracket = location.host.rfind(']');  // of an address of IPv6
  const size_t colon = location.host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) location.port = location.host.substr(colon + 1);
  location.host = location.host.substr(0, colon);
  if (bracket != std::string_view::npos && location.host.front() == '[') {
    location.host = location.host.substr(1, bracket - 1);
  }
  return location;
}

/// Part by part: no pattern reaches over a dot.
bool HostMatches(std::string_view patterns, std::string_view host) {
  while (true) {
    const size_t pattern_end = patterns.find('.');
    const size_t end = host.find('.');
    if (!MatchesGlob(patterns.substr(0, pattern_end), host.substr(0, end))) return false;
    if ((pattern_end == std::string_view::npos) != (end == std::string_view::npos)) return false;
    if (end == std::string_view::npos) return true;
    patterns.remove_prefix(pattern_end + 1);
    host.remove_prefix(end + 1);
  }
}

bool Matches(const std::string& registry, const std::string& repository) {
  const Location wanted = Split(registry), image = Split(repository);
  return wanted.port == image.port && image.path.starts_with(wanted.path) && HostMatches(wanted.host, image.host);
}

/// "https://index.docker.io/v1/" → "index.docker.io".
std::string KeyOf(std::string_view registry) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (registry.starts_with(scheme)) registry.remove_prefix(scheme.size());
  }
  registry = registry.substr(0, registry.find_first_of("?#"));
  const size_t slash = registry.find('/');
  if (slash == std::string_view::npos) return std::string(registry);
  std::string_view path = registry.substr(slash);
  for (const std::string_view version : {"/v1/", "/v2/"}) {
    if (path.starts_with(version)) {
      path.remove_prefix(version.size() - 1);
      break;
    }
  }
  return std::string(registry.substr(0, slash)) + (path == "/" ? std::string() : std::string(path));
}

/// One of the set that begins `pattern` ("[a-c]…"); takes the set away. Nothing when it does not end.
std::optional<bool> InSet(std::string_view& pattern, char c) {
  size_t at = 1;
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  const auto next = [&]() -> std::optional<char> {
    if (at < pattern.size() && pattern[at] == '\\') ++at;
    if (at >= pattern.size()) return std::nullopt;
    return pattern[at++];
  };
  bool found = false;
  for (bool first = true; first || at >= pattern.size() || pattern[at] != ']'; first = false) {
    const std::optional<char> low = next();
    if (!low) return std::nullopt;
    std::optional<char> high = low;
    if (at < pattern.size() && pattern[at] == '-') {
      ++at;
      high = next();
      if (!high) return std::nullopt;
    }
    if (*low <= c && c <= *high) found = true;
  }
  pattern.remove_prefix(at + 1);
  return found != negated;
}

/// Whether the first character matches what `pattern` begins with, which is no star; takes that away.
bool TakeOne(std::string_view& pattern, char c) {
  if (pattern.front() == '[') return InSet(pattern, c).value_or(false);
  const bool any = pattern.front() == '?';
  if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
  const bool same = any || pattern.front() == c;
  pattern.remove_prefix(1);
  return same;
}

}  // namespace

bool MatchesGlob(std::string_view pattern, std::string_view text) {
  // Where the last star was, and what of the text it has taken: it takes one more when the rest does not match.
  std::optional<std::string_view> after_star;
  std::string_view from;
  while (!text.empty() || !pattern.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      after_star = pattern;
      from = text;
      continue;
    }
    if (!text.empty() && !pattern.empty() && TakeOne(pattern, text.front())) {
      text.remove_prefix(1);
      continue;
    }
    if (!after_star || from.empty()) return false;
    from.remove_prefix(1);
    text = from;
    pattern = *after_star;
  }
  return true;
}

void Keyring::Add(std::string_view registry, cri::ImageAuth auth) {
  if (registry.size() > kLongestRegistry) return;
  std::string key = KeyOf(registry);
  if (key.empty() || key.front() == '/') return;
  by_registry_[std::move(key)].push_back(std::move(auth));
}

std::vector<cri::ImageAuth> Keyring::For(const std::string& image) const {
  std::vector<cri::ImageAuth> found;
  const Result<std::string> normalized = cri::NormalizeReference(image);
  if (!normalized.ok() || by_registry_.empty()) return found;
  const std::string repository = cri::RepositoryOf(*normalized);
  const auto take = [&found](const std::vector<cri::ImageAuth>& all) {
    for (const cri::ImageAuth& auth : all) {
      if (found.size() < kMost && std::find(found.begin(), found.end(), auth) == found.end()) found.push_back(auth);
    }
  };
  for (const auto& [registry, all] : by_registry_) {
    if (Matches(registry, repository)) take(all);
  }
  if (!found.empty() || Split(repository).host != kDockerHub) return found;
  const auto hub = by_registry_.find(std::string(kDockerIndex));
  if (hub != by_registry_.end()) take(hub->second);
  return found;
}

}  // namespace ordinal::podsync
