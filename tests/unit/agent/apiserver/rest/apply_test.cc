// Server-side apply and managedFields as clients see them.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::IsSupersetOf;

class ApplyTest : public RestFixture {
 protected:
  http::Response Apply(const std::string& manager, const std::string& labels, const std::string& more = "") {
    const std::string yaml = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  labels:\n" + labels;
    return Send("PATCH", "/api/v1/namespaces/x?fieldManager=" + manager + more,
                Sent{yaml, "application/apply-patch+yaml", ""});
  }
  std::vector<std::string> Managers() {
    std::vector<std::string> managers;
    const Json found = Body(Send("GET", "/api/v1/namespaces/x"));
    for (const Json& entry : found["metadata"]["managedFields"]) {
      managers.push_back(entry["manager"].get<std::string>() + " " + entry["operation"].get<std::string>());
    }
    return managers;
  }
};

TEST_F(ApplyTest, MakesTheObjectThenMergesIntoIt) {
  const http::Response made = Apply("one", "    a: b\n");
  EXPECT_EQ(made.status, 201) << Text(made);
  const http::Response merged = Apply("two", "    c: d\n");
  EXPECT_EQ(merged.status, 200) << Text(merged);
  const Json labels = Body(merged)["metadata"]["labels"];
  EXPECT_EQ(labels["a"], "b");
  EXPECT_EQ(labels["c"], "d");
  EXPECT_THAT(Managers(), IsSupersetOf({"one Apply", "two Apply"}));
  // Applying the same again changes nothing, not even the revision.
  EXPECT_EQ(Body(Apply("two", "    c: d\n")), Body(merged));
}

TEST_F(ApplyTest, FieldsOfOthersAreConflictsUnlessForced) {
  EXPECT_EQ(Apply("one", "    a: b\n").status, 201);
  const http::Response refused = Apply("two", "    a: other\n");
  EXPECT_EQ(refused.status, 409);
  const Json cause = Body(refused)["details"]["causes"][0];
  EXPECT_EQ(cause["reason"], "FieldManagerConflict");
  EXPECT_EQ(cause["field"], ".metadata.labels.a");
  const http::Response forced = Apply("two", "    a: other\n", "&force=true");
  EXPECT_EQ(forced.status, 200);
  EXPECT_EQ(Body(forced)["metadata"]["labels"]["a"], "other");
}

TEST_F(ApplyTest, AManagerAndAFittingDocumentAreRequired) {
  EXPECT_EQ(Apply("", "    a: b\n").status, 400);
  EXPECT_EQ(Send("PATCH", "/api/v1/namespaces/y?fieldManager=one",
                 Sent{"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n", "application/apply-patch+yaml", ""})
                .status,
            400);
  EXPECT_EQ(Apply("one", "    a: b\n", "&dryRun=All").status, 201);
  EXPECT_EQ(Send("GET", "/api/v1/namespaces/x").status, 404);
}

TEST_F(ApplyTest, OtherWritesAreTrackedToo) {
  const Json pod = PodBody("a");
  EXPECT_EQ(Post(std::string(kPods) + "?fieldManager=maker", pod).status, 201);
  EXPECT_EQ(Send("PATCH", std::string(kPods) + "/a?fieldManager=labeller",
                 Sent{R"({"metadata":{"labels":{"x":"y"}}})", "application/merge-patch+json", ""})
                .status,
            200);
  std::map<std::string, Json> fields;
  const Json stored = Body(Send("GET", std::string(kPods) + "/a"));
  for (const Json& entry : stored["metadata"]["managedFields"]) {
    fields[entry["manager"].get<std::string>()] = entry["fieldsV1"];
  }
  ASSERT_TRUE(fields.contains("maker") && fields.contains("labeller")) << stored;
  EXPECT_TRUE(fields["labeller"]["f:metadata"]["f:labels"].contains("f:x"));
  EXPECT_TRUE(fields["maker"].contains("f:spec"));
  EXPECT_FALSE(fields["maker"].contains("f:status"));  // the system's, nobody's
}

}  // namespace
}  // namespace ordinal::apiserver::rest
