#include "cri/images/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace ordinal::cri {
namespace {

constexpr std::string_view kDefaultDomain = "docker.io";
constexpr std::string_view kLegacyDomain = "index.docker.io";
constexpr size_t kMaxName = 255;  // distribution/reference NameTotalLengthMax
constexpr size_t kMaxTag = 128;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return IsLower(c) || IsDigit(c) || (c >= 'A' && c <= 'Z'); }

/// alphanumerics of lower case, separated by ".", "_", "__" or any number of "-".
bool IsPathComponent(std::string_view text) {
  size_t i = 0;
  const auto word = [&] {
    const size_t start = i;
    while (i < text.size() && (IsLower(text[i]) || IsDigit(text[i]))) ++i;
    return i > start;
  };
  if (!word()) return false;
  while (i < text.size()) {
    if (text[i] == '.') {
      ++i;
    } else if (text[i] == '_') {
      ++i;
      if (i < text.size() && text[i] == '_') ++i;
    } else if (text[i] == '-') {
      while (i < text.size() && text[i] == '-') ++i;
    } else {
      return false;
    }
    if (!word()) return false;
  }
  return true;
}

bool IsDomainLabel(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return IsAlnum(c) || c == '-'; });
}

/// host, host:port or [IPv6]:port.
bool IsDomain(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const size_t end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    const std::string_view address = text.substr(1, end - 1);
    if (!std::all_of(address.begin(), address.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0 || c == ':'; })) {
      return false;
    }
    text = text.substr(end + 1);
    if (text.empty()) return true;
    if (text.front() != ':') return false;
    text = text.substr(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
  }
  if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || !std::all_of(port.begin(), port.end(), IsDigit)) return false;
    text = text.substr(0, colon);
  }
  while (true) {
    const size_t dot = text.find('.');
    if (!IsDomainLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text = text.substr(dot + 1);
  }
}

bool IsTag(std::string_view tag) {
  if (tag.empty() || tag.size() > kMaxTag || !(IsAlnum(tag.front()) || tag.front() == '_')) return false;
  return std::all_of(tag.begin(), tag.end(), [](char c) { return IsAlnum(c) || c == '_' || c == '.' || c == '-'; });
}

/// "algorithm:hex"; sha256 has 64 digits, any other at least 32.
bool IsDigest(std::string_view digest) {
  const size_t colon = digest.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view algorithm = digest.substr(0, colon);
  const std::string_view hex = digest.substr(colon + 1);
  const auto is_hex = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); };
  if (!std::all_of(algorithm.begin(), algorithm.end(), [](char c) { return IsAlnum(c) || c == '+' || c == '.'; })) {
    return false;
  }
  return std::all_of(hex.begin(), hex.end(), is_hex) && (algorithm == "sha256" ? hex.size() == 64 : hex.size() >= 32);
}

bool IsPath(std::string_view path) {
  while (true) {
    const size_t slash = path.find('/');
    if (!IsPathComponent(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path = path.substr(slash + 1);
  }
}

/// The first component is a domain when it looks like one: it has a dot or a port, or is "localhost".
bool LooksLikeDomain(std::string_view component) {
  return component == "localhost" || component.find_first_of(".:[") != std::string_view::npos;
}

struct Parts {
  std::string_view domain, path, tag, digest;
};

Parts Split(std::string_view text) {
  Parts parts;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    parts.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos && LooksLikeDomain(text.substr(0, slash))) {
    parts.domain = text.substr(0, slash);
    text = text.substr(slash + 1);
  }
  if (const size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    parts.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  parts.path = text;
  return parts;
}

/// What is wrong with the reference, or nothing.
std::optional<std::string> Fault(std::string_view text, const Parts& parts, std::string_view repository) {
  if (text.empty()) return "it is empty";
  if (text.find('@') != std::string_view::npos && !IsDigest(parts.digest)) return "its digest is not sha256:<64 hex>";
  if (!parts.domain.empty() && !IsDomain(parts.domain)) return "its registry is not a host name";
  if (parts.path.empty()) return "it has no repository name";
  if (std::any_of(parts.path.begin(), parts.path.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return "its repository name must be lower case";
  }
  if (!IsPath(parts.path)) return "its repository name has characters that are not allowed";
  if (repository.size() > kMaxName) return "its repository name is longer than 255 characters";
  if (parts.tag.data() != nullptr && !IsTag(parts.tag)) return "its tag is not valid";
  if (parts.domain.empty() && parts.tag.data() == nullptr && parts.digest.empty() && parts.path.size() == 64 &&
      IsDigest(fmt::format("sha256:{}", parts.path))) {
    return "it is an image id and not a name";
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> NormalizeReference(std::string_view text) {
  const Parts parts = Split(text);
  const std::string_view domain = parts.domain.empty() || parts.domain == kLegacyDomain ? kDefaultDomain : parts.domain;
  const bool official = domain == kDefaultDomain && parts.path.find('/') == std::string_view::npos;
  const std::string repository = fmt::format("{}/{}{}", domain, official ? "library/" : "", parts.path);
  if (const auto fault = Fault(text, parts, repository)) {
    return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not an image name: {}", text, *fault),
                     "InvalidImageName");
  }
  std::string full = repository;
  if (parts.tag.data() != nullptr) full += fmt::format(":{}", parts.tag);
  if (!parts.digest.empty()) full += fmt::format("@{}", parts.digest);
  if (parts.tag.data() == nullptr && parts.digest.empty()) full += ":latest";
  return full;
}

std::string RepositoryOf(std::string_view normalized) {
  normalized = normalized.substr(0, normalized.find('@'));
  const size_t slash = normalized.rfind('/');
  const size_t colon = normalized.find(':', slash == std::string_view::npos ? 0 : slash);
  return std::string(normalized.substr(0, colon));
}

}  // namespace ordinal::cri
