// What every implementation of the verbs promises (agent/objects/objects.h), as tests run over each. A new one adds a
// line to AllObjects(); the tests are in objects_*_test.cc.
#pragma once

#include "agent/objects/local/local_objects.h"
#include "tests/contract/object_store_contract.h"
#include "tests/fakes/distant_objects.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/token_keys.h"

namespace ordinal::objects {

/// Everything that one implementation stands on.
struct Ground {
  explicit Ground(bool on_disk) : clock(io) {
    for (const store::StoreKind& kind : store::AllStores()) {
      if (kind.name == (on_disk ? "sqlite" : "memory")) store = kind.make(io, directory / "state", {});
    }
    local = std::make_unique<LocalObjects>(*store, clock, random);
    local->SignWith(issuer);
  }

  fakes::ScratchDirectory directory;
  asio::io_context io;
  fakes::FakeClock clock;
  SeededRandom random{1};
  tokens::Issuer issuer{"https://api", fakes::TokenKeys(clock.Now()), clock, random};
  std::unique_ptr<store::ObjectStore> store;
  std::unique_ptr<LocalObjects> local;
};

struct ObjectsKind {
  std::string name;
  bool on_disk = false, distant = false;
};
inline void PrintTo(const ObjectsKind& kind, std::ostream* out) { *out << kind.name; }

inline std::vector<ObjectsKind> AllObjects() {
  return {{"local_memory", false, false}, {"local_sqlite", true, false}, {"distant", false, true}};
}

class ObjectsContract : public testing::TestWithParam<ObjectsKind> {
 protected:
  Objects& objects() {
    if (GetParam().distant) return distant_;
    return *ground_.local;
  }
  template <class T>
  T Run(Task<T> task) {
    return RunTask(ground_.io, std::move(task));
  }

  Object Create(Json body) {
    auto created = Run(objects().Create(std::move(body)));
    EXPECT_TRUE(created.ok()) << created.error().message;
    return created.ok() ? created->object : Object();
  }
  Json Stored(const ObjectKey& key) {
    const auto found = Run(objects().Get(key));
    return found.ok() ? found->body() : Json();
  }

  static Json PodNamed(const std::string& name) {
    Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "spec": {
      "terminationGracePeriodSeconds": 30, "containers": [{"name": "main", "image": "busybox:1.35"}]}})");
    body["metadata"] = Json{{"name", name}, {"namespace", "default"}, {"labels", Json{{"app", "kubia"}}}};
    return body;
  }
  static Json MapNamed(const std::string& name, Json data = Json::object()) {
    Json body = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"data", std::move(data)}};
    body["metadata"] = Json{{"name", name}, {"namespace", "default"}};
    return body;
  }

  Ground ground_{GetParam().on_disk};
  fakes::DistantObjects distant_{*ground_.local};
};

}  // namespace ordinal::objects
