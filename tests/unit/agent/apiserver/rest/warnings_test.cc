// Warnings are about what the writer wrote in this request and changed.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kLabel = R"({"metadata":{"labels":{"x":"y"}}})";

using WarningsTest = RestFixture;

TEST_F(WarningsTest, NoneOfFieldsThatTheServerFilledIn) {
  const std::string pod = std::string(kPods) + "/a";
  ASSERT_EQ(Post(kPods, PodBody("a")).status, 201);
  EXPECT_THAT(Warnings(Send("PATCH", pod, Sent{kLabel, kStrategic, ""})), IsEmpty());
  Json read = Body(Send("GET", pod));
  ASSERT_EQ(read["spec"]["serviceAccountName"], "default");
  read["metadata"]["annotations"]["a"] = "b";
  const http::Response replaced = Send("PUT", pod, Sent{read.dump()});
  EXPECT_EQ(replaced.status, 200) << Text(replaced);
  EXPECT_THAT(Warnings(replaced), IsEmpty());
}

TEST_F(WarningsTest, ThatOfAWrittenFieldOnceAndAgainWhenItChanges) {
  Json set = SetBody("kubia");
  set["spec"]["template"]["spec"]["schedulerName"] = "mine";
  EXPECT_THAT(Warnings(Post(kSets, set)), ElementsAre(HasSubstr("spec.template.spec.schedulerName: has no effect")));
  const std::string path = std::string(kSets) + "/kubia";
  EXPECT_THAT(Warnings(Send("PATCH", path, Sent{kLabel, kStrategic, ""})), IsEmpty());
  const Sent other{R"({"spec":{"template":{"spec":{"schedulerName":"yours"}}}})", kStrategic, ""};
  EXPECT_THAT(Warnings(Send("PATCH", path, other)), ElementsAre(HasSubstr("schedulerName: has no effect")));
  EXPECT_THAT(Warnings(Send("PATCH", path, other)), IsEmpty());
}

}  // namespace
}  // namespace ordinal::apiserver::rest
