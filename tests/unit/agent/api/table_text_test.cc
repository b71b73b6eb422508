#include "agent/api/table_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/api/table.h"

namespace ordinal::api {
namespace {

using std::chrono::seconds;

std::string Text(const std::string& file) {
  std::stringstream content;
  content << std::ifstream(std::string(ORDINAL_TEST_DATA) + "/" + file).rdbuf();
  return content.str();
}

WallTime At(const std::string& time) { return *ParseTime(time); }

/// What the API makes of them, as text.
std::string Table(const std::string& kind, const Json& items, bool wide, bool with_namespace, WallTime now) {
  static const KindInfo kUnknown{};
  const KindInfo* known = FindKind(kind);
  const KindInfo& info = known != nullptr ? *known : kUnknown;
  Json table = {{"columnDefinitions", TableColumnDefinitions(info)}, {"rows", Json::array()}};
  for (const Json& item : items) {
    table["rows"].push_back({{"cells", TableCells(info, item, now)}, {"object", {{"metadata", item["metadata"]}}}});
  }
  return TableText(table, wide, with_namespace);
}

TEST(TableText, PodsAsRecorded) {
  // given every pod of the recorded run, when the table was printed 61 to 66 s after they were created
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(ORDINAL_TEST_DATA) + "/podsync")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".pod.json")) files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  ASSERT_EQ(files.size(), 18U);
  Json pods = Json::array();
  for (const std::string& file : files) pods.push_back(Json::parse(Text("podsync/" + file)));
  // then every cell is what kubectl printed
  EXPECT_EQ(Table("Pod", pods, false, false, At("2026-11-21T23:18:51Z")), Text("podsync/get-pods-at-60s.txt"));
}

struct Printed {
  std::string name, command, kind;
  bool wide = false;
};
void PrintTo(const Printed& c, std::ostream* out) { *out << c.name; }
class TwoReplicas : public ::testing::TestWithParam<Printed> {};

TEST_P(TwoReplicas, AsRecorded) {
  const Json objects = Json::parse(Text("tables/two-replicas.json"));
  const std::string session = Text("tables/two-replicas.txt");
  const std::string header = "$ " + GetParam().command + "\n";
  const size_t start = session.find(header);
  ASSERT_NE(start, std::string::npos);
  const size_t from = start + header.size();
  const size_t end = session.find("\n\n", from);
  const std::string expected = end == std::string::npos ? session.substr(from) : session.substr(from, end + 1 - from);
  EXPECT_EQ(Table(GetParam().kind, objects[GetParam().kind], GetParam().wide, false, At("2026-11-21T23:15:43Z")),
            expected);
}

INSTANTIATE_TEST_SUITE_P(TableText, TwoReplicas,
                         ::testing::Values(Printed{"StatefulSet", "kubectl get sts", "StatefulSet"},
                                           Printed{"StatefulSetWide", "kubectl get sts -o wide", "StatefulSet", true},
                                           Printed{"Pod", "kubectl get pods", "Pod"},
                                           Printed{"Claim", "kubectl get pvc", "PersistentVolumeClaim"},
                                           Printed{"Volume", "kubectl get pv", "PersistentVolume"},
                                           Printed{"Service", "kubectl get svc", "Service"},
                                           Printed{"EndpointSlice", "kubectl get endpointslices", "EndpointSlice"},
                                           Printed{"ControllerRevision", "kubectl get controllerrevisions",
                                                   "ControllerRevision"}),
                         [](const auto& test) { return test.param.name; });

TEST(TableText, NamespacesComeFirst) {
  const Json items =
      Json::parse(R"([{"metadata":{"name":"a","namespace":"one","creationTimestamp":"2026-01-01T00:00:00Z"}},
                                     {"metadata":{"name":"long-name","namespace":"two"}}])");
  EXPECT_EQ(Table("Unheard", items, false, true, At("2026-01-01T00:00:05Z")),
            "NAMESPACE   NAME        AGE\n"
            "one         a           5s\n"
            "two         long-name   <unknown>\n");
}

TEST(TableText, OfNothingIsItsHeader) {
  EXPECT_EQ(Table("StatefulSet", Json::array(), false, false, WallTime{}), "NAME   READY   AGE\n");
}

}  // namespace
}  // namespace ordinal::api
