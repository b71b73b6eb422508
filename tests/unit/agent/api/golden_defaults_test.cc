// What a decoded object holds is what the reference stored for the same input, but for the listed differences.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

/// What the reference adds after defaulting, by admission, or differs from run to run.
void DropAdmission(Json& body) {
  for (const char* member : {"uid", "creationTimestamp", "managedFields", "generation", "finalizers"}) {
    body["metadata"].erase(member);
  }
  // Set by the store when it is written.
  if (body["status"].is_object()) body["status"].erase("lastPhaseTransitionTime");
  Json& spec = body["spec"];
  // ServiceAccount, Priority and DefaultTolerationSeconds admission.
  for (const char* member : {"serviceAccount", "serviceAccountName", "priority", "preemptionPolicy", "tolerations"}) {
    spec.erase(member);
  }
  if (body["kind"] == "Pod") {
    std::erase_if(spec["volumes"].get_ref<Json::array_t&>(),
                  [](const Json& volume) { return volume["name"].get<std::string>().starts_with("kube-api-access-"); });
    for (auto& container : spec["containers"]) container.erase("volumeMounts");
  }
  // The address of a service is allocated, not defaulted.
  if (body["kind"] == "Service" && spec.value("clusterIP", "None") != "None") {
    spec.erase("clusterIP");
    spec.erase("clusterIPs");
  }
}

/// A null is how an unset time is written.
void DropNulls(Json& value) {
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end();) {
      member = member->is_null() ? value.erase(member) : std::next(member);
    }
  }
  if (value.is_structured()) {
    for (auto& item : value) DropNulls(item);
  }
}

class GoldenDefaults : public testing::TestWithParam<const char*> {};

TEST_P(GoldenDefaults, AreTheSame) {
  // Given an input and what the reference stored for it
  const Json golden = ReadGolden(std::string("defaults/") + GetParam() + ".json");
  Json expected = golden["stored"];
  DropAdmission(expected);
  DropNulls(expected);
  // When the input is decoded
  Json body = MustDecode(golden["input"]).body;
  // Then it is what was stored
  EXPECT_EQ(body, expected) << Json::diff(expected, body).dump(1);
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenDefaults,
                         testing::Values("pod", "rs", "sts", "svc-headless", "svc-clusterip", "pv", "pvc"));

}  // namespace
}  // namespace ordinal::api
