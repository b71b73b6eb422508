// Every odd request that was sent to the reference, answered as the reference answered it: code, reason, what the
// details name, and each cause's field and reason. 22 is left out: old versions of apps are served here. 90 and 91 are
// about credentials, which the HTTP front checks.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::UnorderedElementsAreArray;

std::vector<std::string> Causes(const Json& status) {
  std::vector<std::string> causes;
  const Json& list = api::Member(api::Member(status, "details"), "causes");
  if (!list.is_array()) return causes;
  for (const Json& cause : list) {
    causes.push_back(api::ReadString(cause, "field") + " " + api::ReadString(cause, "reason"));
  }
  return causes;
}

class GoldenErrors : public RestFixture, public testing::WithParamInterface<const char*> {
 protected:
  GoldenErrors() {
    EXPECT_EQ(Post(kSets, SetBody("kubia")).status, 201);
    Json pod = PodBody("kubia-0");
    pod["spec"]["hostname"] = "kubia-0";
    EXPECT_EQ(Post(kPods, pod).status, 201);
  }

  /// Writes until revision 1 is forgotten.
  void ForgetHistory() {
    for (int i = 0; i < 30; ++i) {
      EXPECT_EQ(Post(kPods, PodBody("p" + std::to_string(i))).status, 201);
    }
  }
};

TEST_P(GoldenErrors, AreAnsweredAsRecorded) {
  std::ifstream file(std::string(ORDINAL_TEST_DATA) + "/api/errors/" + GetParam() + ".json");
  const Json golden = Json::parse(file);
  const Json& request = golden["request"];
  const Json& expected = golden["response"];
  if (std::string(GetParam()) == "42-watch-too-old") ForgetHistory();

  const http::Response response =
      Send(request["method"], request["path"], Sent{request["body"], request["contentType"], ""});

  EXPECT_EQ(response.status, golden["code"]) << Text(response);
  if (!expected.is_object()) return;
  Json answer = Body(response);
  if (expected.contains("type")) {
    EXPECT_EQ(answer["type"], expected["type"]);
    answer = answer["object"];
  }
  const Json& status = expected.contains("type") ? expected["object"] : expected;
  for (const char* member : {"kind", "apiVersion", "reason", "code", "status"}) {
    if (status[member].is_object()) continue;  // the status of a Scale
    EXPECT_EQ(api::Member(answer, member), api::Member(status, member)) << member << " of " << answer;
  }
  EXPECT_EQ(answer.contains("details"), status.contains("details")) << answer;
  for (const char* member : {"name", "group", "kind"}) {
    EXPECT_EQ(api::Member(api::Member(answer, "details"), member), api::Member(api::Member(status, "details"), member));
  }
  EXPECT_THAT(Causes(answer), UnorderedElementsAreArray(Causes(status))) << answer;
}

// Not 24-sts-vct-immutable: the claim templates of a set may grow here.
INSTANTIATE_TEST_SUITE_P(
    Recorded, GoldenErrors,
    testing::Values("01-get-missing-pod", "02-get-missing-resource", "03-get-missing-group", "04-create-bad-json",
                    "05-create-wrong-kind", "06-create-wrong-type", "07-create-no-name", "08-create-bad-name",
                    "09-create-no-containers", "10-create-dup-container", "11-create-bad-port",
                    "12-create-missing-volume", "13-create-bad-quantity", "14-create-request-over-limit",
                    "15-create-bad-restart-policy", "16-create-unknown-field-strict", "17-create-existing",
                    "18-sts-selector-mismatch", "19-sts-no-selector", "20-sts-negative-replicas",
                    "21-sts-restart-policy-never", "23-sts-immutable-field", "25-conflict-resource-version",
                    "26-patch-bad-type", "27-json-patch-test-fails", "28-json-patch-missing-path", "29-scale-get",
                    "30-pod-spec-immutable", "31-pvc-no-access-mode", "32-pv-two-sources", "33-pv-no-source",
                    "34-pv-dotdot", "35-svc-bad-port", "36-svc-two-unnamed-ports", "37-svc-name-digit", "38-ns-missing",
                    "39-ns-mismatch", "40-bad-label-selector", "41-bad-field-selector", "42-watch-too-old",
                    "43-method-not-allowed", "44-delete-precondition"));

}  // namespace
}  // namespace ordinal::apiserver::rest
