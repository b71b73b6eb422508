#include "agent/app/host.h"

#include <fmt/format.h>
#include <net/if.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "agent/base/disk_use.h"
#include "agent/base/kernel_file.h"
#include "agent/network/rtnetlink.h"

namespace ordinal {
namespace {

/// The interface of the IPv4 default route (/proc/net/route: destination 00000000).
std::string DefaultInterface() {
  std::string interface;
  EachLine(ReadKernelFile("/proc/net/route"), [&interface](std::string_view line) {
    const std::string_view name = TakeWord(line), destination = TakeWord(line);
    if (interface.empty() && destination == "00000000") interface = name;
  });
  return interface;
}

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// A line of /proc/meminfo, in bytes.
int64_t MemoryInfo(std::string_view wanted) {
  return static_cast<int64_t>(BytesOf(ReadKernelFile("/proc/meminfo"), wanted).value_or(0));
}

/// PRETTY_NAME of os-release(5).
std::string OsImage() {
  std::ifstream file("/etc/os-release");
  const std::string key = "PRETTY_NAME=";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    std::string value = line.substr(key.size());
    std::erase(value, '"');
    return value;
  }
  return "Linux";
}

}  // namespace

node::NodeFacts HostFacts(const std::string& node_name, const std::string& disk) {
  node::NodeFacts facts;
  facts.name = node_name;
  facts.cpu_milli = CpuCapacityMilli();
  facts.memory_bytes = MemoryCapacity();
  facts.hugepages = Hugepages();
  if (const auto use = UseOfFilesystem(disk); use.ok()) facts.disk_bytes = static_cast<int64_t>(use->capacity);
  utsname kernel{};
  if (uname(&kernel) == 0) facts.kernel = kernel.release;
  facts.os_image = OsImage();
  facts.machine_id = FirstLine("/etc/machine-id");
  facts.boot_id = FirstLine("/proc/sys/kernel/random/boot_id");
  facts.agent_version = "v1.32.0+ordinal-" ORDINAL_VERSION;
  return facts;
}

std::vector<node::ImageFacts> ImagesOf(const std::vector<cri::Image>& images) {
  std::vector<node::ImageFacts> out;
  for (const cri::Image& image : images) {
    std::vector<std::string> names = image.repo_digests;
    names.insert(names.end(), image.repo_tags.begin(), image.repo_tags.end());
    if (!names.empty()) out.push_back({std::move(names), image.size});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& one, const auto& other) { return one.bytes > other.bytes; });
  return out;
}

int64_t MemoryCapacity() { return MemoryInfo("MemTotal"); }

int64_t SwapCapacity() { return MemoryInfo("SwapTotal"); }

std::map<int64_t, int64_t> Hugepages() {
  std::map<int64_t, int64_t> all;
  const std::string prefix = "hugepages-";
  std::error_code code;
  for (std::filesystem::directory_iterator entry("/sys/kernel/mm/hugepages", code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();  // "hugepages-2048kB"
    if (!name.starts_with(prefix)) continue;
    const int64_t bytes = std::atoll(name.c_str() + prefix.size()) * 1024;
    if (bytes > 0) all[bytes] = std::atoll(FirstLine(entry->path() / "nr_hugepages").c_str()) * bytes;
  }
  return all;
}

bool UnifiedCgroups(const std::string& root) {
  std::error_code code;
  return std::filesystem::exists(root + "/cgroup.controllers", code);
}

int64_t CpuCapacityMilli() { return sysconf(_SC_NPROCESSORS_ONLN) * 1000; }

std::string CurrentHostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  std::string text = name.data();
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::vector<std::string> HostAddresses() {
  const std::string interface = DefaultInterface();
  const unsigned link = interface.empty() ? 0 : if_nametoindex(interface.c_str());
  if (link == 0) return {};
  // Not getifaddrs(): it asks for all links as well, of which each pod has one.
  const auto all = network::ListAddresses();
  if (!all.ok()) return {};
  std::vector<std::string> out;
  for (const bool six : {false, true}) {
    const auto first = std::find_if(all->begin(), all->end(), [&](const network::LinkAddress& each) {
      return each.link == link && !each.by_kernel && (each.text.find(':') != std::string::npos) == six;
    });
    if (first != all->end()) out.push_back(first->text);
  }
  return out;
}

std::string HostResolvConf() {
  std::ifstream file("/etc/resolv.conf");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

Status ProtectFromOomKiller(int oom_score_adj) {
  const std::string path = "/proc/self/oom_score_adj";
  int now = 0;
  if (std::ifstream(path) >> now && now == oom_score_adj) return {};
  std::ofstream file(path);
  file << oom_score_adj << std::flush;
  if (file) return {};
  return MakeError(ErrorCode::kPermissionDenied,
                   fmt::format("write {} to {}: the kernel may end the agent when memory is short; it needs "
                               "CAP_SYS_RESOURCE, or OOMScoreAdjust={} in its unit",
                               oom_score_adj, path, oom_score_adj));
}

bool HasAppArmor() {
  std::ifstream file("/sys/module/apparmor/parameters/enabled");
  return file.get() == 'Y';
}

std::string AddressOf(const std::string& listen) {
  std::string address = listen.substr(0, listen.rfind(':'));
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  return address;
}

std::vector<api::TakenPort> OwnPorts(const std::vector<std::string>& api_listen,
                                     const std::vector<std::string>& dns_listen, const std::string& node_api_listen) {
  std::vector<api::TakenPort> ports;
  const auto add = [&](const std::string& listen, const std::string& protocol, const std::string& who) {
    api::TakenPort taken;
    taken.port.host_ip = AddressOf(listen);
    taken.port.host_port = std::atoi(listen.c_str() + listen.rfind(':') + 1);
    taken.port.protocol = protocol;
    taken.by = who + " of this agent, which listens on " + listen;
    if (taken.port.host_port != 0) ports.push_back(std::move(taken));
  };
  for (const std::string& listen : api_listen) add(listen, "TCP", "the Kubernetes API");
  if (!node_api_listen.empty()) add(node_api_listen, "TCP", "the node's own API");
  for (const std::string& listen : dns_listen) {
    for (const char* protocol : {"UDP", "TCP"}) add(listen, protocol, "the DNS server");
  }
  return ports;
}

bool NeedsNoLink(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "0.0.0.0" || address == "::";
}

}  // namespace ordinal
