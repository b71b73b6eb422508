// The history of a set that was deleted without its dependents: the set that takes its place adopts it with the pods
// (pkg/controller/statefulset: adoptOrphanRevisions), counts it for its limit, and takes it along when it goes.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using testing::ElementsAre;

class OrphanedHistory : public Cluster {
 protected:
  void Apply(Json spec = Json::object()) {
    Json body = ordinal::controllers::Set("kubia", 1, std::move(spec));
    body["spec"].erase("volumeClaimTemplates");
    Create(body);
  }
  void Template(int version) {
    Modify("StatefulSet", "kubia",
           [&](Json& body) { body["spec"]["template"]["metadata"]["annotations"]["v"] = std::to_string(version); });
    ASSERT_TRUE(Ready("kubia", 1));
  }
  /// A set that had the templates 1, 2 and 3 and is gone, its pod and revisions left behind.
  void LeaveBehind() {
    Apply(Json{{"template", Json{{"metadata", Json{{"annotations", Json{{"v", "1"}}}}}}}});
    ASSERT_TRUE(Ready("kubia", 1));
    Template(2);
    Template(3);
    objects::DeleteOptions options;
    options.propagation = objects::Propagation::kOrphan;
    ASSERT_TRUE(RunTask(io_, client_.Delete({"StatefulSet", "default", "kubia"}, options)).ok());
    ASSERT_TRUE(Gone(sets_, "kubia"));
    ASSERT_THAT(Numbers(""), ElementsAre(1, 2, 3));
  }
  /// The numbers of the revisions that `uid` controls; empty: that nobody does.
  std::vector<int64_t> Numbers(const std::string& uid) {
    std::vector<int64_t> numbers;
    for (const Object& object : List("ControllerRevision")) {
      const api::Meta meta = api::ReadMeta(object.body());
      const auto* owner = meta.Controller();
      if ((owner == nullptr ? "" : owner->uid) == uid) numbers.push_back(object.body()["revision"]);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }
};

TEST_F(OrphanedHistory, IsAdoptedWithItsPods) {
  LeaveBehind();
  const std::string pod = Get("Pod", "kubia-0")["metadata"]["uid"];
  // When a set of the last template takes its place
  Apply(Json{{"template", Json{{"metadata", Json{{"annotations", Json{{"v", "3"}}}}}}}});
  ASSERT_TRUE(Ready("kubia", 1));
  // then all the history is its own under the same numbers, and the pod is the same
  EXPECT_THAT(Numbers(Get("StatefulSet", "kubia")["metadata"]["uid"]), ElementsAre(1, 2, 3));
  EXPECT_EQ(Get("Pod", "kubia-0")["metadata"]["uid"], pod);
  // and an earlier template is not a new revision but that one again
  Template(1);
  EXPECT_THAT(Numbers(Get("StatefulSet", "kubia")["metadata"]["uid"]), ElementsAre(2, 3, 4));
}

TEST_F(OrphanedHistory, GoesWithTheSetThatAdoptedIt) {
  LeaveBehind();
  Apply();
  ASSERT_TRUE(Ready("kubia", 1));
  Delete("StatefulSet", "kubia");
  EXPECT_TRUE(Eventually([&] { return revisions_.size() == 0 && pods_.size() == 0; }));
}

TEST_F(OrphanedHistory, CountsForTheLimitOfTheSetThatAdoptedIt) {
  LeaveBehind();
  Apply(Json{{"revisionHistoryLimit", 1}});
  ASSERT_TRUE(Ready("kubia", 1));
  const std::string uid = Get("StatefulSet", "kubia")["metadata"]["uid"];
  EXPECT_TRUE(Eventually([&] { return Numbers(uid) == std::vector<int64_t>{3, 4}; }));
}

TEST_F(OrphanedHistory, OfAnotherSelectorStays) {
  LeaveBehind();
  Apply(Json{{"selector", Json{{"matchLabels", Json{{"app", "other"}}}}},
             {"template", Json{{"metadata", Json{{"labels", Json{{"app", "other"}}}}}}}});
  Delete("Pod", "kubia-0");
  ASSERT_TRUE(Ready("kubia", 1));
  Delete("StatefulSet", "kubia");
  EXPECT_TRUE(Eventually([&] { return pods_.size() == 0; }));
  EXPECT_THAT(Numbers(""), ElementsAre(1, 2, 3));
}

TEST_F(OrphanedHistory, OrphanedUnderALivingSetIsTakenBack) {
  Apply();
  ASSERT_TRUE(Ready("kubia", 1));
  const std::string name = Names("ControllerRevision").at(0);
  Modify("ControllerRevision", name, [](Json& body) { body["metadata"].erase("ownerReferences"); });
  EXPECT_TRUE(Eventually([&] { return Numbers("").empty(); }));
  EXPECT_THAT(Numbers(Get("StatefulSet", "kubia")["metadata"]["uid"]), ElementsAre(1));
}

}  // namespace
}  // namespace ordinal::controllers
