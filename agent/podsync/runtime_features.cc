#include "agent/podsync/runtime_features.h"

#include <charconv>
#include <utility>

namespace ordinal::podsync {
namespace {

constexpr std::pair<int, int> kFirstWithImageVolumes{2, 1}, kFirstWithImageSubPaths{2, 2};

/// "v2.1.9", "2.1.9-rc.1", "1.6.20~ds1": the first two numbers; zeros where there are none.
std::pair<int, int> MajorMinor(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  std::pair<int, int> out;
  const auto [dot, bad] = std::from_chars(version.data(), version.data() + version.size(), out.first);
  if (bad != std::errc() || dot == version.data() + version.size() || *dot != '.') return out;
  std::from_chars(dot + 1, version.data() + version.size(), out.second);
  return out;
}

}  // namespace

RuntimeFeatures FeaturesOf(const cri::RuntimeStatus& status, const cri::Version& version) {
  RuntimeFeatures features;
  features.handlers = status.handlers;
  features.strict_groups = status.supplemental_groups_policy.value_or(false);
  const bool containerd = version.runtime_name == "containerd";
  features.image_volumes = containerd && MajorMinor(version.runtime_version) >= kFirstWithImageVolumes;
  features.image_sub_paths = containerd && MajorMinor(version.runtime_version) >= kFirstWithImageSubPaths;
  features.runtime = version.runtime_name + " " + version.runtime_version;
  return features;
}

}  // namespace ordinal::podsync
