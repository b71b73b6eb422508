// Unknown fields and members that are there twice, in bodies of every form, by what the client asked to be done of
// them.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kJsonPatch = "application/json-patch+json";
constexpr const char* kMerge = "application/merge-patch+json";
constexpr const char* kApply = "application/apply-patch+yaml";

/// Two unknown fields, one of them twice and one of metadata, and two members twice.
constexpr const char* kPod = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","colour":"blue"},
  "spec":{"hostname":"a","shade":1,"hostname":"b","shade":{"a":1,"a":2},
    "containers":[{"image":"i:0","name":"c","imge":"z","image":"i:1"}]}})";
constexpr const char* kYamlPod =
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  shade: 1\n  hostname: a\n  hostname: b\n  containers:\n"
    "  - name: c\n    image: i:0\n    image: i:1\n";

class FieldsTest : public RestFixture {
 protected:
  std::string Refusal(const std::string& method, const std::string& target, const Sent& sent, int code = 400) {
    const http::Response response = Send(method, target, sent);
    EXPECT_EQ(response.status, code) << Text(response);
    return api::ReadString(Body(response), "message");
  }
  static std::string Quoted(const std::string& what, const std::string& field) {
    return "299 - \"" + what + " \\\"" + field + "\\\"\"";
  }

  const std::string pods_ = kPods;
};

TEST_F(FieldsTest, AreAllRefusedWhenStrictInTheOrderOfTheText) {
  EXPECT_EQ(
      Refusal("POST", pods_ + "?fieldValidation=Strict", Sent{kPod}),
      "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"metadata.colour\", "
      "unknown field \"spec.shade\", duplicate field \"spec.hostname\", unknown field \"spec.containers[0].imge\", "
      "duplicate field \"spec.containers[0].image\"");
  EXPECT_EQ(Send("GET", pods_ + "/x").status, 404);
}

TEST_F(FieldsTest, AreWarnedOfOneByOneAndTheLastCounts) {
  for (const char* query : {"", "?fieldValidation=Warn"}) {
    const http::Response made = Send("POST", pods_ + query, Sent{kPod});
    ASSERT_EQ(made.status, 201) << Text(made);
    EXPECT_THAT(
        Warnings(made),
        ElementsAre(Quoted("unknown field", "metadata.colour"), Quoted("unknown field", "spec.shade"),
                    Quoted("duplicate field", "spec.hostname"), Quoted("unknown field", "spec.containers[0].imge"),
                    Quoted("duplicate field", "spec.containers[0].image")));
    EXPECT_EQ(Body(made)["spec"]["hostname"], "b");
    EXPECT_EQ(Body(made)["spec"]["containers"][0]["image"], "i:1");
    EXPECT_FALSE(Body(made)["spec"].contains("shade"));
    EXPECT_EQ(Send("DELETE", pods_ + "/x").status, 200);
  }
}

TEST_F(FieldsTest, AreTakenWithoutAWordWhenIgnored) {
  const http::Response made = Send("POST", pods_ + "?fieldValidation=Ignore", Sent{kPod});
  ASSERT_EQ(made.status, 201) << Text(made);
  EXPECT_THAT(Warnings(made), IsEmpty());
  EXPECT_EQ(Body(made)["spec"]["hostname"], "b");
}

TEST_F(FieldsTest, OfYamlAreToldWithTheirLines) {
  const Sent yaml{kYamlPod, "application/yaml", ""};
  EXPECT_EQ(Refusal("POST", pods_ + "?fieldValidation=Strict", yaml),
            "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: yaml: unmarshal errors:\n"
            "  line 8: key \"hostname\" already set in map\n  line 12: key \"image\" already set in map, "
            "unknown field \"spec.shade\"");
  const http::Response made = Send("POST", pods_, yaml);
  ASSERT_EQ(made.status, 201) << Text(made);
  EXPECT_EQ(Body(made)["spec"]["hostname"], "b");
  EXPECT_THAT(Warnings(made), ElementsAre(R"(299 - "line 8: key \"hostname\" already set in map")",
                                          R"(299 - "line 12: key \"image\" already set in map")",
                                          Quoted("unknown field", "spec.shade")));
}

TEST_F(FieldsTest, OfAPutAreJudgedAlike) {
  ASSERT_EQ(Post(pods_, PodBody("x")).status, 201);
  EXPECT_THAT(Refusal("PUT", pods_ + "/x?fieldValidation=Strict", Sent{kPod}),
              HasSubstr("\"metadata.colour\", unknown"));
}

TEST_F(FieldsTest, OfPatchesAreJudgedAlike) {
  ASSERT_EQ(Post(pods_, PodBody("x")).status, 201);
  struct Case {
    const char *type, *patch;
    std::vector<std::string> complaints;
  };
  const std::vector<Case> cases = {
      {kMerge,
       R"({"metadata":{"labels":{"l":"1","l":"2"}},"spec":{"shade":1}})",
       {"duplicate field \"metadata.labels.l\"", "unknown field \"spec.shade\""}},
      {kStrategic,
       R"({"spec":{"containers":[{"name":"c","imge":"z","name":"c"}]}})",
       {"duplicate field \"spec.containers[0].name\"", "unknown field \"spec.containers[0].imge\""}},
      {kJsonPatch,
       R"([{"op":"add","path":"/metadata/labels/l","value":"1","why":1,"value":"2"}])",
       {"json patch unknown field \"[0].why\"", "json patch duplicate field \"[0].value\""}},
  };
  for (const Case& c : cases) {
    const Sent patch{c.patch, c.type, ""};
    std::string all;
    for (const auto& complaint : c.complaints) all += (all.empty() ? "" : ", ") + complaint;
    EXPECT_EQ(Refusal("PATCH", pods_ + "/x?fieldValidation=Strict", patch, 422),
              "Pod \"x\" is invalid: patch: strict decoding error: " + all);
    EXPECT_THAT(Warnings(Send("PATCH", pods_ + "/x?fieldValidation=Ignore", patch)), IsEmpty());
    const http::Response warned = Send("PATCH", pods_ + "/x", patch);
    EXPECT_EQ(warned.status, 200) << Text(warned);
    EXPECT_EQ(Warnings(warned).size(), c.complaints.size()) << c.patch;
    EXPECT_THAT(Text(warned), testing::AllOf(Not(HasSubstr("shade")), Not(HasSubstr("imge"))));
  }
}

TEST_F(FieldsTest, OfAnAppliedConfigurationAreJudgedAlike) {
  const std::string target = pods_ + "/x?fieldManager=me";
  const std::string untyped = "failed to create typed patch object (default/x; /v1, Kind=Pod): ";
  EXPECT_EQ(Refusal("PATCH", target + "&fieldValidation=Strict", Sent{kYamlPod, kApply, ""}),
            untyped + ".spec.shade: field not declared in schema");
  EXPECT_EQ(Refusal("PATCH", target + "&fieldValidation=Strict", Sent{kPod, kApply, ""}),
            untyped +
                "errors:\n  .metadata.colour: field not declared in schema\n  .spec.containers[0].imge: field not "
                "declared in schema\n  .spec.shade: field not declared in schema");
  EXPECT_THAT(Warnings(Send("PATCH", target + "&dryRun=All", Sent{kYamlPod, kApply, ""})),
              testing::Contains(Quoted("unknown field", "spec.shade")));
  std::string known = kYamlPod;
  known.erase(known.find("  shade: 1\n"), 11);
  EXPECT_THAT(Refusal("PATCH", target + "&fieldValidation=Strict", Sent{known, kApply, ""}),
              testing::AllOf(HasSubstr("strict decoding error"), HasSubstr("line 7: key \"hostname\" already set")));
  const http::Response made = Send("PATCH", target, Sent{known, kApply, ""});
  EXPECT_EQ(made.status, 201) << Text(made);
  EXPECT_THAT(Warnings(made), ElementsAre(R"(299 - "line 7: key \"hostname\" already set in map")",
                                          R"(299 - "line 11: key \"image\" already set in map")"));
}

TEST_F(FieldsTest, OfSmallBodiesAreJudgedAlike) {
  ASSERT_EQ(Post(kSets, SetBody("kubia")).status, 201);
  const std::string scale = std::string(kSets) + "/kubia/scale?fieldValidation=Strict";
  EXPECT_EQ(Refusal("PATCH", scale, Sent{R"({"spec":{"replicas":1,"replicas":2}})", kMerge, ""}),
            "Scale in version \"apps/v1\" cannot be handled as a Scale: strict decoding error: duplicate field "
            "\"spec.replicas\"");
}

TEST_F(FieldsTest, AWrongTypeIsToldInsteadOfThem) {
  const Sent sent{R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"shade":1,"containers":7}})"};
  EXPECT_THAT(Refusal("POST", pods_ + "?fieldValidation=Strict", sent),
              testing::AllOf(HasSubstr("spec.containers: must be a list"), Not(HasSubstr("shade"))));
}

TEST_F(FieldsTest, NestingStaysBoundedBehindAMemberThatIsThereTwice) {
  const Sent sent{R"({"a":1,"a":)" + std::string(100'000, '[')};
  EXPECT_EQ(Send("POST", pods_, sent).status, 400);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
