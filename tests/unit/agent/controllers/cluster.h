// All controllers over a memory store, and a node that makes pods ready and ends them: a cluster without containers.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/controllers/claims/controller.h"
#include "agent/controllers/cronjob/controller.h"
#include "agent/controllers/daemonset/controller.h"
#include "agent/controllers/deployment/controller.h"
#include "agent/controllers/disruption/controller.h"
#include "agent/controllers/endpoints/controller.h"
#include "agent/controllers/job/controller.h"
#include "agent/controllers/key.h"
#include "agent/controllers/namespaces/controller.h"
#include "agent/controllers/ownership/controller.h"
#include "agent/controllers/placement/controller.h"
#include "agent/controllers/quota/controller.h"
#include "agent/controllers/replicaset/controller.h"
#include "agent/controllers/statefulset/controller.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers {

class NotedEvents final : public events::Recorder {
 public:
  void Record(const events::Event& event) override {
    all.push_back(fmt::format("{} {}: {}", event.about.name(), event.reason, event.message));
  }
  std::vector<std::string> all;
};

/// Keeps in mind what it was asked for.
class FakeStorage final : public claims::Storage {
 public:
  Task<Status> Wipe(api::PersistentVolume volume, Volumes) override {
    co_return co_await Note("wipe " + volume.meta.name);
  }
  Task<Status> Remove(api::PersistentVolume volume, Volumes) override {
    co_return co_await Note("remove " + volume.meta.name);
  }
  Task<Result<claims::MadeDirectory>> Make(api::PersistentVolumeClaim claim, Volumes) override {
    CO_TRYV(co_await Note("make " + claim.meta.name));
    claims::MadeDirectory made{"/volumes/" + claim.meta.ns + "/" + claim.meta.name, passed_over};
    co_return made;
  }
  std::vector<claims::RunningPod> RunningPods() const override { return running; }

  std::vector<std::string> done;          ///< "wipe pv-a", in order
  std::map<std::string, Error> failures;  ///< by what is done
  std::function<Task<void>()> meanwhile;  ///< what else happens while something is done
  std::vector<claims::RunningPod> running;
  std::string passed_over;

 private:
  Task<Status> Note(std::string what) {
    done.push_back(what);
    if (meanwhile) co_await meanwhile();
    const auto failure = failures.find(what);
    if (failure != failures.end()) co_return failure->second;
    co_return Status();
  }
};

/// Does the node's part for pods placed on it.
class FakeNode {
 public:
  FakeNode(asio::io_context& io, Clock& clock, objects::LocalObjects& client, objects::Cache<api::Pod>& pods)
      : client_(client), pods_(pods), queue_(io.get_executor(), clock, "node") {
    pods.OnChange([this](const objects::Change<api::Pod>& change) { queue_.Add(QueueKey(change.last()->object)); });
  }

  Task<void> Run() {
    WorkQueue::Handler handler = [this](std::string key) { return Tend(std::move(key)); };
    co_await queue_.Run(std::move(handler));
  }

  std::set<std::string> never_ready;        ///< pods that run but do not become ready
  std::set<std::string> never_gone;         ///< pods whose containers do not end
  std::vector<std::string> started, ended;  ///< in order

  /// Looks again at a pod that left one of the sets.
  void Again(const std::string& name) { queue_.Add(QueueKey("default", name)); }

 private:
  Task<Status> Tend(std::string key) {
    const auto [ns, name] = SplitQueueKey(key);
    const api::Ref<api::Pod> found = pods_.Find(ns, name);
    if (!found) co_return Status();
    const api::Pod& pod = *found;
    if (pod.spec.node_name != "node-a") co_return Status();
    if (pod.deleting()) {
      if (never_gone.contains(name)) co_return Status();
      objects::DeleteOptions options;
      options.grace_seconds = 0;
      options.preconditions.uid = pod.meta.uid;
      const auto deleted = co_await client_.Delete(pod.object.key(), options);
      if (deleted.ok()) ended.push_back(name);
      co_return Status();
    }
    const bool ready = !never_ready.contains(name);
    if (pod.Terminal() || (pod.status.phase == "Running" && pod.Ready() == ready)) co_return Status();
    if (addresses_[pod.meta.uid].empty()) {
      addresses_[pod.meta.uid] = fmt::format("10.244.0.{}", addresses_.size() + 1);
      started.push_back(name);
    }
    const std::string ip = addresses_[pod.meta.uid];
    Json status = pod.object.body()["status"];
    status["phase"] = "Running";
    status["podIP"] = ip;
    status["podIPs"] = Json::array({Json{{"ip", ip}}});
    Json condition{
        {"type", "Ready"}, {"status", ready ? "True" : "False"}, {"lastTransitionTime", "2026-01-01T00:00:00Z"}};
    Json conditions = Json::array({condition});
    for (const Json& other : status["conditions"]) {
      if (other["type"] != "Ready") conditions.push_back(other);
    }
    status["conditions"] = conditions;
    const auto written = co_await client_.UpdateStatus(pod.object.key(), pod.meta.uid, status);
    if (!written.ok()) co_return written.error();
    co_return Status();
  }

  objects::LocalObjects& client_;
  objects::Cache<api::Pod>& pods_;
  WorkQueue queue_;
  std::map<std::string, std::string> addresses_;
};

/// What a cache holds, as documents.
class Documents {
 public:
  Documents(const objects::AnyCache& cache) : cache_(cache) {}  // NOLINT: stands for it
  const Object* Find(const std::string& ns, const std::string& name) const { return cache_.FindObject(ns, name); }
  void ForEach(const std::string& ns, const std::function<void(const Object&)>& visit) const {
    cache_.ForEachObject(ns, visit);
  }
  size_t size() const { return cache_.size(); }

 private:
  const objects::AnyCache& cache_;
};

class Cluster : public testing::Test {
 protected:
  Cluster() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "node", node_.Run());
    Spawn(io_.get_executor(), "deployment", deployment_controller_.Run());
    Spawn(io_.get_executor(), "replicaset", replica_set_controller_.Run());
    Spawn(io_.get_executor(), "replication", replication_controller_.Run());
    Spawn(io_.get_executor(), "statefulset", set_controller_.Run());
    Spawn(io_.get_executor(), "daemonset", daemon_set_controller_.Run());
    Spawn(io_.get_executor(), "job", job_controller_.Run());
    Spawn(io_.get_executor(), "cronjob", cron_job_controller_.Run());
    Spawn(io_.get_executor(), "disruption", disruption_controller_.Run());
    Spawn(io_.get_executor(), "claims", claim_controller_.Run());
    Spawn(io_.get_executor(), "placement", placement_controller_.Run());
    Spawn(io_.get_executor(), "endpoints", endpoints_controller_.Run());
    Spawn(io_.get_executor(), "ownership", ownership_controller_.Run());
    Spawn(io_.get_executor(), "quota", quota_controller_.Run());
    Spawn(io_.get_executor(), "namespaces", namespace_controller_.Run());
  }

  void Create(Json body) {
    body["metadata"].erase("uid");
    body["metadata"].erase("generation");
    body.erase("status");
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  void Modify(const std::string& kind, const std::string& name, const std::function<void(Json&)>& change) {
    const api::ObjectKey key{kind, kind == "PersistentVolume" || kind == "StorageClass" ? "" : "default", name};
    std::function<bool(Json&)> edit = [&](Json& body) {
      change(body);
      return true;
    };
    const auto modified = RunTask(io_, client_.Modify(key, edit));
    ASSERT_TRUE(modified.ok()) << modified.error().message;
  }
  void Scale(const std::string& name, int replicas) {
    Modify("StatefulSet", name, [&](Json& body) { body["spec"]["replicas"] = replicas; });
  }
  void Delete(const std::string& kind, const std::string& name) {
    const api::ObjectKey key{kind, kind == "PersistentVolume" || kind == "StorageClass" ? "" : "default", name};
    const auto deleted = RunTask(io_, client_.Delete(key, {}));
    ASSERT_TRUE(deleted.ok()) << deleted.error().message;
  }

  /// The document as the store has it; null when it is not there.
  Json Get(const std::string& kind, const std::string& name) {
    const api::ObjectKey key{kind, kind == "PersistentVolume" || kind == "StorageClass" ? "" : "default", name};
    const auto got = RunTask(io_, store_.Get(key));
    return got.ok() ? got->body() : Json();
  }
  std::vector<Object> List(const std::string& kind) { return RunTask(io_, store_.List(kind, {})).value().items; }
  std::vector<std::string> Names(const std::string& kind) {
    std::vector<std::string> names;
    for (const Object& object : List(kind)) names.push_back(object.name());
    return names;
  }

  template <class Condition>
  bool Eventually(Condition condition) {
    return RunUntil(io_, condition);
  }
  bool Ready(const std::string& set, int replicas) {
    return Eventually([&] {
      const Object* object = sets_.Find("default", set);
      if (object == nullptr) return false;
      const Json& status = api::Member(object->body(), "status");
      return api::ReadInt(status, "observedGeneration") == api::ReadMeta(object->body()).generation &&
             api::ReadInt(status, "replicas") == replicas && api::ReadInt(status, "readyReplicas") == replicas &&
             (replicas == 0 || api::ReadInt(status, "updatedReplicas") == replicas);
    });
  }
  bool Gone(const Documents& cache, const std::string& name) {
    return Eventually([&] { return cache.Find("default", name) == nullptr; });
  }

  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
  SeededRandom random_{7};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  NotedEvents events_;
  Documents deployments_{caches_.Of<api::Deployment>()}, replica_sets_{caches_.Of<api::ReplicaSet>()},
      sets_{caches_.Of<api::StatefulSet>()}, daemon_sets_{caches_.Of<api::DaemonSet>()},
      controllers_{caches_.Of<api::ReplicationController>()}, pods_{caches_.Of<api::Pod>()},
      claims_{caches_.Of<api::PersistentVolumeClaim>()}, volumes_{caches_.Of<api::PersistentVolume>()},
      classes_{caches_.Of<api::StorageClass>()}, revisions_{caches_.Of<api::ControllerRevision>()},
      services_{caches_.Of<api::Service>()}, slices_{caches_.Of<api::EndpointSlice>()}, jobs_{caches_.Of<api::Job>()},
      budgets_{caches_.Of<api::PodDisruptionBudget>()}, addresses_{caches_.PlainOf("Endpoints")},
      nodes_{caches_.Of<api::Node>()};
  Context context_{io_.get_executor(), clock_, client_, events_, random_, "node-a"};
  FakeStorage storage_;
  FakeNode node_{io_, clock_, client_, caches_.Of<api::Pod>()};
  deployment::Controller deployment_controller_{context_, caches_};
  replicaset::Controller replica_set_controller_{context_, caches_};
  replicaset::ControllerOf<api::ReplicationController> replication_controller_{context_, caches_};
  statefulset::Controller set_controller_{context_, caches_};
  daemonset::Controller daemon_set_controller_{context_, caches_};
  job::Controller job_controller_{context_, caches_};
  cronjob::Controller cron_job_controller_{context_, caches_};
  disruption::Controller disruption_controller_{context_, caches_};
  claims::Controller claim_controller_{context_, caches_, storage_};
  placement::Controller placement_controller_{context_, caches_};
  endpoints::Controller endpoints_controller_{context_, caches_};
  ownership::Controller ownership_controller_{context_, caches_};
  quota::Controller quota_controller_{context_, caches_};
  namespaces::Controller namespace_controller_{context_, caches_};
};

}  // namespace ordinal::controllers
