#include "agent/objects/local/admission/pod_security/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/api/faults.h"

namespace ordinal::objects::pod_security {
namespace {

constexpr std::array<std::string_view, 3> kLevels = {"privileged", "baseline", "restricted"};
constexpr char kPrefix[] = "pod-security.kubernetes.io/";
constexpr size_t kMostDigits = 4;

/// "v1.0" to "v1.9999", without leading zeros.
std::optional<int> MinorOf(std::string_view version) {
  if (version == "latest") return LevelVersion::kLatest;
  if (!version.starts_with("v1.")) return std::nullopt;
  version.remove_prefix(3);
  const bool digits = std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool plain = version.size() == 1 || (!version.empty() && version.front() != '0');
  if (!digits || !plain || version.size() > kMostDigits) return std::nullopt;
  return std::stoi(std::string(version));
}

/// Reads one mode, "enforce" or another; whether there was anything to read.
class Labels {
 public:
  Labels(const api::StringMap& labels, std::vector<api::FieldError>& faults) : labels_(labels), faults_(faults) {}

  bool Read(const std::string& mode, Level if_unreadable, LevelVersion& into) {
    bool said = false;
    if (const std::string* level = Find(mode)) {
      const auto known = std::find(kLevels.begin(), kLevels.end(), *level);
      into.level = known == kLevels.end() ? if_unreadable : static_cast<Level>(known - kLevels.begin());
      if (known == kLevels.end()) Fault(mode, *level, "must be one of privileged, baseline, restricted");
      said = true;
    }
    if (const std::string* version = Find(mode + "-version")) {
      const auto minor = MinorOf(*version);
      into.minor = minor.value_or(LevelVersion::kLatest);
      if (!minor) Fault(mode + "-version", *version, R"(must be "latest" or "v1.x")");
      said = true;
    }
    return said;
  }

 private:
  const std::string* Find(const std::string& name) const {
    const auto found = labels_.find(kPrefix + name);
    return found == labels_.end() ? nullptr : &found->second;
  }
  void Fault(const std::string& name, const std::string& value, const char* complaint) {
    api::Faults(faults_).Invalid(api::Path("metadata.labels")[kPrefix + name], value, complaint);
  }

  const api::StringMap& labels_;
  std::vector<api::FieldError>& faults_;
};

}  // namespace

std::string LevelVersion::Text() const {
  const std::string_view name = kLevels[static_cast<size_t>(level)];
  return minor == kLatest ? fmt::format("{}:latest", name) : fmt::format("{}:v1.{}", name, minor);
}

Policy PolicyOf(const api::StringMap& labels, std::vector<api::FieldError>& faults) {
  Policy policy;
  LevelVersion noted;  // nobody here keeps an audit log; the labels are checked all the same
  Labels read(labels, faults);
  const bool enforces = read.Read("enforce", Level::kRestricted, policy.enforce);
  read.Read("audit", Level::kPrivileged, noted);
  const bool warns = read.Read("warn", Level::kPrivileged, policy.warn);
  if (enforces && !warns) policy.warn = policy.enforce;
  return policy;
}

}  // namespace ordinal::objects::pod_security
