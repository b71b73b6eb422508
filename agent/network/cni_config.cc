#include "agent/network/cni_config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "agent/base/whole_file.h"
#include "agent/network/links.h"

namespace ordinal::network {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Top-level keys that CNI does not know are the administrator's to use (CNI specification, "Configuration format").
constexpr char kOwnerKey[] = "ordinaldOwner";

/// What containerd loads (libcni, ConfFiles).
bool IsCniFile(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".conf" || extension == ".conflist" || extension == ".json";
}

bool IsIpv6(const std::string& cidr) { return cidr.find(':') != std::string::npos; }

Status CheckCidr(const std::string& cidr) {
  const size_t slash = cidr.find('/');
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  int prefix = -1;
  if (slash != std::string::npos) {
    const auto [end, error] = std::from_chars(cidr.data() + slash + 1, cidr.data() + cidr.size(), prefix);
    if (error != std::errc() || end != cidr.data() + cidr.size()) prefix = -1;
  }
  // host-local needs room for the network, the gateway, a pod and the broadcast address.
  const int longest = IsIpv6(cidr) ? 126 : 30;
  const bool address = inet_pton(IsIpv6(cidr) ? AF_INET6 : AF_INET, cidr.substr(0, slash).c_str(), bytes.data()) == 1;
  if (address && prefix > 0 && prefix <= longest) return {};
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("pod CIDR \"{}\" is no network with room for pods: use one like 10.244.0.0/24", cidr));
}

Status CheckPlugins(const std::vector<std::string>& directories) {
  for (const char* plugin : {"bridge", "host-local", "portmap", "loopback"}) {
    const auto has = [plugin](const std::string& directory) {
      return ::access((directory + "/" + plugin).c_str(), X_OK) == 0;
    };
    if (std::any_of(directories.begin(), directories.end(), has)) continue;
    return MakeError(
        ErrorCode::kFailedPrecondition,
        fmt::format("CNI plugin \"{}\" is not in {}: install the package containernetworking-plugins, or "
                    "point bin_dir (containerd 2.x: bin_dirs) of the runtime's CNI configuration at the plugins",
                    plugin, directories.empty() ? "any directory" : fmt::format("{}", fmt::join(directories, ", "))));
  }
  return {};
}

/// What stands in our file: nothing when there is none; an empty object when it was cut off or garbled.
std::optional<std::string> ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Json ParseList(const std::string& text) {
  Json list = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return list.is_object() ? list : Json::object();
}

std::string StringAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json ObjectAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : Json::object();
}

/// The first plugin of a list, the one we write first.
Json FirstPlugin(const Json& list) {
  const auto plugins = list.find("plugins");
  const bool any = plugins != list.end() && plugins->is_array() && !plugins->empty() && plugins->front().is_object();
  return any ? plugins->front() : Json::object();
}

/// containerd watches the directory: it must never see half a file, and a power cut must not leave one.
Status WriteAtomically(const fs::path& path, const std::string& text) {
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  if (code) return ErrnoError("create " + path.parent_path().string(), code.value());
  return WriteWhole(path.string(), text, {.durable = true, .hidden_draft = true});
}

std::string SubnetOf(const Json& list) {
  const Json ipam = ObjectAt(FirstPlugin(list), "ipam");
  try {
    return ipam.at("ranges").at(0).at(0).at("subnet").get<std::string>();
  } catch (const Json::exception&) {
    return {};
  }
}

Result<bool> HasForeignFile(const std::string& conf_dir) {
  std::error_code code;
  for (fs::directory_iterator entry(conf_dir, code), end; !code && entry != end; entry.increment(code)) {
    if (entry->path().filename() != kCniFile && IsCniFile(entry->path())) return true;
  }
  if (code && code != std::errc::no_such_file_or_directory) return ErrnoError("read " + conf_dir, code.value());
  return false;
}

}  // namespace

std::string GatewayOf(const std::string& cidr) {
  const int family = IsIpv6(cidr) ? AF_INET6 : AF_INET;
  const size_t size = IsIpv6(cidr) ? sizeof(in6_addr) : sizeof(in_addr);
  const size_t slash = cidr.find('/');
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  size_t prefix = 0;
  if (slash == std::string::npos) return {};
  std::from_chars(cidr.data() + slash + 1, cidr.data() + cidr.size(), prefix);
  if (inet_pton(family, cidr.substr(0, slash).c_str(), bytes.data()) != 1 || prefix >= size * 8) return {};
  for (size_t bit = prefix; bit < size * 8; ++bit) bytes[bit / 8] &= static_cast<unsigned char>(~(0x80 >> bit % 8));
  bytes[size - 1] |= 1;
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes.data(), text.data(), text.size());
}

std::string RenderCniConfig(const CniOptions& options) {
  const Json ranges = Json::array({Json::array({Json{{"subnet", options.pod_cidr}}})});
  const Json routes = Json::array({Json{{"dst", IsIpv6(options.pod_cidr) ? "::/0" : "0.0.0.0/0"}}});
  const Json ipam = {{"type", "host-local"}, {"dataDir", options.address_book}, {"ranges", ranges}, {"routes", routes}};
  const Json bridge = {{"type", "bridge"}, {"bridge", options.bridge}, {"isGateway", true},
                       {"ipMasq", true},   {"hairpinMode", true},      {"ipam", ipam}};
  const Json portmap = {{"type", "portmap"}, {"capabilities", {{"portMappings", true}}}};
  const Json list = {{"cniVersion", "0.4.0"},
                     {"name", options.bridge},
                     {kOwnerKey, options.owner},
                     {"plugins", Json::array({bridge, portmap})}};
  return list.dump(2) + "\n";
}

Result<CniOutcome> EnsureCniConfig(const std::string& conf_dir, const CniOptions& options) {
  TRYV(CheckCidr(options.pod_cidr));
  TRYV(CheckLinkName(options.bridge));
  TRY(const bool foreign, HasForeignFile(conf_dir));
  if (foreign) return CniOutcome::kForeign;
  const fs::path path = fs::path(conf_dir) / kCniFile;
  const std::optional<std::string> present = ReadText(path);
  std::vector<std::string> gateways{GatewayOf(options.pod_cidr)};
  if (present) {
    const Json list = ParseList(*present);  // garbled: written again
    gateways.push_back(GatewayOf(SubnetOf(list)));
    if (!list.empty() && StringAt(list, kOwnerKey) != options.owner) return CniOutcome::kForeign;
  }
  TRYV(CheckPlugins(options.bin_dirs));
  TRYV(CheckBridge(options.bridge, gateways));
  const std::string wanted = RenderCniConfig(options);
  if (present == wanted) return CniOutcome::kUnchanged;
  TRYV(WriteAtomically(path, wanted));
  return present ? CniOutcome::kRefreshed : CniOutcome::kWritten;
}

std::string NetworkOf(const std::string& conf_dir, const std::string& owner) {
  const std::optional<std::string> present = ReadText(fs::path(conf_dir) / kCniFile);
  if (!present) return {};
  const Json list = ParseList(*present);
  return StringAt(list, kOwnerKey) == owner ? StringAt(list, "name") : std::string();
}

Status RemoveCniConfig(const std::string& conf_dir, const std::string& owner) {
  const fs::path path = fs::path(conf_dir) / kCniFile;
  const std::optional<std::string> present = ReadText(path);
  if (!present) return {};
  const Json list = ParseList(*present);
  if (StringAt(list, kOwnerKey) != owner) return {};
  const Json bridge = FirstPlugin(list);
  const std::string link = StringAt(bridge, "bridge");
  if (!link.empty()) {
    const Status removed = RemoveEmptyBridge(link, GatewayOf(SubnetOf(list)));
    // What is somebody else's is no reason to keep the rest.
    if (!removed.ok() && removed.error().code != ErrorCode::kAlreadyExists) return removed;
  }
  const Json ipam = ObjectAt(bridge, "ipam");
  const std::string book = StringAt(ipam, "dataDir");
  const std::string network = StringAt(list, "name");
  std::error_code code;
  if (!book.empty() && !network.empty() && network.find('/') == std::string::npos && network.front() != '.') {
    fs::remove_all(fs::path(book) / network, code);
    if (code) return ErrnoError("remove " + book + "/" + network, code.value());
  }
  fs::remove(path, code);
  if (code) return ErrnoError("remove " + path.string(), code.value());
  return {};
}

}  // namespace ordinal::network
