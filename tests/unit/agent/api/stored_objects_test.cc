// What the reference stored is read here as it is: no fault, nothing added, nothing lost.
#include <gmock/gmock.h>

#include "agent/api/read.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

/// A null is how an unset field is written in a recording.
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

/// The token that every pod of the reference gets comes in a kind of volume that is not run here.
void DropToken(Json& body) {
  if (body["kind"] != "Pod") return;
  Json& spec = body["spec"];
  const auto token = [](const Json& each) { return ReadString(each, "name").starts_with("kube-api-access-"); };
  std::erase_if(spec["volumes"].get_ref<Json::array_t&>(), token);
  for (auto& container : spec["containers"]) std::erase_if(container["volumeMounts"].get_ref<Json::array_t&>(), token);
}

class StoredObjects : public testing::TestWithParam<const char*> {};

TEST_P(StoredObjects, AreReadAsTheyAre) {
  const Json recorded = ReadGolden(std::string("../") + GetParam());
  const bool list = recorded.contains("items");
  Json objects = list ? recorded["items"] : Json::array({recorded});
  ASSERT_FALSE(objects.empty());
  for (Json& object : objects) {
    const std::string kind = recorded["kind"];
    if (list) object["kind"] = kind.substr(0, kind.size() - std::string_view("List").size());
    if (list) object["apiVersion"] = recorded["apiVersion"];
    DropNulls(object);
    DropToken(object);
    const Json body = MustDecode(object).body;
    EXPECT_EQ(body, object) << Json::diff(object, body).dump(1);
    const KindInfo& info = **FindKind(object["apiVersion"].get<std::string>(), object["kind"].get<std::string>());
    EXPECT_TRUE(ValidateUpdate(info, body, body).empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, StoredObjects,
                         testing::Values("api/stored/replicasets.json", "api/stored/events.json",
                                         "api/stored/endpoints.json", "api/stored/lease.json", "api/stored/node.json",
                                         "controllers/6-partitioned-update/controllerrevisions.json",
                                         "controllers/6-partitioned-update/endpointslices.json",
                                         "controllers/6-partitioned-update/persistentvolumeclaims.json",
                                         "controllers/6-partitioned-update/persistentvolumes.json",
                                         "controllers/6-partitioned-update/pods.json",
                                         "controllers/6-partitioned-update/services.json",
                                         "controllers/6-partitioned-update/statefulsets.json"));

}  // namespace
}  // namespace ordinal::api
