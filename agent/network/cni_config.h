// The CNI configuration of a host that has none: bridge, host-local addresses, port mappings.
// Format: CNI specification 0.4.0, "Network Configuration Lists".
#pragma once

#include <string>

#include "agent/base/result.h"

namespace ordinal::network {

/// The file we write, and the name inside it by which we know it again.
inline constexpr char kCniFile[] = "10-ordinal.conflist";
inline constexpr char kCniName[] = "ordinal";

struct CniOptions {
  std::string bridge = "ordinal0";
  std::string pod_cidr = "10.244.0.0/24";
  std::string bin_dir;  ///< where the runtime looks for plugins
};

/// The configuration list as JSON text. Pure.
std::string RenderCniConfig(const CniOptions& options);

enum class CniOutcome { kWritten, kUnchanged, kForeign };

/// Writes our configuration into `conf_dir` unless somebody else's is there; refreshes our own when it differs.
/// kFailedPrecondition when a plugin is missing (names the package that has it). Blocks.
Result<CniOutcome> EnsureCniConfig(const std::string& conf_dir, const CniOptions& options);

/// Removes our configuration file and the address book host-local kept for it. Blocks.
Status RemoveCniConfig(const std::string& conf_dir);

}  // namespace ordinal::network
