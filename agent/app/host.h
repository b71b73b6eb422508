// What the agent reads of its host at start. Blocks. Part of the composition root.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/host_ports.h"
#include "agent/base/result.h"
#include "agent/node/node_status.h"
#include "cri/runtime.h"

namespace ordinal {

/// Total memory in bytes (/proc/meminfo) and processors in thousandths.
int64_t MemoryCapacity();
int64_t CpuCapacityMilli();
/// Total swap in bytes (/proc/meminfo).
int64_t SwapCapacity();
/// Of each size of huge pages that the host has, in bytes: how many bytes there are of it (/sys/kernel/mm/hugepages).
std::map<int64_t, int64_t> Hugepages();
/// Whether the host's cgroups are version 2 alone.
bool UnifiedCgroups(const std::string& root);

/// The host's own addresses that pods see as hostIP: of the interface with the default route, IPv4 first.
std::vector<std::string> HostAddresses();

/// gethostname(2), in lower case, as it is now; empty: none.
std::string CurrentHostName();

/// What the Node object says of this host, but for its addresses and its runtime. `disk` is a path on the disk that is
/// counted.
node::NodeFacts HostFacts(const std::string& node_name, const std::string& disk);
/// The runtime's images as the Node object names them, the largest first.
std::vector<node::ImageFacts> ImagesOf(const std::vector<cri::Image>& images);

/// The text of /etc/resolv.conf.
std::string HostResolvConf();

/// Raises the number of files and connections that this process may have open to what the host allows it, and returns
/// it. A service's own limit is 1024 otherwise.
uint64_t RaiseDescriptorLimit();

/// Asks the kernel to end other processes before this one when memory is short (proc(5), oom_score_adj). A value below
/// the one it has needs CAP_SYS_RESOURCE: kPermissionDenied.
Status ProtectFromOomKiller(int oom_score_adj);

/// Whether the kernel confines processes by AppArmor profiles.
bool HasAppArmor();

/// "169.254.20.10:53" → "169.254.20.10"; "[fd00::10]:53" → "fd00::10".
std::string AddressOf(const std::string& listen);

/// Where the agent listens on the host: its APIs and its DNS (UDP and TCP), as configured. Port 0, which the kernel
/// chooses, is not among them. `node_api_listen` empty: nowhere.
std::vector<api::TakenPort> OwnPorts(const std::vector<std::string>& api_listen,
                                     const std::vector<std::string>& dns_listen, const std::string& node_api_listen);

/// True for addresses that exist on every host: 127.0.0.0/8, ::1, and the wildcard addresses.
bool NeedsNoLink(const std::string& address);

}  // namespace ordinal
