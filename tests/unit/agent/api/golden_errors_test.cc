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

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenPatch, testing::Values("23-sts-immutable-field", "30-pod-spec-immutable"));

// The one recorded refusal that is none here: claim templates may grow.
TEST(GoldenPatch, AGrownClaimTemplateIsAdmittedWhereTheReferenceRefusesIt) {
  const Json golden = ReadGolden("errors/24-sts-vct-immutable.json");
  Json body = MustDecode(kKubia).body;
  const Json old_body = body;
  body.merge_patch(Json::parse(golden["request"]["body"].get<std::string>()));
  const Decoded decoded = MustDecode(body);
  EXPECT_EQ(golden["code"], 422);
  EXPECT_THAT(Causes(ValidateUpdate(*decoded.kind, decoded.body, old_body)), testing::IsEmpty());
}

struct ClaimTemplatesCase {
  const char *name, *pointer, *value;
  bool admitted;
};
class ClaimTemplates : public testing::TestWithParam<ClaimTemplatesCase> {};

TEST_P(ClaimTemplates, MayGrowAndBeAddedAndNothingElse) {
  // Given a set with the claim template "data" of 1Mi, which no container mounts
  Json input = kKubia;
  input["spec"]["template"]["spec"]["containers"][0].erase("volumeMounts");
  const Json old_body = MustDecode(input).body;
  const ClaimTemplatesCase& test = GetParam();
  // When spec.volumeClaimTemplates is changed at one place
  Json body = old_body;
  body["spec"]["volumeClaimTemplates"][Json::json_pointer(test.pointer)] = Json::parse(test.value);
  const Decoded decoded = MustDecode(body);
  const auto errors = ValidateUpdate(*decoded.kind, decoded.body, old_body);
  // Then it is admitted, or refused as any other change of the spec
  if (test.admitted) {
    EXPECT_THAT(Causes(errors), testing::IsEmpty());
    return;
  }
  ASSERT_THAT(Causes(errors), ElementsAre("spec FieldValueForbidden"));
  EXPECT_THAT(errors[0].message,
              testing::HasSubstr("updates may change only replicas, ordinals, template, updateStrategy, "
                                 "persistentVolumeClaimRetentionPolicy and minReadySeconds; this one changes "
                                 "volumeClaimTemplates"));
}

constexpr char kLog[] = R"({"metadata": {"name": "log"}, "spec": {"accessModes": ["ReadWriteOnce"],
    "resources": {"requests": {"storage": "1Mi"}}}})";
constexpr char kLogThenData[] = R"([{"metadata": {"name": "log"}, "spec": {"accessModes": ["ReadWriteOnce"],
    "resources": {"requests": {"storage": "1Mi"}}}}, {"metadata": {"name": "data"}, "spec": {
    "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Mi"}}}}])";
constexpr char kOnlyLog[] = R"([{"metadata": {"name": "log"}, "spec": {"accessModes": ["ReadWriteOnce"],
    "resources": {"requests": {"storage": "1Mi"}}}}])";

INSTANTIATE_TEST_SUITE_P(
    Cases, ClaimTemplates,
    testing::Values(ClaimTemplatesCase{"Grows", "/0/spec/resources/requests/storage", R"("1Gi")", true},
                    ClaimTemplatesCase{"SaidOtherwise", "/0/spec/resources/requests/storage", R"("1024Ki")", true},
                    ClaimTemplatesCase{"IsAdded", "/1", kLog, true},
                    ClaimTemplatesCase{"IsAddedBeforeAGrowingOne", "", kLogThenData, true},
                    ClaimTemplatesCase{"Shrinks", "/0/spec/resources/requests/storage", R"("512Ki")", false},
                    ClaimTemplatesCase{"IsRemoved", "", "[]", false},
                    ClaimTemplatesCase{"IsExchanged", "", kOnlyLog, false},
                    ClaimTemplatesCase{"HasAnotherClass", "/0/spec/storageClassName", R"("fast")", false},
                    ClaimTemplatesCase{"HasALimit", "/0/spec/resources/limits", R"({"storage": "2Mi"})", false},
                    ClaimTemplatesCase{"HasAnotherMode", "/0/spec/accessModes", R"(["ReadWriteMany"])", false},
                    ClaimTemplatesCase{"HasALabel", "/0/metadata/labels", R"({"a": "b"})", false}),
    [](const auto& test) { return test.param.name; });

TEST(Claim, MayGrowBeforeAndAfterItIsBoundAndNeverShrink) {
  for (const char* phase : {"Pending", "Bound"}) {
    Json old_body = MustDecode(Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
      "metadata": {"name": "x"}, "spec": {"accessModes": ["ReadWriteOnce"],
      "resources": {"requests": {"storage": "2Mi"}}}})"))
                        .body;
    old_body["status"]["phase"] = phase;
    Json body = old_body;
    body["spec"]["resources"]["requests"]["storage"] = "3Mi";
    EXPECT_THAT(Causes(ValidateUpdate(*FindKind("PersistentVolumeClaim"), body, old_body)), testing::IsEmpty());
    body["spec"]["resources"]["requests"]["storage"] = "1Mi";
    EXPECT_THAT(Causes(ValidateUpdate(*FindKind("PersistentVolumeClaim"), body, old_body)),
                ElementsAre("spec.resources.requests.storage FieldValueForbidden"));
  }
}

}  // namespace
}  // namespace ordinal::api
