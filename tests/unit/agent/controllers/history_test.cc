// What a set does about the name of a revision that is taken.
#include "agent/controllers/history.h"

#include <gmock/gmock.h>

#include "agent/controllers/statefulset/revisions.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using testing::SizeIs;

struct HistoryWorld {
  asio::io_context io;
  fakes::FakeClock clock{io};
  SeededRandom random{7};
  store::MemoryStore store;
  objects::Caches caches{store, clock};
  objects::ReadYourWrites written{store, caches};
  objects::LocalObjects client{written, clock, random};
  NotedEvents events;
  Context context{io.get_executor(), clock, client, events, random, "node-a"};
  History history{context, caches.Of<api::ControllerRevision>()};

  HistoryWorld() { caches.Start(io.get_executor()); }
  api::StatefulSet MakeSet(const std::string& name) {
    Json body = ordinal::controllers::Set(name, 1);
    for (const char* member : {"uid", "generation"}) body["metadata"].erase(member);
    const auto made = RunTask(io, client.Create(std::move(body)));
    EXPECT_TRUE(made.ok()) << made.error().message;
    const api::ObjectKey key{"StatefulSet", "default", name};
    return api::StatefulSet::From(*RunTask(io, store.Get(key)));
  }
};

struct TakenName {
  const char* what;
  const char *kind, *name;  ///< of the controller that has it
  int age;                  ///< of the set, seconds
  int64_t collisions;
  size_t events;
};

TEST(NamesOfRevisions, ThatAreTakenAreAvoidedOrWaitedFor) {
  const TakenName cases[] = {
      {"another kind of set", "DaemonSet", "kubia", 60, 1, 0},
      {"a set of another name, which is there", "StatefulSet", "other", 60, 1, 0},
      {"a set of another name, which is gone", "StatefulSet", "gone", 1, 0, 0},
      {"an earlier set, that goes", "StatefulSet", "kubia", 1, 0, 0},
      {"an earlier set, that stays", "StatefulSet", "kubia", 60, 0, 1},
  };
  for (const TakenName& each : cases) {
    HistoryWorld world;
    const api::StatefulSet set = world.MakeSet("kubia"), other = world.MakeSet("other");
    TemplateOwner owner = statefulset::OwnerOf(set);
    owner.meta.created = world.clock.Now() - std::chrono::seconds(each.age);
    const Json create = *statefulset::ResolveRevisions(set, {}).create;
    Json taken = create;
    taken["metadata"]["uid"] = "taken";
    Json& controller = taken["metadata"]["ownerReferences"][0];
    controller["kind"] = each.kind;
    controller["name"] = each.name;
    controller["uid"] = each.name == other.meta.name ? other.meta.uid : "earlier";
    ASSERT_TRUE(RunTask(world.io, world.store.Create(Object(taken))).ok());
    const Status applied = RunTask(world.io, world.history.Apply(owner, create, std::nullopt));
    ASSERT_FALSE(applied.ok()) << each.what;
    EXPECT_EQ(applied.error().code, ErrorCode::kConflict) << each.what << ": " << applied.error().message;
    const Json status = api::Member(RunTask(world.io, world.store.Get(set.object.key()))->body(), "status");
    EXPECT_EQ(api::ReadInt(status, "collisionCount"), each.collisions) << each.what;
    EXPECT_THAT(world.events.all, SizeIs(each.events)) << each.what;
  }
}

}  // namespace
}  // namespace ordinal::controllers
