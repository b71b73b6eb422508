// PodResize: a host on which the resources of pods are changed while they run.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {

class PodResize : public ::testing::Test {
 protected:
  static Json Burstable(const std::string& cpu, const std::string& memory, const std::string& most = "4Gi") {
    return {{"requests", {{"cpu", cpu}, {"memory", memory}}}, {"limits", {{"cpu", "2"}, {"memory", most}}}};
  }

  static Json SpecWith(Json resources, const std::string& policy = "Always") {
    Json spec = Spec({}, {"main"}, policy);
    spec["containers"][0]["resources"] = std::move(resources);
    return spec;
  }

  void Resize(Json resources, const std::string& name = "kubia-0") {
    objects::WriteOptions options;
    options.part = objects::WriteOptions::Part::kResize;
    objects::Objects::Edit edit = [&](const api::Object& current) -> Result<Json> {
      Json next = current.body();
      next["spec"]["containers"][0]["resources"] = resources;
      return next;
    };
    const auto written = RunTask(host.io, host.client.Change({"Pod", "default", name}, edit, options));
    ASSERT_TRUE(written.ok()) << written.error().message;
  }

  /// "True Deferred …" of that type; empty when there is none.
  std::string Condition(const std::string& type, const std::string& name = "kubia-0") {
    const Json status = host.StatusOf(name);
    for (const Json& each : api::Member(status, "conditions")) {
      if (api::ReadString(each, "type") != type) continue;
      return api::ReadString(each, "status") + " " + api::ReadString(each, "reason") + " " +
             api::ReadString(each, "message");
    }
    return {};
  }
  std::string Pending(const std::string& name = "kubia-0") { return Condition("PodResizePending", name); }
  std::string InProgress() { return Condition("PodResizeInProgress"); }

  Json ContainerStatus(const std::string& name = "kubia-0") { return host.StatusOf(name)["containerStatuses"][0]; }
  Json Allocated(const std::string& name = "kubia-0") { return ContainerStatus(name)["allocatedResources"]; }
  Json Shown() { return ContainerStatus()["resources"]; }

  const cri::Resources& Has(const std::string& pod = "kubia-0") {
    return host.runtime.ContainerConfigOf(host.runtime.Find(pod, "main")->id).resources;
  }

  void Start(Json spec, const std::string& name = "kubia-0") {
    host.Apply(std::move(spec), name);
    host.Settle();
    ASSERT_EQ(host.Running(name), "main#0");
  }

  /// A file of the pod's cgroup, or of the container `id` in it.
  std::string CgroupFile(const std::string& file, const std::string& id = {}) {
    const std::string cgroup =
        host.directory / ("cgroup/memory/kubepods/burstable/pod" + host.Object().uid() + (id.empty() ? "" : "/" + id));
    std::filesystem::create_directories(cgroup);
    return cgroup + "/" + file;
  }

  Host host;  // of 2 processors and 8 Gi
};

}  // namespace ordinal::podsync
