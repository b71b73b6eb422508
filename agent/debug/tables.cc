#include "agent/debug/tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>
#include <vector>

namespace ordinal::debug {
namespace {

using api::Json;
using api::Member;
using api::ReadInt;
using api::ReadString;
using Row = std::vector<std::string>;

struct Column {
  const char* title;
  bool wide;
  std::function<std::string(const Json&, WallTime)> cell;
};

const Json& At(const Json& object, std::initializer_list<const char*> path) {
  const Json* at = &object;
  for (const char* name : path) at = &Member(*at, name);
  return *at;
}

std::string Text(const Json& object, std::initializer_list<const char*> path, const std::string& fallback = "<none>") {
  const Json& value = At(object, path);
  if (value.is_string()) return value.get<std::string>().empty() ? fallback : value.get<std::string>();
  return value.is_null() ? fallback : value.dump();
}

std::string AgeCell(const Json& object, WallTime now) {
  const auto created = api::ReadTime(Member(object, "metadata"), "creationTimestamp");
  return created ? Age(now - *created) : "<unknown>";
}

std::string AccessModes(const Json& modes) {
  std::vector<std::string> out;
  for (const Json& mode : modes) {
    if (mode == "ReadWriteOnce") out.emplace_back("RWO");
    if (mode == "ReadOnlyMany") out.emplace_back("ROX");
    if (mode == "ReadWriteMany") out.emplace_back("RWX");
    if (mode == "ReadWriteOncePod") out.emplace_back("RWOP");
  }
  return fmt::format("{}", fmt::join(out, ","));
}

/// The names of init containers that keep running beside the others (restartPolicy Always).
std::set<std::string> Sidecars(const Json& pod) {
  std::set<std::string> names;
  for (const Json& container : At(pod, {"spec", "initContainers"})) {
    if (ReadString(container, "restartPolicy") == "Always") names.insert(ReadString(container, "name"));
  }
  return names;
}

std::string PodReady(const Json& pod, WallTime) {
  const std::set<std::string> sidecars = Sidecars(pod);
  int ready = 0;
  for (const Json& status : At(pod, {"status", "containerStatuses"})) ready += api::ReadBool(status, "ready") ? 1 : 0;
  for (const Json& status : At(pod, {"status", "initContainerStatuses"})) {
    ready += sidecars.contains(ReadString(status, "name")) && api::ReadBool(status, "ready") ? 1 : 0;
  }
  return fmt::format("{}/{}", ready, At(pod, {"spec", "containers"}).size() + sidecars.size());
}

/// The cell while init containers are not done ("Init:0/2", "Init:CrashLoopBackOff"); empty afterwards.
std::string InitCell(const Json& pod) {
  const Json& inits = At(pod, {"status", "initContainerStatuses"});
  const std::set<std::string> sidecars = Sidecars(pod);
  size_t done = 0;
  for (const Json& init : inits) {
    const Json& ended = At(init, {"state", "terminated"});
    const bool sidecar = sidecars.contains(ReadString(init, "name"));
    if ((ended.is_object() && ReadInt(ended, "exitCode") == 0) || (sidecar && api::ReadBool(init, "started"))) {
      ++done;
      continue;
    }
    const std::string why = ReadString(At(init, {"state", "waiting"}), "reason");
    if (ended.is_object()) return "Init:" + ReadString(ended, "reason", "Error");
    if (!why.empty() && why != "PodInitializing") return "Init:" + why;
    return fmt::format("Init:{}/{}", done, inits.size());
  }
  return {};
}

bool IsReady(const Json& status) {
  for (const Json& condition : Member(status, "conditions")) {
    if (ReadString(condition, "type") == "Ready") return ReadString(condition, "status") == "True";
  }
  return false;
}

std::string PodRestarts(const Json& pod, WallTime now) {
  int64_t restarts = 0;
  std::optional<WallTime> last;
  const bool initialising = !InitCell(pod).empty();
  const std::set<std::string> sidecars = Sidecars(pod);
  const auto add = [&](const Json& status) {
    restarts += ReadInt(status, "restartCount");
    const auto ended = api::ReadTime(At(status, {"lastState", "terminated"}), "finishedAt");
    if (ended && (!last || *ended > *last)) last = ended;
  };
  for (const Json& status : At(pod, {"status", "initContainerStatuses"})) {
    if (initialising || sidecars.contains(ReadString(status, "name"))) add(status);
  }
  if (!initialising) {
    for (const Json& status : At(pod, {"status", "containerStatuses"})) add(status);
  }
  if (restarts == 0 || !last) return fmt::format("{}", restarts);
  return fmt::format("{} ({} ago)", restarts, Age(now - *last));
}

std::string ServicePorts(const Json& service, WallTime) {
  std::vector<std::string> out;
  for (const Json& port : At(service, {"spec", "ports"})) {
    out.push_back(fmt::format("{}/{}", ReadInt(port, "port"), ReadString(port, "protocol", "TCP")));
  }
  return out.empty() ? "<none>" : fmt::format("{}", fmt::join(out, ","));
}

std::string SliceAddresses(const Json& slice, WallTime) {
  std::vector<std::string> out;
  for (const Json& endpoint : Member(slice, "endpoints")) {
    for (const std::string& address : api::ReadStrings(endpoint, "addresses")) out.push_back(address);
  }
  if (out.empty()) return "<unset>";
  const size_t more = out.size() > 3 ? out.size() - 3 : 0;
  if (more > 0) out.resize(3);
  return fmt::format("{}{}", fmt::join(out, ","), more > 0 ? fmt::format(" + {} more...", more) : "");
}

std::string SlicePorts(const Json& slice, WallTime) {
  std::vector<std::string> out;
  for (const Json& port : Member(slice, "ports")) out.push_back(Text(port, {"port"}));
  return out.empty() ? "<unset>" : fmt::format("{}", fmt::join(out, ","));
}

std::string SetReady(const Json& set, WallTime) {
  return fmt::format("{}/{}", ReadInt(Member(set, "status"), "readyReplicas"),
                     ReadInt(Member(set, "spec"), "replicas", 1));
}

std::string VolumeClaim(const Json& volume, WallTime) {
  const Json& claim = At(volume, {"spec", "claimRef"});
  if (!claim.is_object()) return "";
  return fmt::format("{}/{}", ReadString(claim, "namespace"), ReadString(claim, "name"));
}

/// One member of each container of a set's template, "a,b".
std::string OfContainers(const Json& set, const char* member) {
  std::vector<std::string> out;
  for (const Json& container : At(set, {"spec", "template", "spec", "containers"})) {
    out.push_back(ReadString(container, member));
  }
  return fmt::format("{}", fmt::join(out, ","));
}

/// How many of a pod's readiness gates are open, "1/2".
std::string ReadinessGates(const Json& pod, WallTime) {
  const Json& gates = At(pod, {"spec", "readinessGates"});
  if (gates.empty()) return "<none>";
  size_t open = 0;
  for (const Json& gate : gates) {
    for (const Json& condition : At(pod, {"status", "conditions"})) {
      const bool same = ReadString(condition, "type") == ReadString(gate, "conditionType");
      open += same && ReadString(condition, "status") == "True" ? 1 : 0;
    }
  }
  return fmt::format("{}/{}", open, gates.size());
}

/// "statefulset.apps/kubia": the controller that owns an object.
std::string Owner(const Json& object, WallTime) {
  for (const Json& owner : At(object, {"metadata", "ownerReferences"})) {
    if (!api::ReadBool(owner, "controller")) continue;
    std::string kind = ReadString(owner, "kind");
    std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string version = ReadString(owner, "apiVersion");
    const size_t slash = version.find('/');
    const std::string group = slash == std::string::npos ? "" : "." + version.substr(0, slash);
    return fmt::format("{}{}/{}", kind, group, ReadString(owner, "name"));
  }
  return "<none>";
}

Column Path(const char* title, std::initializer_list<const char*> path, const char* fallback = "<none>",
            bool wide = false) {
  const std::vector<const char*> kept(path);
  return {title, wide, [kept, fallback](const Json& object, WallTime) {
            const Json* at = &object;
            for (const char* name : kept) at = &Member(*at, name);
            if (at->is_string() && !at->get<std::string>().empty()) return at->get<std::string>();
            return at->is_null() || at->is_string() ? std::string(fallback) : at->dump();
          }};
}

std::vector<Column> ClaimColumns() {
  return {Path("STATUS", {"status", "phase"}, "Pending"),
          Path("VOLUME", {"spec", "volumeName"}, ""),
          Path("CAPACITY", {"status", "capacity", "storage"}, ""),
          {"ACCESS MODES", false,
           [](const Json& o, WallTime) {
             return AccessModes(At(o, {"status", "accessModes"}));
           }},
          Path("STORAGECLASS", {"spec", "storageClassName"}, ""),
          Path("VOLUMEATTRIBUTESCLASS", {"spec", "volumeAttributesClassName"}, "<unset>"),
          {"AGE", false, AgeCell},
          Path("VOLUMEMODE", {"spec", "volumeMode"}, "<unset>", true)};
}

std::vector<Column> VolumeColumns() {
  return {Path("CAPACITY", {"spec", "capacity", "storage"}, ""),
          {"ACCESS MODES", false,
           [](const Json& o, WallTime) {
             return AccessModes(At(o, {"spec", "accessModes"}));
           }},
          Path("RECLAIM POLICY", {"spec", "persistentVolumeReclaimPolicy"}),
          Path("STATUS", {"status", "phase"}, "Pending"),
          {"CLAIM", false, VolumeClaim},
          Path("STORAGECLASS", {"spec", "storageClassName"}, ""),
          Path("VOLUMEATTRIBUTESCLASS", {"spec", "volumeAttributesClassName"}, "<unset>"),
          Path("REASON", {"status", "reason"}, ""),
          {"AGE", false, AgeCell},
          Path("VOLUMEMODE", {"spec", "volumeMode"}, "<unset>", true)};
}

std::vector<Column> ColumnsOf(const std::string& kind) {
  if (kind == "Pod") {
    return {{"READY", false, PodReady},
            {"STATUS", false, [](const Json& pod, WallTime) { return PodStatusCell(pod); }},
            {"RESTARTS", false, PodRestarts},
            {"AGE", false, AgeCell},
            Path("IP", {"status", "podIP"}, "<none>", true),
            Path("NODE", {"spec", "nodeName"}, "<none>", true),
            Path("NOMINATED NODE", {"status", "nominatedNodeName"}, "<none>", true),
            {"READINESS GATES", true, ReadinessGates}};
  }
  if (kind == "StatefulSet") {
    return {{"READY", false, SetReady},
            {"AGE", false, AgeCell},
            {"CONTAINERS", true, [](const Json& set, WallTime) { return OfContainers(set, "name"); }},
            {"IMAGES", true, [](const Json& set, WallTime) { return OfContainers(set, "image"); }}};
  }
  if (kind == "Service") {
    return {Path("TYPE", {"spec", "type"}, "ClusterIP"),
            Path("CLUSTER-IP", {"spec", "clusterIP"}),
            Path("EXTERNAL-IP", {"spec", "externalName"}),
            {"PORT(S)", false, ServicePorts},
            {"AGE", false, AgeCell}};
  }
  if (kind == "PersistentVolumeClaim") return ClaimColumns();
  if (kind == "PersistentVolume") return VolumeColumns();
  if (kind == "ControllerRevision") {
    return {{"CONTROLLER", false, Owner}, Path("REVISION", {"revision"}), {"AGE", false, AgeCell}};
  }
  if (kind == "EndpointSlice") {
    return {Path("ADDRESSTYPE", {"addressType"}),
            {"PORTS", false, SlicePorts},
            {"ENDPOINTS", false, SliceAddresses},
            {"AGE", false, AgeCell}};
  }
  return {{"AGE", false, AgeCell}};
}

std::string Render(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? fmt::format("{:<{}}   ", row[i], widths[i]) : row[i];
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace

std::string Age(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::max(Duration::zero(), duration)).count();
  const auto pair = [](int64_t big, const char* big_unit, int64_t small, const char* small_unit) {
    return small == 0 ? fmt::format("{}{}", big, big_unit) : fmt::format("{}{}{}{}", big, big_unit, small, small_unit);
  };
  if (seconds < 120) return fmt::format("{}s", seconds);
  const int64_t minutes = seconds / 60;
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return fmt::format("{}m", minutes);
  const int64_t hours = minutes / 60;
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return fmt::format("{}h", hours);
  const int64_t days = hours / 24;
  if (days < 8) return pair(days, "d", hours % 24, "h");
  if (days < 730) return fmt::format("{}d", days);
  if (days < 8 * 365) return pair(days / 365, "y", days % 365, "d");
  return fmt::format("{}y", days / 365);
}

std::string PodStatusCell(const Json& pod) {
  const Json& status = Member(pod, "status");
  std::string cell = ReadString(status, "reason", ReadString(status, "phase", "Pending"));
  const std::string init = InitCell(pod);
  if (!init.empty()) cell = init;
  bool running = false;
  const Json& containers = Member(status, "containerStatuses");
  // From the last to the first: what the first one says is shown.
  for (size_t i = init.empty() ? containers.size() : 0; i-- > 0;) {
    const Json& container = containers[i];
    const std::string waiting = ReadString(At(container, {"state", "waiting"}), "reason");
    const std::string ended = ReadString(At(container, {"state", "terminated"}), "reason");
    if (!waiting.empty()) {
      cell = waiting;
    } else if (!ended.empty()) {
      cell = ended;
    } else {
      running = running || api::ReadBool(container, "ready");
    }
  }
  if (cell == "Completed" && running) cell = IsReady(status) ? "Running" : "NotReady";
  const std::string phase = ReadString(status, "phase");
  const bool over = phase == "Succeeded" || phase == "Failed";
  if (!over && !ReadString(Member(pod, "metadata"), "deletionTimestamp").empty()) cell = "Terminating";
  return cell;
}

std::string Table(const std::string& kind, const Json& items, bool wide, bool with_namespace, WallTime now) {
  std::vector<Column> columns = ColumnsOf(kind);
  std::erase_if(columns, [&](const Column& column) { return column.wide && !wide; });
  Row header;
  if (with_namespace) header.emplace_back("NAMESPACE");
  header.emplace_back("NAME");
  for (const Column& column : columns) header.emplace_back(column.title);
  std::vector<Row> rows = {header};
  for (const Json& item : items) {
    Row row;
    if (with_namespace) row.push_back(Text(item, {"metadata", "namespace"}, ""));
    row.push_back(Text(item, {"metadata", "name"}));
    for (const Column& column : columns) row.push_back(column.cell(item, now));
    rows.push_back(std::move(row));
  }
  return Render(rows);
}

}  // namespace ordinal::debug
