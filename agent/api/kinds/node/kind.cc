#include <set>

#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/node/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_node {
namespace {

constexpr std::string_view kShort[] = {"no"};

std::string Status(const Json& body) {
  std::string status = "Unknown";
  for (const Json& condition : Items(Member(body, "status"), "conditions")) {
    if (ReadString(condition, "type") != "Ready") continue;
    status = ReadString(condition, "status") == "True" ? "Ready" : "NotReady";
  }
  if (ReadBool(Member(body, "spec"), "unschedulable")) status += ",SchedulingDisabled";
  return status;
}

std::string Roles(const Json& body) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  for (const auto& [key, value] : ReadStringMap(Member(body, "metadata"), "labels")) {
    if (key.size() > kPrefix.size() && key.starts_with(kPrefix)) roles.insert(key.substr(kPrefix.size()));
    if (key == "kubernetes.io/role" && !value.empty()) roles.insert(value);
  }
  return roles.empty() ? "<none>" : Join({roles.begin(), roles.end()}, ",");
}

std::string Address(const Json& body, std::string_view type) {
  for (const Json& address : Items(Member(body, "status"), "addresses")) {
    if (ReadString(address, "type") == type) return ReadString(address, "address");
  }
  return "<none>";
}

Json Cells(const Json& body, WallTime now) {
  const Json& info = At(body, {"status", "nodeInfo"});
  return {NameCell(body),
          Status(body),
          Roles(body),
          AgeCell(body, now),
          TextCell(info, {"kubeletVersion"}),
          Address(body, "InternalIP"),
          Address(body, "ExternalIP"),
          TextCell(info, {"osImage"}, "<unknown>"),
          TextCell(info, {"kernelVersion"}, "<unknown>"),
          TextCell(info, {"containerRuntimeVersion"}, "<unknown>")};
}

constexpr std::string_view kFieldLabels[] = {"spec.unschedulable"};
constexpr std::string_view kSubresources[] = {"proxy", "status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Status", "string", "", "Ready or NotReady, and whether new pods may come.", 0},
    {"Roles", "string", "", "What its labels say it is for.", 0},
    kAgeColumn,
    {"Version", "string", "", "The version of the node's agent.", 0},
    {"Internal-IP", "string", "", "Its address for the other nodes.", 1},
    {"External-IP", "string", "", "Its address for everybody else.", 1},
    {"OS-Image", "string", "", "The host's operating system.", 1},
    {"Kernel-Version", "string", "", "The host's kernel.", 1},
    {"Container-Runtime", "string", "", "What runs the containers.", 1},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Node",
    .plural = "nodes",
    .singular = "node",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kNode,
    .old_versions = {},
    .field_labels = kFieldLabels,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_node
