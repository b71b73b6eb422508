#include "tests/fakes/fake_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>

#include "agent/base/scope.h"
#include "agent/observe/pod_state.h"

namespace ordinal::fakes {
namespace {

using cri::Container;
using cri::ContainerState;
using cri::RuntimeEvent;
using cri::Sandbox;
using cri::SandboxState;

bool Matches(const cri::StringMap& labels, const cri::StringMap& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    const auto found = labels.find(pair.first);
    return found != labels.end() && found->second == pair.second;
  });
}

Error NotFound(const std::string& what, const std::string& id, std::string reason = {}) {
  return MakeError(ErrorCode::kNotFound, fmt::format("{} {}: not found", what, id), std::move(reason));
}

RuntimeEvent MakeEvent(RuntimeEvent::Kind kind, const std::string& id, int32_t exit_code = 0) {
  RuntimeEvent event;
  event.kind = kind;
  event.container_id = id;
  event.exit_code = exit_code;
  return event;
}

std::string PodUid(const cri::StringMap& labels) {
  const auto uid = labels.find(observe::kPodUidLabel);
  return uid == labels.end() ? std::string() : uid->second;
}

/// What the name of a container in it is reserved under.
cri::SandboxConfig NamesOf(const cri::SandboxConfig& config) {
  cri::SandboxConfig names;
  names.name = config.name;
  names.ns = config.ns;
  names.uid = config.uid;
  names.attempt = config.attempt;
  return names;
}

}  // namespace

FakeRuntime::FakeRuntime(Clock& clock, const Executor& control) : clock_(clock), control_(control), events_(control) {
  status_.runtime_ready = status_.network_ready = true;
  status_.sandbox_image = "ordinal.test/pause:1";
  status_.default_runtime = "runc";
}

void FakeRuntime::AddImage(const std::string& reference, cri::Image image) {
  if (image.id.empty()) image.id = fmt::format("sha256:{:064x}", std::hash<std::string>()(reference));
  if (image.repo_tags.empty()) image.repo_tags.push_back(reference);
  images_[reference] = std::move(image);
  RuntimeEvent event = MakeEvent(RuntimeEvent::Kind::kImageChanged, {});
  event.image = reference;
  events_.Send(std::move(event));
}

void FakeRuntime::FailNext(Call call, Error error, int times) {
  for (int i = 0; i < times; ++i) failures_[call].push_back(error);
}

void FakeRuntime::SetReachable(bool reachable) {
  if (std::exchange(reachable_, reachable) == reachable) return;
  events_.Mute(!reachable);
  if (reachable) events_.Send(RuntimeEvent{});
}

void FakeRuntime::ExitContainer(const std::string& id, int32_t exit_code, const std::string& reason) {
  Container& container = containers_.at(id);
  exits_.erase(id);
  if (container.state != ContainerState::kRunning) return;
  container.state = ContainerState::kExited;
  container.finished_at = clock_.Now();
  container.exit_code = exit_code;
  container.reason = !reason.empty() ? reason : exit_code == 0 ? "Completed" : "Error";
  events_.Send(MakeEvent(RuntimeEvent::Kind::kContainerExited, id, exit_code));
}

void FakeRuntime::ExitSandbox(const std::string& id) {
  Sandbox& sandbox = sandboxes_.at(id);
  if (sandbox.state == SandboxState::kNotReady) return;
  sandbox.state = SandboxState::kNotReady;
  events_.Send(MakeEvent(RuntimeEvent::Kind::kContainerExited, id, 137));
}

const Container* FakeRuntime::Find(const std::string& pod, const std::string& container) const {
  const Container* newest = nullptr;
  for (const auto& [id, candidate] : containers_) {
    const auto sandbox = sandboxes_.find(candidate.sandbox_id);
    if (candidate.name != container || sandbox == sandboxes_.end() || sandbox->second.name != pod) continue;
    newest = &candidate;  // ids grow
  }
  return newest;
}

Task<Status> FakeRuntime::Begin(Call call, std::string logged) {
  // Not logged while unreachable: the runtime never saw the call.
  if (!logged.empty() && reachable_) calls_.push_back(std::move(logged));
  co_await asio::post(control_, asio::use_awaitable);
  if (const auto delay = delays_.find(call); delay != delays_.end() && delay->second > Duration(0)) {
    co_await Sleep(clock_, delay->second);
    if (co_await GivenUp()) co_return MakeError(ErrorCode::kCancelled, "the caller gave up");
  }
  if (!reachable_) co_return MakeError(ErrorCode::kUnavailable, "the runtime does not answer");
  if (auto& failures = failures_[call]; !failures.empty()) {
    const std::optional<Error> error = failures.front();
    failures.pop_front();
    if (!error) throw std::runtime_error("what nobody expects of a runtime");
    co_return *error;
  }
  co_return Status();
}

FakeRuntime::Behaviour FakeRuntime::BehaviourOf(const Container& container) const {
  const auto found = behaviours_.find(container.name);
  return found == behaviours_.end() ? Behaviour() : found->second;
}

std::string FakeRuntime::NameOf(const std::string& container_id) const {
  const auto found = containers_.find(container_id);
  return found == containers_.end() ? container_id : found->second.name;
}

template <class T>
std::vector<const T*> FakeRuntime::Candidates(const std::map<std::string, T>& all, const cri::StringMap& labels) const {
  std::vector<const T*> found;
  const std::string uid = PodUid(labels);
  if (uid.empty()) {
    for (const auto& [id, item] : all) found.push_back(&item);
  } else if (const auto ids = ids_of_pod_.find(uid); ids != ids_of_pod_.end()) {
    for (const std::string& id : ids->second) {
      if (const auto item = all.find(id); item != all.end()) found.push_back(&item->second);
    }
  }
  std::erase_if(found, [&](const T* item) { return !Matches(item->labels, labels); });
  return found;
}

// fake_runtime_containers.cc uses it too.
template std::vector<const Container*> FakeRuntime::Candidates(const std::map<std::string, Container>& all,
                                                               const cri::StringMap& labels) const;

Task<Result<cri::Version>> FakeRuntime::GetVersion() {
  CO_TRYV(co_await Begin(Call::kGetVersion));
  co_return cri::Version{"fake", "1", "v1"};
}

Task<Result<cri::RuntimeStatus>> FakeRuntime::GetStatus() {
  CO_TRYV(co_await Begin(Call::kGetStatus));
  co_return status_;
}

Task<Result<std::string>> FakeRuntime::RunSandbox(cri::SandboxConfig config) {
  const Status begun = co_await Begin(Call::kRunSandbox, fmt::format("RunSandbox {}/{}", config.ns, config.name));
  if (!begun.ok() && begun.error().code == ErrorCode::kCancelled && outlives_) {
    late_.push_back(clock_.After(*outlives_, [this, config] { static_cast<void>(MakeSandbox(config)); }));
  }
  CO_TRYV(begun);
  co_return MakeSandbox(std::move(config));
}

Result<std::string> FakeRuntime::MakeSandbox(cri::SandboxConfig config) {
  const std::string name = fmt::format("{}_{}_{}_{}", config.name, config.ns, config.uid, config.attempt);
  if (!reserved_names_.insert(name).second) {
    return MakeError(ErrorCode::kAlreadyExists, "failed to reserve sandbox name " + name, "FailedCreatePodSandBox");
  }
  Sandbox sandbox;
  sandbox.id = NewId();
  sandbox.name = config.name;
  sandbox.uid = config.uid;
  sandbox.ns = config.ns;
  sandbox.attempt = config.attempt;
  sandbox.state = SandboxState::kReady;
  sandbox.created_at = clock_.Now();
  sandbox.labels = config.labels;
  sandbox.annotations = config.annotations;
  sandbox.host_network = config.namespaces.network == cri::NamespaceMode::kNode;
  if (!sandbox.host_network) {
    sandbox.ips = {fmt::format("10.{}.{}.{}", 128 + last_id_ / 62'500, last_id_ / 250 % 250, last_id_ % 250 + 2)};
  }
  const std::string id = sandbox.id;
  ids_of_pod_[PodUid(config.labels)].insert(id);
  sandbox_configs_[id] = keeps_configs_ ? std::move(config) : NamesOf(config);
  sandboxes_[id] = std::move(sandbox);
  events_.Send(MakeEvent(RuntimeEvent::Kind::kContainerStarted, id));
  return id;
}

void FakeRuntime::StopSandboxNow(Sandbox& sandbox) {
  if (const auto owned = containers_of_.find(sandbox.id); owned != containers_of_.end()) {
    for (const std::string& container : owned->second) ExitContainer(container, 137);
  }
  ExitSandbox(sandbox.id);
  sandbox.ips.clear();
}

Task<Status> FakeRuntime::StopSandbox(std::string id) {
  CO_TRYV(co_await Begin(Call::kStopSandbox, "StopSandbox " + id));
  if (const auto found = sandboxes_.find(id); found != sandboxes_.end()) StopSandboxNow(found->second);
  co_return Status();
}

Task<Status> FakeRuntime::RemoveSandbox(std::string id) {
  CO_TRYV(co_await Begin(Call::kRemoveSandbox, "RemoveSandbox " + id));
  const auto found = sandboxes_.find(id);
  if (found == sandboxes_.end()) co_return Status();
  StopSandboxNow(found->second);
  const std::set<std::string> owned = containers_of_[id];
  for (const std::string& container : owned) EraseContainer(container);
  containers_of_.erase(id);
  const Sandbox& sandbox = found->second;
  reserved_names_.erase(fmt::format("{}_{}_{}_{}", sandbox.name, sandbox.ns, sandbox.uid, sandbox.attempt));
  auto& ids = ids_of_pod_[PodUid(sandbox.labels)];
  ids.erase(id);
  if (ids.empty()) ids_of_pod_.erase(PodUid(sandbox.labels));
  sandbox_configs_.erase(id);
  sandboxes_.erase(found);
  co_return Status();
}

Task<Result<Sandbox>> FakeRuntime::SandboxStatus(std::string id) {
  CO_TRYV(co_await Begin(Call::kSandboxStatus));
  const auto found = sandboxes_.find(id);
  if (found == sandboxes_.end()) co_return NotFound("sandbox", id);
  co_return found->second;
}

Task<Result<std::vector<Sandbox>>> FakeRuntime::ListSandboxes(cri::SandboxFilter filter) {
  CO_TRYV(co_await Begin(Call::kListSandboxes));
  std::vector<Sandbox> listed;
  for (const Sandbox* sandbox : Candidates(sandboxes_, filter.labels)) {
    if (!filter.id.empty() && sandbox->id != filter.id) continue;
    Sandbox& copy = listed.emplace_back(*sandbox);
    copy.ips.clear();
    copy.host_network = false;
  }
  co_return listed;
}

}  // namespace ordinal::fakes
