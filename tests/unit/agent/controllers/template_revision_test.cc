// A template finds its revision by the quick look as by the whole comparison.
#include <gtest/gtest.h>

#include "agent/base/random.h"
#include "agent/controllers/revisions.h"

namespace ordinal::controllers {
namespace {

using api::Json;

Json RandomTemplate(SeededRandom& random) {
  Json made = Json::object();
  for (const char* member : {"metadata", "spec", "$patch"}) {
    switch (random.Next() % 6) {
      case 0: made[member] = Json::object(); break;
      case 1: made[member] = nullptr; break;
      case 2: made[member] = {{"creationTimestamp", nullptr}}; break;
      case 3: made[member] = {{"labels", {{"app", random.Next() % 2 == 0 ? "a" : "b"}}}}; break;
      case 4: made[member] = "replace"; break;
      default: break;
    }
  }
  return made;
}

api::Ref<api::ControllerRevision> Known(Json data) {
  Json body{{"apiVersion", "apps/v1"}, {"kind", "ControllerRevision"}, {"data", std::move(data)}, {"revision", 1}};
  body["metadata"] = Json{{"name", "set-known"}, {"namespace", "default"}};
  return std::make_shared<const api::ControllerRevision>(api::ControllerRevision::From(api::Object(std::move(body))));
}

TEST(TemplateRevisionTest, IsTheNewestOneWhoseDataIsThatOfTheTemplate) {
  Json set{{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}};
  set["metadata"] = Json{{"name", "set"}, {"namespace", "default"}, {"uid", "u"}};
  TemplateOwner owner;
  owner.object = api::Object(set);
  owner.meta = api::ReadMeta(set);
  owner.hash_label = "hash";
  SeededRandom random(7);
  size_t found = 0;
  for (int round = 0; round < 3000; ++round) {
    const Json wanted = RandomTemplate(random), stored = RandomTemplate(random);
    Json data = random.Next() % 4 == 0 ? Json{{"spec", {{"template", stored}}}} : TemplateData(stored);
    if (random.Next() % 8 == 0) data["more"] = 1;
    const bool same = SameData(data, TemplateData(wanted));
    const TemplateRevision resolved = ResolveTemplate(owner, wanted, {Known(data)});
    EXPECT_EQ(!resolved.create, same) << wanted << " of " << data;
    EXPECT_EQ(resolved.name == "set-known", same) << wanted << " of " << data;
    EXPECT_EQ(resolved.hash == "known", same);
    found += same ? 1 : 0;
  }
  EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace ordinal::controllers
