// Pods and what the runtime holds of them, as the tests of this room write them down.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/layout.h"
#include "agent/observe/pod_state.h"

namespace ordinal::podsync {

using api::Json;
using std::chrono::seconds;

/// Where an agent without a configuration keeps what it keeps.
inline const Layout kLayout{Directories{}};
inline constexpr char kUid[] = "11111111-2222-4333-8444-555555555555";

/// A recorded file of tests/data/podsync.
inline Json Recorded(const std::string& file) {
  std::ifstream in(std::string(ORDINAL_TEST_DATA) + "/podsync/" + file);
  return Json::parse(in);
}

inline WallTime At(const std::string& time) { return *ParseTime(time); }

/// Noon of a day, plus `after`.
inline WallTime Noon(seconds after = seconds(0)) { return At("2026-11-21T12:00:00Z") + after; }

/// The pod default/kubia-0 of node-a with this spec.
inline Json PodDocument(Json spec) {
  if (!spec.contains("nodeName")) spec["nodeName"] = "node-a";
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", "kubia-0"}, {"namespace", "default"}, {"uid", kUid}}},
          {"spec", std::move(spec)}};
}

inline api::Pod PodFrom(Json document) { return api::Pod::From(api::Object(std::move(document))); }
inline api::Pod PodWith(Json spec) { return PodFrom(PodDocument(std::move(spec))); }

/// "a b" → two containers of these names; "a*" is an init container with restartPolicy Always.
inline Json Containers(const std::vector<std::string>& names) {
  Json out = Json::array();
  for (std::string name : names) {
    Json container = {{"image", "busybox:1.35"}};
    if (name.ends_with("*")) {
      name.pop_back();
      container["restartPolicy"] = "Always";
    }
    container["name"] = name;
    out.push_back(std::move(container));
  }
  return out;
}

inline Json Spec(const std::vector<std::string>& inits, const std::vector<std::string>& mains,
                 const std::string& restart_policy = "Always") {
  return {{"restartPolicy", restart_policy}, {"initContainers", Containers(inits)}, {"containers", Containers(mains)}};
}

/// What the runtime holds of one pod. Later additions are newer.
class Held {
 public:
  Held() {
    state_.uid = kUid;
    state_.name = "kubia-0";
    state_.ns = "default";
  }

  Held& Sandbox(const std::string& id, uint32_t attempt = 0, bool ready = true) {
    cri::Sandbox sandbox;
    sandbox.id = id;
    sandbox.attempt = attempt;
    sandbox.state = ready ? cri::SandboxState::kReady : cri::SandboxState::kNotReady;
    if (ready) sandbox.ips = {"10.244.0.7"};
    state_.sandboxes.insert(state_.sandboxes.begin(), std::move(sandbox));
    sandbox_ = id;
    return *this;
  }

  Held& WithoutAddress() {
    state_.sandboxes.front().ips.clear();
    return *this;
  }

  Held& Created(const std::string& name, uint32_t attempt = 0) {
    return Add(name, attempt, cri::ContainerState::kCreated);
  }

  Held& Running(const std::string& name, uint32_t attempt = 0, WallTime since = Noon()) {
    Add(name, attempt, cri::ContainerState::kRunning);
    state_.containers.front().started_at = since;
    return *this;
  }

  Held& Unknown(const std::string& name, uint32_t attempt = 0) {
    return Add(name, attempt, cri::ContainerState::kUnknown);
  }

  Held& Ended(const std::string& name, int32_t exit_code, uint32_t attempt = 0, WallTime finished = Noon(),
              Duration ran = seconds(1)) {
    Add(name, attempt, cri::ContainerState::kExited);
    cri::Container& container = state_.containers.front();
    container.started_at = finished - ran;
    container.finished_at = finished;
    container.exit_code = exit_code;
    container.reason = exit_code == 0 ? "Completed" : "Error";
    return *this;
  }

  /// The newest container, to be changed.
  cri::Container& Last() { return state_.containers.front(); }
  const observe::PodState& state() const { return state_; }

 private:
  Held& Add(const std::string& name, uint32_t attempt, cri::ContainerState how) {
    cri::Container container;
    container.id = fmt::format("{}-{}", name, attempt);
    container.sandbox_id = sandbox_;
    container.name = name;
    container.attempt = attempt;
    container.state = how;
    container.image_ref = "sha256:1";
    state_.containers.insert(state_.containers.begin(), std::move(container));
    return *this;
  }

  observe::PodState state_;
  std::string sandbox_;
};

}  // namespace ordinal::podsync
