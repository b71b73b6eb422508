// Roles and bindings: the rules of the reference's validation, its defaults, names and tables.
#include <gmock/gmock.h>

#include "agent/api/access.h"
#include "agent/api/table.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json Access(const char* kind, const char* members) {
  Json body = {{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", kind}};
  body["metadata"]["name"] = "system:a";
  body.update(Json::parse(members));
  return body;
}

std::vector<std::string> FaultsIn(const char* kind, const char* members) {
  auto decoded = Decode(Access(kind, members));
  if (auto* failure = std::get_if<DecodeFailure>(&decoded)) return Causes(failure->errors);
  return {};
}

TEST(AccessKinds, RolesNeedWholeRules) {
  const auto role = [](const char* rule) {
    return FaultsIn("Role", (R"({"rules": [)" + std::string(rule) + "]}").c_str());
  };
  EXPECT_THAT(role(R"({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"]})"),
              IsEmpty());
  EXPECT_THAT(role(R"({"apiGroups": [""], "resources": ["pods"]})"), ElementsAre("rules[0].verbs FieldValueRequired"));
  EXPECT_THAT(role(R"({"verbs": ["get"], "resources": ["pods"]})"),
              ElementsAre("rules[0].apiGroups FieldValueRequired"));
  EXPECT_THAT(role(R"({"verbs": ["get"], "apiGroups": ["apps"]})"),
              ElementsAre("rules[0].resources FieldValueRequired"));
  EXPECT_THAT(role(R"({"verbs": ["get"], "nonResourceURLs": ["/metrics"]})"),
              ElementsAre("rules[0].nonResourceURLs FieldValueInvalid"));
  EXPECT_THAT(FaultsIn("Role", "{}"), IsEmpty()) << "a role without rules gives nothing";
}

TEST(AccessKinds, ListsThatEveryRequestGoesThroughAreBounded) {
  const auto role = [](size_t names) {
    Json members;
    members["rules"][0] = {{"verbs", {"get"}}, {"apiGroups", {""}}, {"resources", {"pods"}}};
    members["rules"][0]["resourceNames"] = std::vector<std::string>(names, "a");
    return FaultsIn("Role", members.dump().c_str());
  };
  EXPECT_THAT(role(10'000), IsEmpty());
  EXPECT_THAT(role(10'001), ElementsAre("rules[0].resourceNames FieldValueTooMany"));
  const auto resources = [](size_t count, size_t length) {
    Json members;
    members["rules"][0] = {{"verbs", {"get"}}, {"apiGroups", {""}}};
    members["rules"][0]["resources"] = std::vector<std::string>(count, std::string(length, 'a'));
    return FaultsIn("Role", members.dump().c_str());
  };
  EXPECT_THAT(resources(1'000, 512), IsEmpty());
  EXPECT_THAT(resources(1'001, 1), ElementsAre("rules[0].resources FieldValueTooMany"));
  EXPECT_THAT(resources(1, 513), ElementsAre("rules[0].resources[0] FieldValueTooLong"));
  const auto rules = [](size_t count) {
    const Json rule = {{"verbs", {"get"}}, {"apiGroups", {""}}, {"resources", {"pods"}}};
    const Json members = {{"rules", std::vector<Json>(count, rule)}};
    return FaultsIn("Role", members.dump().c_str());
  };
  EXPECT_THAT(rules(1'000), IsEmpty());
  EXPECT_THAT(rules(1'001), ElementsAre("rules FieldValueTooMany"));
  const auto binding = [](size_t subjects) {
    Json members = {{"roleRef", {{"kind", "ClusterRole"}, {"name", "r"}}}};
    members["subjects"] = std::vector<Json>(subjects, Json{{"kind", "User"}, {"name", "a"}});
    return FaultsIn("ClusterRoleBinding", members.dump().c_str());
  };
  EXPECT_THAT(binding(10'000), IsEmpty());
  EXPECT_THAT(binding(10'001), ElementsAre("subjects FieldValueTooMany"));
}

TEST(AccessKinds, ClusterRolesMayHavePathsAndGather) {
  const auto role = [](const char* members) { return FaultsIn("ClusterRole", members); };
  EXPECT_THAT(role(R"({"rules": [{"verbs": ["get"], "nonResourceURLs": ["/metrics", "/api/*"]}]})"), IsEmpty());
  EXPECT_THAT(role(R"({"rules": [{"verbs": ["get"], "nonResourceURLs": ["/"], "resources": ["pods"]}]})"),
              ElementsAre("rules[0].nonResourceURLs FieldValueInvalid"));
  EXPECT_THAT(role(R"({"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}})"), IsEmpty());
  EXPECT_THAT(role(R"({"aggregationRule": {}})"),
              ElementsAre("aggregationRule.clusterRoleSelectors FieldValueRequired"));
  EXPECT_THAT(role(R"({"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a b": "c"}}]}})"),
              testing::SizeIs(1));
}

TEST(AccessKinds, BindingsNameARoleAndSubjects) {
  struct Case {
    const char *kind, *members;
    std::vector<std::string> faults;
  };
  const std::vector<Case> cases = {
      {"RoleBinding",
       R"({"roleRef": {"kind": "Role", "name": "a:b"}, "subjects": [{"kind": "User", "name": "x y"}]})",
       {}},
      {"RoleBinding", R"({"roleRef": {"kind": "ClusterRole", "name": "a"}})", {}},
      {"RoleBinding",
       "{}",
       {"roleRef.apiGroup FieldValueNotSupported", "roleRef.kind FieldValueNotSupported",
        "roleRef.name FieldValueRequired"}},
      {"RoleBinding",
       R"({"roleRef": {"apiGroup": "x", "kind": "Role", "name": "a/b"}})",
       {"roleRef.apiGroup FieldValueNotSupported", "roleRef.name FieldValueInvalid"}},
      {"ClusterRoleBinding", R"({"roleRef": {"kind": "Role", "name": "a"}})", {"roleRef.kind FieldValueNotSupported"}},
      {"RoleBinding",
       R"({"roleRef": {"kind": "Role", "name": "a"}, "subjects": [{"kind": "Pod", "name": "x"}]})",
       {"subjects[0].kind FieldValueNotSupported"}},
      {"RoleBinding",
       R"({"roleRef": {"kind": "Role", "name": "a"}, "subjects": [{"kind": "Group"}]})",
       {"subjects[0].name FieldValueRequired"}},
      {"RoleBinding",
       R"({"roleRef": {"kind": "Role", "name": "a"}, "subjects": [{"kind": "User", "name": "x", "apiGroup": "v1"}]})",
       {"subjects[0].apiGroup FieldValueNotSupported"}},
      {"RoleBinding",
       R"({"roleRef": {"kind": "Role", "name": "a"}, "subjects": [
         {"kind": "ServiceAccount", "name": "A", "apiGroup": "rbac.authorization.k8s.io"}]})",
       {"subjects[0].apiGroup FieldValueNotSupported", "subjects[0].name FieldValueInvalid"}},
      {"RoleBinding",
       R"({"roleRef": {"kind": "Role", "name": "a"}, "subjects": [{"kind": "ServiceAccount", "name": "x"}]})",
       {}},
      {"ClusterRoleBinding",
       R"({"roleRef": {"kind": "ClusterRole", "name": "a"}, "subjects": [{"kind": "ServiceAccount", "name": "x"}]})",
       {"subjects[0].namespace FieldValueRequired"}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.members);
    EXPECT_EQ(FaultsIn(one.kind, one.members), one.faults);
  }
}

TEST(AccessKinds, BindingsGetTheirGroups) {
  const Json body = MustDecode(Access("RoleBinding", R"({"roleRef": {"kind": "Role", "name": "a"}, "subjects": [
      {"kind": "User", "name": "u"}, {"kind": "Group", "name": "g"},
      {"kind": "ServiceAccount", "name": "s", "namespace": "n"}]})"))
                        .body;
  EXPECT_EQ(body["roleRef"]["apiGroup"], kAccessGroup);
  EXPECT_EQ(body["subjects"][0]["apiGroup"], kAccessGroup);
  EXPECT_EQ(body["subjects"][1]["apiGroup"], kAccessGroup);
  EXPECT_FALSE(body["subjects"][2].contains("apiGroup"));
}

TEST(AccessKinds, ABindingKeepsItsRole) {
  const KindInfo& kind = *FindKind("RoleBinding");
  const Json body = MustDecode(Access("RoleBinding", R"({"roleRef": {"kind": "Role", "name": "a"}})")).body;
  Json next = body;
  next["subjects"] = Json::array({{{"kind", "User"}, {"name", "u"}, {"apiGroup", kAccessGroup}}});
  EXPECT_THAT(Causes(ValidateUpdate(kind, next, body)), IsEmpty());
  next["roleRef"]["name"] = "b";
  EXPECT_THAT(Causes(ValidateUpdate(kind, next, body)), ElementsAre("roleRef FieldValueInvalid"));
}

TEST(AccessKinds, NamesAreThoseOfPaths) {
  for (const char* good : {"system:node", "A_b c", "...", "x*"}) {
    Json body = Access("Role", "{}");
    body["metadata"]["name"] = good;
    EXPECT_TRUE(std::holds_alternative<Decoded>(Decode(body))) << good;
  }
  for (const char* bad : {".", "..", "a/b", "a%b"}) {
    Json body = Access("ClusterRoleBinding", R"({"roleRef": {"kind": "ClusterRole", "name": "a"}})");
    body["metadata"]["name"] = bad;
    EXPECT_THAT(Causes(MustFail(body).errors), ElementsAre("metadata.name FieldValueInvalid")) << bad;
  }
}

TEST(AccessKinds, TablesShowWhatTheReferenceShows) {
  const KindInfo& binding = *FindKind("ClusterRoleBinding");
  Json body = Access("ClusterRoleBinding", R"({"roleRef": {"kind": "ClusterRole", "name": "edit"}, "subjects": [
      {"kind": "User", "name": "u"}, {"kind": "User", "name": "v"}, {"kind": "Group", "name": "g"},
      {"kind": "ServiceAccount", "name": "s", "namespace": "n"}]})");
  body["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z";
  const WallTime now = *ReadTime(body["metadata"], "creationTimestamp") + std::chrono::hours(2);
  EXPECT_EQ(binding.cells(body, now), Json::parse(R"(["system:a", "ClusterRole/edit", "120m", "u, v", "g", "n/s"])"));
  EXPECT_EQ(FindKind("Role")->cells(body, now), Json::parse(R"(["system:a", "2026-01-01T00:00:00Z"])"));
}

}  // namespace
}  // namespace ordinal::api
