// Tables have the columns the reference has, and its words in their cells.
#include "agent/api/table.h"

#include <gmock/gmock.h>

#include "agent/api/kinds/shared/cells.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class GoldenColumns : public testing::TestWithParam<const char*> {};

TEST_P(GoldenColumns, AreTheSame) {
  const KindInfo* kind = FindResource(GetParam());
  ASSERT_NE(kind, nullptr);
  Json columns = TableColumnDefinitions(*kind);
  for (auto& column : columns) {
    EXPECT_FALSE(column["description"].get<std::string>().empty()) << column["name"];
    column.erase("description");
  }
  EXPECT_EQ(columns, ReadGolden(std::string("tables/") + GetParam() + ".json")["columnDefinitions"]);
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenColumns,
                         testing::Values("controllerrevisions", "deployments", "endpoints", "endpointslices", "events",
                                         "leases", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes",
                                         "pods", "replicasets", "secrets", "serviceaccounts", "services",
                                         "statefulsets", "storageclasses"));

const WallTime kNow = *ParseTime("2026-11-21T23:20:00Z");

std::string Ago(Duration age) { return FormatTime(kNow - age); }

Json CellsOf(std::string_view kind, const Json& body) { return TableCells(*FindKind(kind), body, kNow); }

/// The cells of a recorded table's row.
Json Recorded(const std::string& table, size_t row) {
  return ReadGolden("tables/" + table + ".json")["rows"][row]["cells"];
}

Json Meta(const char* name, Duration age, Json more = Json::object()) {
  more["name"] = name;
  more["creationTimestamp"] = Ago(age);
  return more;
}

TEST(Cells, OfSets) {
  const Json spec = {
      {"replicas", 3},
      {"selector", {{"matchLabels", {{"app", "example"}}}}},
      {"template", {{"spec", {{"containers", {{{"name", "example"}, {"image", "docker.io/library/busybox:1.35"}}}}}}}}};
  EXPECT_EQ(CellsOf("ReplicaSet", {{"metadata", Meta("example-replica-set", seconds(8))},
                                   {"spec", spec},
                                   {"status", {{"replicas", 3}, {"readyReplicas", 3}}}}),
            Recorded("replicasets", 0));
  EXPECT_EQ(CellsOf("Deployment", {{"metadata", Meta("web", minutes(5))},
                                   {"spec", spec},
                                   {"status", {{"updatedReplicas", 2}, {"readyReplicas", 1}}}}),
            Json({"web", "1/3", 2, 0, "5m", "example", "docker.io/library/busybox:1.35", "app=example"}));
  EXPECT_EQ(CellsOf("StatefulSet", {{"metadata", Meta("kubia", seconds(9))}, {"spec", spec}}),
            Json({"kubia", "0/3", "9s", "example", "docker.io/library/busybox:1.35"}));
  const Json owner = {{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}, {"name", "kubia"}, {"controller", true}};
  EXPECT_EQ(CellsOf("ControllerRevision",
                    {{"metadata", Meta("kubia-5d9dcb49fc", seconds(9), {{"ownerReferences", Json::array({owner})}})},
                     {"revision", 1}}),
            Recorded("controllerrevisions", 0));
}

TEST(Cells, OfServicesAndTheirEndpoints) {
  const Json port = {{"port", 80}, {"protocol", "TCP"}};
  EXPECT_EQ(CellsOf("Service", {{"metadata", Meta("kubia", seconds(9))},
                                {"spec",
                                 {{"type", "ClusterIP"},
                                  {"clusterIP", "None"},
                                  {"selector", {{"app", "kubia"}}},
                                  {"ports", Json::array({port})}}}}),
            Recorded("services", 1));
  EXPECT_EQ(
      CellsOf(
          "Service",
          {{"metadata", Meta("kubernetes", seconds(121))},
           {"spec",
            {{"type", "ClusterIP"}, {"clusterIP", "10.96.0.1"}, {"ports", {{{"port", 443}, {"protocol", "TCP"}}}}}}}),
      Recorded("services", 0));
  EXPECT_EQ(
      CellsOf(
          "Service",
          {{"metadata", Meta("n", hours(400 * 24))},
           {"spec",
            {{"type", "NodePort"}, {"externalIPs", {"192.0.2.1"}}, {"ports", {{{"port", 80}, {"nodePort", 30123}}}}}}}),
      Json({"n", "NodePort", "<none>", "192.0.2.1", "80:30123/TCP", "400d", "<none>"}));
  EXPECT_EQ(CellsOf("Service", {{"metadata", Meta("l", hours(4 * 24 + 3))}, {"spec", {{"type", "LoadBalancer"}}}}),
            Json({"l", "LoadBalancer", "<none>", "<pending>", "<none>", "4d3h", "<none>"}));
  EXPECT_EQ(
      CellsOf("Endpoints",
              {{"metadata", Meta("kubia", seconds(9))},
               {"subsets", {{{"addresses", {{{"ip", "10.244.0.35"}}, {{"ip", "10.244.0.36"}}}}, {"ports", {port}}}}}}),
      Recorded("endpoints", 0));
  EXPECT_EQ(
      CellsOf("EndpointSlice", {{"metadata", Meta("kubia-mthbx", seconds(9))},
                                {"addressType", "IPv4"},
                                {"ports", Json::array({port})},
                                {"endpoints", {{{"addresses", {"10.244.0.35"}}}, {{"addresses", {"10.244.0.36"}}}}}}),
      Recorded("endpointslices", 0));
  EXPECT_EQ(CellsOf("EndpointSlice", {{"metadata", Meta("e", seconds(1))}, {"addressType", "IPv4"}}),
            Json({"e", "IPv4", "<unset>", "<unset>", "1s"}));
  EXPECT_EQ(CellsOf("Endpoints", {{"metadata", Meta("e", seconds(1))}}), Json({"e", "<none>", "1s"}));
}

TEST(Cells, OfDisruptionBudgets) {
  const Json spec = {{"minAvailable", 2}};
  EXPECT_EQ(CellsOf("PodDisruptionBudget",
                    {{"metadata", Meta("web", minutes(5))}, {"spec", spec}, {"status", {{"disruptionsAllowed", 1}}}}),
            Json({"web", "2", "N/A", 1, "5m"}));
  EXPECT_EQ(
      CellsOf("PodDisruptionBudget", {{"metadata", Meta("web", minutes(5))}, {"spec", {{"maxUnavailable", "25%"}}}}),
      Json({"web", "N/A", "25%", 0, "5m"}));
}

TEST(Cells, OfVolumesAndClaims) {
  EXPECT_EQ(CellsOf("PersistentVolume", {{"metadata", Meta("pv-a", seconds(9))},
                                         {"spec",
                                          {{"capacity", {{"storage", "1Mi"}}},
                                           {"accessModes", {"ReadWriteOnce"}},
                                           {"persistentVolumeReclaimPolicy", "Retain"},
                                           {"claimRef", {{"namespace", "default"}, {"name", "data-kubia-0"}}},
                                           {"volumeMode", "Filesystem"}}},
                                         {"status", {{"phase", "Bound"}}}}),
            Recorded("persistentvolumes", 0));
  const Json claim = {
      {"metadata", Meta("data-kubia-0", seconds(9))},
      {"spec", {{"volumeName", "pv-a"}, {"volumeMode", "Filesystem"}}},
      {"status", {{"phase", "Bound"}, {"capacity", {{"storage", "1Mi"}}}, {"accessModes", {"ReadWriteOnce"}}}}};
  EXPECT_EQ(CellsOf("PersistentVolumeClaim", claim), Recorded("persistentvolumeclaims", 0));
  Json pending = claim;
  pending["spec"].erase("volumeName");
  pending["status"]["phase"] = "Pending";
  pending["metadata"]["deletionTimestamp"] = Ago(seconds(1));
  EXPECT_EQ(CellsOf("PersistentVolumeClaim", pending),
            Json({"data-kubia-0", "Terminating", "", "", "", "", "<unset>", "9s", "Filesystem"}));
  EXPECT_EQ(CellsOf("StorageClass",
                    {{"metadata", Meta("fast", seconds(9),
                                       {{"annotations", {{"storageclass.kubernetes.io/is-default-class", "true"}}}})},
                     {"provisioner", "example.com/p"}}),
            Json({"fast (default)", "example.com/p", "Delete", "Immediate", false, "9s"}));
}

TEST(Cells, OfTheRest) {
  EXPECT_EQ(CellsOf("Namespace", {{"metadata", Meta("default", minutes(22))}, {"status", {{"phase", "Active"}}}}),
            Recorded("namespaces", 0));
  EXPECT_EQ(CellsOf("Lease", {{"metadata", Meta("node-a", minutes(21))}, {"spec", {{"holderIdentity", "node-a"}}}}),
            Recorded("leases", 0));
  EXPECT_EQ(CellsOf("Secret", {{"metadata", Meta("s1", seconds(9))}, {"type", "Opaque"}, {"data", {{"a", "Yg=="}}}}),
            Recorded("secrets", 0));
  EXPECT_EQ(CellsOf("ServiceAccount", {{"metadata", Meta("default", minutes(21))}}), Recorded("serviceaccounts", 0));
  EXPECT_EQ(CellsOf("ConfigMap", {{"metadata", Meta("c", hours(7) + minutes(1))},
                                  {"data", {{"a", "b"}}},
                                  {"binaryData", {{"c", "Yg=="}}}}),
            Json({"c", 2, "7h1m"}));
  const Json ready = {{"type", "Ready"}, {"status", "True"}};
  EXPECT_EQ(CellsOf("Node", {{"metadata", Meta("node-a", minutes(21))},
                             {"status",
                              {{"conditions", Json::array({ready})},
                               {"nodeInfo",
                                {{"kubeletVersion", "v1.32.13"},
                                 {"osImage", "Debian GNU/Linux 12 (bookworm)"},
                                 {"kernelVersion", "6.18.44"},
                                 {"containerRuntimeVersion", "containerd://1.6.20"}}}}}}),
            Recorded("nodes", 0));
  Json event = {{"metadata", {{"name", "bad-command.18ea32a0a473b8b1"}}},
                {"involvedObject", {{"kind", "Pod"}, {"name", "bad-command"}, {"fieldPath", "spec.containers{c}"}}},
                {"type", "Normal"},
                {"reason", "Pulled"},
                {"message", "Container image \"docker.io/library/busybox:1.35\" already present on machine\n"},
                {"source", {{"component", "kubelet"}, {"host", "node-a"}}},
                {"firstTimestamp", Ago(seconds(112))},
                {"lastTimestamp", Ago(seconds(29))},
                {"count", 5}};
  EXPECT_EQ(CellsOf("Event", event), Recorded("events", 1));
  // An event of events.k8s.io has a time and a series instead.
  for (const char* member : {"firstTimestamp", "lastTimestamp", "count", "source"}) event.erase(member);
  event["eventTime"] = Ago(seconds(112));
  event["reportingComponent"] = "kubelet";
  Json cells = CellsOf("Event", event);
  EXPECT_EQ(Json({cells[0], cells[5], cells[7], cells[8]}), Json({"112s", "kubelet", "112s", 1}));
  event["series"] = {{"count", 7}, {"lastObservedTime", Ago(seconds(3))}};
  cells = CellsOf("Event", event);
  EXPECT_EQ(Json({cells[0], cells[8]}), Json({"3s", 7}));
}

struct PodCase {
  const char* name;
  Json spec, status;
  Json ready, shown, restarts;
  bool deleting = false;
};
class PodCells : public testing::TestWithParam<PodCase> {};
void PrintTo(const PodCase& pod, std::ostream* out) { *out << pod.name; }

TEST_P(PodCells, SayWhatHoldsThePodUp) {
  Json metadata = Meta("p", seconds(9));
  if (GetParam().deleting) metadata["deletionTimestamp"] = Ago(seconds(1));
  const Json cells = CellsOf("Pod", {{"metadata", metadata}, {"spec", GetParam().spec}, {"status", GetParam().status}});
  EXPECT_EQ(Json({cells[1], cells[2], cells[3]}), Json({GetParam().ready, GetParam().shown, GetParam().restarts}));
}

Json OneContainer() { return Json::parse(R"({"containers": [{"name": "c"}]})"); }
Json TwoInits() {
  return Json::parse(R"({"containers": [{"name": "c"}], "initContainers": [{"name": "a"}, {"name": "b"}]})");
}
Json Sidecar() {
  return Json::parse(
      R"({"containers": [{"name": "c"}], "initContainers": [{"name": "s", "restartPolicy": "Always"}]})");
}

INSTANTIATE_TEST_SUITE_P(
    Cases, PodCells,
    testing::Values(
        PodCase{"pending", OneContainer(), {{"phase", "Pending"}}, "0/1", "Pending", "0"},
        PodCase{"restarted", OneContainer(), Json::parse(R"({"phase": "Running", "containerStatuses": [{"name": "c",
          "ready": true, "restartCount": 1, "state": {"running": {}},
          "lastState": {"terminated": {"finishedAt": "2026-11-21T23:15:00Z"}}}]})"),
                "1/1", "Running", "1 (5m ago)"},
        PodCase{"signal", OneContainer(), Json::parse(R"({"phase": "Failed", "containerStatuses": [{"name": "c",
          "state": {"terminated": {"exitCode": 137, "signal": 9}}}]})"),
                "0/1", "Signal:9", "0"},
        PodCase{"exit code", OneContainer(), Json::parse(R"({"phase": "Failed", "containerStatuses": [{"name": "c",
          "state": {"terminated": {"exitCode": 3}}}]})"),
                "0/1", "ExitCode:3", "0"},
        PodCase{"second init", TwoInits(), Json::parse(R"({"phase": "Pending", "initContainerStatuses": [
          {"name": "a", "state": {"terminated": {"exitCode": 0}}}, {"name": "b", "state": {"running": {}}}]})"),
                "0/1", "Init:1/2", "0"},
        PodCase{"init failed", TwoInits(), Json::parse(R"({"phase": "Pending", "initContainerStatuses": [
          {"name": "a", "restartCount": 2, "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]})"),
                "0/1", "Init:Error", "2"},
        PodCase{"init exit code", TwoInits(), Json::parse(R"({"phase": "Pending", "initContainerStatuses": [
          {"name": "a", "state": {"terminated": {"exitCode": 1}}}]})"),
                "0/1", "Init:ExitCode:1", "0"},
        PodCase{"sidecar", Sidecar(), Json::parse(R"({"phase": "Running", "initContainerStatuses": [
          {"name": "s", "started": true, "ready": true, "restartCount": 3, "state": {"running": {}}}],
          "containerStatuses": [{"name": "c", "ready": true, "state": {"running": {}}}]})"),
                "2/2", "Running", "3"},
        PodCase{"one ended, one runs", Json::parse(R"({"containers": [{"name": "a"}, {"name": "b"}]})"),
                Json::parse(R"({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
          "containerStatuses": [{"name": "a", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
          {"name": "b", "ready": true, "state": {"running": {}}}]})"),
                "1/2", "NotReady", "0"},
        PodCase{"evicted", OneContainer(), {{"phase", "Failed"}, {"reason", "Evicted"}}, "0/1", "Evicted", "0"},
        PodCase{"gated", OneContainer(), Json::parse(R"({"phase": "Pending", "conditions": [
          {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]})"),
                "0/1", "SchedulingGated", "0"},
        PodCase{"ending", OneContainer(), {{"phase", "Running"}}, "0/1", "Terminating", "0", true},
        PodCase{"ended and going", OneContainer(), {{"phase", "Succeeded"}}, "0/1", "Succeeded", "0", true},
        PodCase{
            "node lost", OneContainer(), {{"phase", "Running"}, {"reason", "NodeLost"}}, "0/1", "Unknown", "0", true}));

TEST(Table, RowsOfEndedPodsHaveACondition) {
  const auto conditions = [](const char* phase) {
    return TableRowConditions(*FindKind("Pod"), {{"status", {{"phase", phase}}}});
  };
  EXPECT_TRUE(conditions("Running").empty());
  Json expected = ReadGolden("tables/pods.json")["rows"][2]["conditions"];
  EXPECT_EQ(conditions("Failed"), expected);
  EXPECT_EQ(conditions("Succeeded")[0]["reason"], "Succeeded");
}

TEST(HumanDuration, IsWordedAsKubectlWordsIt) {
  const std::pair<Duration, const char*> cases[] = {
      {seconds(-3), "<invalid>"},
      {seconds(-1), "0s"},
      {seconds(0), "0s"},
      {seconds(119), "119s"},
      {seconds(120), "2m"},
      {seconds(123), "2m3s"},
      {minutes(10) + seconds(5), "10m"},
      {minutes(179), "179m"},
      {hours(3) + minutes(2), "3h2m"},
      {hours(8) + minutes(2), "8h"},
      {hours(47), "47h"},
      {hours(48), "2d"},
      {hours(99), "4d3h"},
      {hours(24 * 8), "8d"},
      {hours(24 * 400), "400d"},
      {hours(24 * 731), "2y1d"},
      {hours(24 * 365 * 9), "9y"},
      {minutes(9) + seconds(59), "9m59s"},
      {hours(24 * 7 + 23), "7d23h"},
      {hours(24 * 730), "2y"},
      {hours(24 * 729 + 23), "729d"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(HumanDuration(duration), text);
}

}  // namespace
}  // namespace ordinal::api
