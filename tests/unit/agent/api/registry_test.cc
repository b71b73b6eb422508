// The registry says of each kind what the reference's discovery says.
#include <gmock/gmock.h>

#include <set>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

struct Group {
  const char *file, *api_version;
};
class GoldenDiscovery : public testing::TestWithParam<Group> {};

std::set<std::string> Strings(std::span<const std::string_view> words) { return {words.begin(), words.end()}; }

TEST_P(GoldenDiscovery, NamesAndSubresourcesAreTheSame) {
  const Json golden = ReadGolden(std::string("discovery/") + GetParam().file);
  size_t known = 0;
  for (const Json& resource : golden["resources"]) {
    const std::string plural = resource["name"];
    if (plural.find('/') != std::string::npos) continue;
    const KindInfo* kind = FindResource(plural);
    if (kind == nullptr) continue;
    ++known;
    auto served = FindKind(GetParam().api_version, resource["kind"].get<std::string>());
    ASSERT_TRUE(served.ok()) << plural;
    EXPECT_EQ(*served, kind) << plural;
    EXPECT_EQ(kind->singular, resource["singularName"].get<std::string>());
    EXPECT_EQ(kind->namespaced, resource["namespaced"].get<bool>()) << plural;
    const auto words = [&](const char* member) { return resource.value(member, std::set<std::string>()); };
    EXPECT_EQ(Strings(kind->short_names), words("shortNames")) << plural;
    EXPECT_EQ(Strings(kind->categories), words("categories")) << plural;
    std::set<std::string> subresources;
    for (const Json& each : golden["resources"]) {
      const std::string name = each["name"];
      if (name.starts_with(plural + "/")) subresources.insert(name.substr(plural.size() + 1));
    }
    if (plural == "pods") subresources.insert("resize");  // the recorded cluster is of 1.32: behind a gate there
    EXPECT_EQ(Strings(kind->subresources), subresources) << plural;
  }
  EXPECT_GT(known, 0u);
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenDiscovery,
                         testing::Values(Group{"api-v1.json", "v1"}, Group{"apis-apps-v1.json", "apps/v1"},
                                         Group{"apis-policy-v1.json", "policy/v1"},
                                         Group{"apis-coordination.k8s.io-v1.json", "coordination.k8s.io/v1"},
                                         Group{"apis-discovery.k8s.io-v1.json", "discovery.k8s.io/v1"},
                                         Group{"apis-events.k8s.io-v1.json", "events.k8s.io/v1"},
                                         Group{"apis-storage.k8s.io-v1.json", "storage.k8s.io/v1"}));

TEST(Registry, KeepsInMemoryWhatNobodyMisses) {
  std::set<std::string_view> fleeting;
  for (const KindInfo* kind : AllKinds()) {
    if (!kind->durable) fleeting.insert(kind->kind);
  }
  EXPECT_EQ(fleeting, (std::set<std::string_view>{"Event", "Lease"}));
}

TEST(Registry, ReadsOldVersionsOfSetsAsTheNewOne) {
  for (const char* version : {"extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"}) {
    const Json input = {{"apiVersion", version},
                        {"kind", "Deployment"},
                        {"metadata", {{"name", "d"}}},
                        {"spec",
                         {{"template",
                           {{"metadata", {{"labels", {{"a", "b"}}}}},
                            {"spec", {{"containers", {{{"name", "c"}, {"image", "i:1"}}}}}}}}}}};
    const Decoded decoded = MustDecode(input);
    EXPECT_EQ(decoded.body["apiVersion"], "apps/v1");
    EXPECT_EQ(decoded.body["spec"]["selector"]["matchLabels"], (Json{{"a", "b"}}));
    EXPECT_GE(decoded.warnings.size(), 2u);
    const bool oldest = version == std::string("extensions/v1beta1");
    EXPECT_EQ(decoded.body["spec"]["strategy"]["rollingUpdate"]["maxSurge"], oldest ? Json(1) : Json("25%"));
    EXPECT_EQ(Present(*decoded.kind, decoded.body, version)["apiVersion"], version);
  }
  Json set = {{"apiVersion", "apps/v1beta2"}, {"kind", "ReplicaSet"}, {"metadata", {{"name", "r"}}}};
  set["spec"]["template"] = {{"metadata", {{"labels", {{"a", "b"}}}}},
                             {"spec", {{"containers", {{{"name", "c"}, {"image", "i:1"}}}}}}};
  EXPECT_EQ(MustDecode(set).body["spec"]["selector"]["matchLabels"], (Json{{"a", "b"}}));
}

TEST(Registry, HasOneEventOfTwoVersions) {
  const Json input = Json::parse(R"({"apiVersion": "events.k8s.io/v1", "kind": "Event",
    "metadata": {"name": "e", "namespace": "default"}, "eventTime": "2026-11-21T23:15:36.000000Z",
    "note": "Started", "reason": "Started", "action": "Start", "type": "Normal",
    "regarding": {"kind": "Pod", "name": "p", "namespace": "default"}, "deprecatedCount": 3,
    "deprecatedSource": {"component": "kubelet"}, "reportingController": "kubelet", "reportingInstance": "node-a"})");
  const auto result = Decode(input, UnknownFields::kRefuse, &input);
  ASSERT_TRUE(std::holds_alternative<Decoded>(result));
  const Decoded& decoded = std::get<Decoded>(result);
  EXPECT_EQ(decoded.body["apiVersion"], "v1");
  EXPECT_EQ(decoded.body["message"], "Started");
  EXPECT_EQ(decoded.body["involvedObject"]["name"], "p");
  EXPECT_EQ(decoded.body["count"], 3);
  EXPECT_EQ(decoded.body["source"]["component"], "kubelet");
  EXPECT_TRUE(decoded.warnings.empty());
  EXPECT_EQ(Present(*decoded.kind, decoded.body, "events.k8s.io/v1"), input);
  EXPECT_NE(&SchemaOf(*decoded.kind, "events.k8s.io/v1"), &SchemaOf(*decoded.kind, "v1"));
}

TEST(Registry, NewEventsOfTheNewerVersionSayWhoWhatAndWhen) {
  Json event = Json::parse(R"({"apiVersion": "events.k8s.io/v1", "kind": "Event",
    "metadata": {"name": "e", "namespace": "default"}, "eventTime": "2026-11-21T23:15:36.000000Z",
    "reason": "Started", "action": "Start", "type": "Normal",
    "regarding": {"kind": "Pod", "name": "p", "namespace": "default"}, "reportingController": "example.com/operator",
    "reportingInstance": "node-a"})");
  MustDecode(event);
  struct Case {
    const char* patch;
    std::vector<std::string> causes;
  };
  const std::vector<Case> cases = {
      {R"({"eventTime":null})", {"eventTime FieldValueRequired"}},
      {R"({"reportingController":null})", {"reportingController FieldValueRequired"}},
      {R"({"reportingController":"a b"})", {"reportingController FieldValueInvalid"}},
      {R"({"reportingInstance":null,"action":""})",
       {"reportingInstance FieldValueRequired", "action FieldValueRequired"}},
      {R"({"reason":null})", {"reason FieldValueRequired"}},
      {R"({"type":"Odd"})", {"type FieldValueInvalid"}},
      {R"({"deprecatedCount":3,"deprecatedSource":{"component":"c"}})",
       {"source FieldValueInvalid", "count FieldValueInvalid"}},
      {R"({"series":{"count":1}})", {"series.count FieldValueInvalid", "series.lastObservedTime FieldValueRequired"}},
  };
  for (const Case& each : cases) {
    Json changed = event;
    changed.merge_patch(Json::parse(each.patch));
    EXPECT_EQ(Causes(MustFail(changed).errors), each.causes) << each.patch;
  }
  event["note"] = std::string(1025, 'x');
  EXPECT_EQ(Causes(MustFail(event).errors), std::vector<std::string>{"message FieldValueInvalid"});
}

}  // namespace
}  // namespace ordinal::api
