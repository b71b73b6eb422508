// Every fault the reference found in a recorded request is found here, with its path and cause.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

class GoldenCreate : public testing::TestWithParam<const char*> {};

TEST_P(GoldenCreate, HasTheSamePathsAndCauses) {
  // Given a request that the reference refused with 422
  const Json golden = ReadGolden(std::string("errors/") + GetParam() + ".json");
  std::vector<std::string> expected;
  for (const auto& cause : golden["response"]["details"]["causes"]) {
    expected.push_back(cause["field"].get<std::string>() + " " + cause["reason"].get<std::string>());
  }
  // When it is decoded
  const auto failure = MustFail(Json::parse(golden["request"]["body"].get<std::string>()));
  // Then the same fields are at fault, for the same reasons
  EXPECT_THAT(Causes(failure.errors), UnorderedElementsAreArray(expected));
  EXPECT_FALSE(failure.malformed);
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenCreate,
                         testing::Values("07-create-no-name", "08-create-bad-name", "09-create-no-containers",
                                         "10-create-dup-container", "11-create-bad-port", "12-create-missing-volume",
                                         "14-create-request-over-limit", "15-create-bad-restart-policy",
                                         "18-sts-selector-mismatch", "19-sts-no-selector", "20-sts-negative-replicas",
                                         "21-sts-restart-policy-never", "31-pvc-no-access-mode", "32-pv-two-sources",
                                         "33-pv-no-source", "34-pv-dotdot", "35-svc-bad-port",
                                         "36-svc-two-unnamed-ports", "37-svc-name-digit"));

struct MalformedCase {
  const char* name;
  std::vector<std::string> causes;
};
class GoldenMalformed : public testing::TestWithParam<MalformedCase> {};

// The reference answers 400 and names the fields in its message only.
TEST_P(GoldenMalformed, NamesTheFields) {
  const Json golden = ReadGolden(std::string("errors/") + GetParam().name + ".json");
  const auto failure = MustFail(Json::parse(golden["request"]["body"].get<std::string>()));
  EXPECT_THAT(Causes(failure.errors), UnorderedElementsAreArray(GetParam().causes));
  EXPECT_TRUE(failure.malformed);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, GoldenMalformed,
    testing::Values(MalformedCase{"06-create-wrong-type", {"spec.containers[0].image FieldValueTypeInvalid"}},
                    MalformedCase{"13-create-bad-quantity",
                                  {"spec.containers[0].resources.limits[memory] FieldValueTypeInvalid"}},
                    MalformedCase{"16-create-unknown-field-strict",
                                  {"spec.colour UnknownField", "spec.containers[0].imge UnknownField"}}));

const Json kKubia = Json::parse(R"({
  "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "kubia"},
  "spec": {"serviceName": "kubia", "selector": {"matchLabels": {"app": "kubia"}},
    "template": {"metadata": {"labels": {"app": "kubia"}}, "spec": {"containers": [
      {"name": "c", "image": "i:1", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}]}},
    "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
      "resources": {"requests": {"storage": "1Mi"}}}}]}})");

const Json kKubiaPod = Json::parse(R"({
  "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kubia-0"},
  "spec": {"hostname": "kubia-0", "subdomain": "kubia", "containers": [{"name": "c", "image": "i:1"}]}})");

class GoldenPatch : public testing::TestWithParam<const char*> {};

TEST_P(GoldenPatch, IsForbiddenAsTheReferenceForbidsIt) {
  // Given a stored object, and a recorded merge patch that the reference refused
  const Json golden = ReadGolden(std::string("errors/") + GetParam() + ".json");
  const bool pod = golden["request"]["path"].get<std::string>().find("/pods/") != std::string::npos;
  const Json old_body = MustDecode(pod ? kKubiaPod : kKubia).body;
  Json patched = old_body;
  patched.merge_patch(Json::parse(golden["request"]["body"].get<std::string>()));
  // When it is checked as an update
  const Decoded decoded = MustDecode(patched);
  const auto errors = ValidateUpdate(*decoded.kind, decoded.body, old_body);
  // Then the spec as a whole is at fault
  EXPECT_THAT(Causes(errors), ElementsAre("spec FieldValueForbidden"));
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenPatch,
                         testing::Values("23-sts-immutable-field", "24-sts-vct-immutable", "30-pod-spec-immutable"));

}  // namespace
}  // namespace ordinal::api
