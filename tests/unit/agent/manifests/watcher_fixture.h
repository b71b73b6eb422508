// The watcher on a real directory and a memory store.
#pragma once

#include "agent/manifests/manifest_watcher.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::manifests {

using api::Json;
using api::Object;
using api::ObjectKey;
using fakes::WriteFile;

inline const ObjectKey kSetKey{"StatefulSet", "default", "kubia"};
inline const ObjectKey kPodKey{"Pod", "default", "p"};
inline const ObjectKey kServiceKey{"Service", "default", "s"};

inline std::string SetText(const std::string& replicas) {
  return "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: kubia}\nspec:\n  serviceName: s\n  replicas: " +
         replicas +
         "\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n"
         "    spec: {containers: [{name: c, image: 'i:1'}]}\n";
}
inline std::string PodText(const std::string& hostname) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostname: " + hostname +
         "\n  containers: [{name: c, image: 'i:1'}]\n";
}
constexpr const char* kServiceText =
    "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {clusterIP: None, ports: [{port: 80}]}\n";

/// A store that does not answer writes for a while.
class AbsentStore final : public store::ObjectStore {
 public:
  Task<Result<Object>> Create(Object object) override {
    if (failures > 0) {
      --failures;
      co_return MakeError(ErrorCode::kUnavailable, "the store is away");
    }
    co_return co_await real_.Create(std::move(object));
  }
  Task<Result<Object>> Update(Object object) override { return real_.Update(std::move(object)); }
  Task<Result<Object>> Delete(ObjectKey key, store::Preconditions preconditions) override {
    return real_.Delete(std::move(key), std::move(preconditions));
  }
  Task<Result<Object>> Get(ObjectKey key) override { return real_.Get(std::move(key)); }
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override {
    return real_.List(std::move(kind), std::move(options));
  }
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override {
    return real_.StartWatch(std::move(kind), std::move(options), revision);
  }

  int failures = 0;

 private:
  store::MemoryStore real_;
};

/// One run of the agent: everything that ends with the process.
struct Agent {
  Agent(store::ObjectStore& store, const std::string& directory)
      : client(store, clock, random), watcher(io.get_executor(), clock, client, pool, directory) {}

  asio::io_context io;
  fakes::FakeClock clock{io};
  SeededRandom random{1};
  objects::LocalObjects client;
  BlockingPool pool{1};
  ManifestWatcher watcher;
};

class ManifestWatcherTest : public testing::Test {
 protected:
  void Start() {
    agent_.reset();
    agent_ = std::make_unique<Agent>(store_, directory_ / "m");
    Spawn(agent_->io.get_executor(), "watcher", agent_->watcher.Run());
    ASSERT_TRUE(RunUntil(agent_->io, [&] { return agent_->watcher.Synced(); }));
  }
  void Stop() { agent_.reset(); }
  void Write(const std::string& name, const std::string& text) { WriteFile(directory_ / ("m/" + name), text); }
  void Remove(const std::string& name) { std::filesystem::remove(directory_ / ("m/" + name)); }

  Object Get(const ObjectKey& key) {
    auto object = RunTask(agent_->io, store_.Get(key));
    return object.ok() ? *object : Object();
  }
  bool Becomes(const ObjectKey& key, const std::function<bool(const Object&)>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
    while (!holds(Get(key))) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      // The change may have come while the object was read: there is not always one more event to wait for.
      RunUntil(
          agent_->io, [] { return false; }, std::chrono::milliseconds(5));
    }
    return true;
  }
  bool Appears(const ObjectKey& key) {
    return Becomes(key, [](const Object& object) { return !object.empty(); });
  }
  /// Lets the time pass that a removal waits for.
  bool Goes(const ObjectKey& key) {
    return Becomes(key, [this](const Object& object) {
      if (!object.empty()) agent_->clock.Advance(kRemovalWait);
      return object.empty();
    });
  }
  std::string PathOf(const std::string& name) const { return directory_ / ("m/" + name); }
  /// What is wrong with a file, once something is.
  std::vector<std::string> ErrorsOf(const std::string& name) {
    const std::string path = directory_ / ("m/" + name);
    EXPECT_TRUE(RunUntil(agent_->io, [&] { return agent_->watcher.Errors().contains(path); })) << path;
    return agent_->watcher.Errors().contains(path) ? agent_->watcher.Errors().at(path) : std::vector<std::string>();
  }
  bool NoErrors() {
    return RunUntil(agent_->io, [&] { return agent_->watcher.Errors().empty(); });
  }

  AbsentStore store_;
  fakes::ScratchDirectory directory_;
  std::unique_ptr<Agent> agent_;
};

}  // namespace ordinal::manifests
