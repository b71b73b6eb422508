// Image tarballs as tests need them, made in memory: OCI layout and docker-archive, whole or damaged on purpose.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cri/images/image_plan.h"

namespace ordinal::fakes {

struct TestImage {
  std::string name;                          ///< as the tarball has it
  std::map<std::string, std::string> files;  ///< path without leading "/" → content; all executable
  std::vector<std::string> command;
  std::string architecture = cri::HostArchitecture();
};

/// The entries of a tarball, in order: name and content.
using TarballFiles = std::vector<std::pair<std::string, std::string>>;

TarballFiles OciFiles(const TestImage& image);
TarballFiles DockerFiles(const TestImage& image);
std::string Tar(const TarballFiles& files);
std::string Gzip(const std::string& bytes);

/// /bin/busybox (package busybox-static) with links for its programs sh, sleep, echo, cat, true, false. Empty files
/// when the host has none.
TestImage BusyboxImage(const std::string& name);

}  // namespace ordinal::fakes
