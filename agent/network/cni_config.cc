#include "agent/network/cni_config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace ordinal::network {
namespace {

namespace fs = std::filesystem;

// host-local's own default (plugins/ipam/host-local): one directory a network, one file an address.
constexpr char kAddressBook[] = "/var/lib/cni/networks/";

bool IsCniFile(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".conf" || extension == ".conflist" || extension == ".json";
}

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Status CheckPlugins(const std::string& bin_dir) {
  for (const char* plugin : {"bridge", "host-local", "portmap", "loopback"}) {
    if (access((bin_dir + "/" + plugin).c_str(), X_OK) == 0) continue;
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("CNI plugin \"{}\" is not in {}: install the package containernetworking-plugins, or "
                                 "point bin_dir of the runtime's CNI configuration at the plugins",
                                 plugin, bin_dir));
  }
  return {};
}

Status WriteAtomically(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.parent_path() / ("." + path.filename().string() + ".new");
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush())
      return MakeError(ErrorCode::kPermissionDenied, fmt::format("cannot write {}", temporary.string()));
  }
  fs::rename(temporary, path, code);
  if (code) return ErrnoError("rename to " + path.string(), code.value());
  return {};
}

}  // namespace

std::string RenderCniConfig(const CniOptions& options) {
  using Json = nlohmann::ordered_json;
  const Json ranges = Json::array({Json::array({Json{{"subnet", options.pod_cidr}}})});
  const Json bridge = {
      {"type", "bridge"},
      {"bridge", options.bridge},
      {"isGateway", true},
      {"ipMasq", true},
      {"hairpinMode", true},
      {"ipam", {{"type", "host-local"}, {"ranges", ranges}, {"routes", Json::array({Json{{"dst", "0.0.0.0/0"}}})}}}};
  const Json portmap = {{"type", "portmap"}, {"capabilities", {{"portMappings", true}}}};
  const Json list = {{"cniVersion", "0.4.0"}, {"name", kCniName}, {"plugins", Json::array({bridge, portmap})}};
  return list.dump(2) + "\n";
}

Result<CniOutcome> EnsureCniConfig(const std::string& conf_dir, const CniOptions& options) {
  std::error_code code;
  const fs::path ours = fs::path(conf_dir) / kCniFile;
  for (const fs::directory_entry& entry : fs::directory_iterator(conf_dir, code)) {
    if (entry.path() != ours && IsCniFile(entry.path())) return CniOutcome::kForeign;
  }
  TRYV(CheckPlugins(options.bin_dir));
  const std::string wanted = RenderCniConfig(options);
  if (ReadAll(ours) == wanted) return CniOutcome::kUnchanged;
  TRYV(WriteAtomically(ours, wanted));
  return CniOutcome::kWritten;
}

Status RemoveCniConfig(const std::string& conf_dir) {
  std::error_code code;
  if (!fs::remove(fs::path(conf_dir) / kCniFile, code)) return {};
  fs::remove_all(std::string(kAddressBook) + kCniName, code);
  if (code) return ErrnoError(std::string("remove ") + kAddressBook + kCniName, code.value());
  return {};
}

}  // namespace ordinal::network
