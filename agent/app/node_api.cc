#include "agent/app/node_api.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "agent/apiserver/auth/authorizer.h"
#include "agent/app/measured_pods.h"
#include "agent/app/node_api_address.h"
#include "agent/app/node_settings.h"
#include "agent/base/log.h"
#include "agent/metrics/exposition.h"
#include "agent/node/api/health.h"

namespace ordinal {
namespace {

constexpr char kAnonymous[] = "system:unauthenticated";

/// A few scrapers, who may come from anywhere.
http::Limits NodeApiLimits() {
  http::Limits limits;
  limits.body_bytes = limits.reader_body_bytes = limits.bodies_bytes = 16 * 1024;  // nobody has anything to send
  limits.compress_from = 1024;
  limits.silent = 64;
  limits.strangers = 32;
  limits.connections = 64;
  limits.streams = limits.reader_streams = limits.user_streams = 16;  // logs
  limits.waiting_streams = 16;
  return limits;
}

node::Access AccessTo(const std::string& node_name, const apiserver::auth::Authorizer& rights) {
  node::Access access;
  access.known = [](const http::User& user) {
    return std::find(user.groups.begin(), user.groups.end(), kAnonymous) == user.groups.end();
  };
  access.may = [node_name, &rights](const http::User& user, std::string_view verb, std::string_view subresource) {
    apiserver::auth::Attributes attributes;
    attributes.verb = verb;
    attributes.resource = "nodes";
    attributes.subresource = subresource;
    attributes.name = node_name;
    return rights.Allows(user, attributes);
  };
  access.complete = [&rights] { return rights.complete(); };
  return access;
}

}  // namespace

NodeApi::NodeApi(Parts parts)
    : parts_(std::move(parts)),
      began_(parts_.clock.Steady()),
      figures_(FigureSources(), parts_.clock),
      logs_(parts_.objects, parts_.pool, parts_.clock, parts_.layout, parts_.config.node_name),
      handlers_(ApiSources(), parts_.clock) {}

NodeApi::~NodeApi() { Stop(); }

metrics::Figures::Sources NodeApi::FigureSources() {
  const MeasuredPods pods{parts_.config.node_name,
                          parts_.layout,
                          parts_.runtime,
                          parts_.caches.Of<api::Pod>(),
                          parts_.caches.Of<api::PersistentVolumeClaim>(),
                          parts_.caches.Of<api::PersistentVolume>()};
  return metrics::Figures::Sources{
      .pods = [pods] { return pods.Subjects(); },
      .agent = [this] { return AgentNow(); },
      .probes = [this] { return ProbesOf(parts_.pods.prober()); },
      .images = [this] { return parts_.runtime.calls().ImageFsInfo(); },
      .stats = parts_.runtime.stats(),
      .node = parts_.config.node_name,
      .node_disk = parts_.config.state_dir,
  };
}

node::ApiSources NodeApi::ApiSources() {
  node::ApiSources sources;
  sources.metrics = [this] { return figures_.Agent(); };
  sources.cadvisor = [this] { return figures_.Cadvisor(); };
  sources.probes = [this] { return figures_.Probes(); };
  sources.resource = [this] { return figures_.Resource(); };
  sources.metrics_type = metrics::kExpositionType;
  sources.summary = [this](bool less) { return figures_.Summary(less); };
  sources.pods = [this] { return PodList(); };
  sources.health = [this] { return Health(); };
  sources.settings = [this] { return KubeletConfigOf(parts_.config, parts_.runtime.status().systemd_cgroup); };
  sources.logs = [this](std::shared_ptr<const http::Request> request) { return logs_.Get(std::move(request)); };
  return sources;
}

metrics::AgentFigures NodeApi::AgentNow() const {
  metrics::AgentFigures now;
  now.node = parts_.config.node_name;
  CountPods(parts_.caches.Of<api::Pod>(), parts_.runtime.view(), now);
  const podsync::Counts& counts = parts_.pods.counts();
  now.containers_started = {counts.containers.tried, counts.containers.failed};
  now.init_containers_started = {counts.init_containers.tried, counts.init_containers.failed};
  now.pod_start = counts.start;
  now.create = counts.create;
  now.update = counts.update;
  now.sync = counts.sync;
  const observe::Relists& relists = parts_.runtime.view().relists();
  now.relist = relists.took;
  now.relist_interval = relists.interval;
  now.last_relist = relists.last;
  now.calls = parts_.runtime.counts().all();
  for (const auto& [what, asked] : handlers_.asked()) now.requests[what] = {asked.took, asked.under_way};
  return now;
}

api::Json NodeApi::Health() const {
  const SteadyTime now = parts_.clock.Steady();
  node::HealthSubject subject;
  subject.waiting_for = parts_.waiting_for();
  subject.runs = now - began_;
  const std::optional<SteadyTime> silent = parts_.runtime.view().SilentSince();
  if (silent) subject.runtime_silent = now - *silent;
  return node::HealthOf(subject);
}

Task<Result<std::string>> NodeApi::PodList() {
  const objects::Cache<api::Pod>& pods = parts_.caches.Of<api::Pod>();
  co_await parts_.caches.Of<api::Pod>().WaitSynced();
  std::string items;
  pods.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    if (pod->spec.node_name != parts_.config.node_name) return;
    if (!items.empty()) items += ',';
    const api::Object::Text& text = pod->object.text();  // as stored: what rests is not read again for this
    items += text ? *text : pod->object.body().dump();
  });
  co_return R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":[)" + items + "]}\n";
}

void NodeApi::ServeBy(ApiFront& front) {
  front.OnNodeCertificates([this](const http::Certificates& certificates) { Use(certificates); });
  front.ServeNodeProxy(
      [this](std::shared_ptr<const http::Request> request) { return handlers_.Handle(node::BehindProxy(*request)); });
}

http::ServerSettings NodeApi::Settings(const std::string& listen, const http::Certificates& certificates) const {
  http::ServerSettings settings;
  settings.listen = {listen};
  settings.certificates = certificates;
  settings.limits = NodeApiLimits();
  settings.failure = [](int status, std::string_view message) { return node::PlainText(status, std::string(message)); };
  settings.settle = [who = &parts_.authenticator()](std::string_view bearer, std::function<void()> then) {
    return who->Settle(bearer, std::move(then));
  };
  settings.authorize = [access = AccessTo(parts_.config.node_name, parts_.access)](const http::Request& request) {
    return node::RefuseAccess(access, request);
  };
  return settings;
}

void NodeApi::Use(const http::Certificates& certificates) {
  if (certificates.chain.empty()) return;  // the keys' maker said why; what serves goes on with what it has
  const std::string listen = NodeApiListen(parts_.config);
  if (server_ || listen.empty()) {
    const Status renewed = server_ ? server_->Renew(certificates) : Status();
    if (!renewed.ok()) log::Error("certificate of the node's own API: {}", renewed.error().message);
    return;
  }
  http::Handler handler = [this](std::shared_ptr<const http::Request> request) {
    return handlers_.Handle(std::move(request));
  };
  server_ = std::make_unique<http::Server>(
      Settings(listen, certificates), parts_.executor, parts_.clock,
      [who = &parts_.authenticator()](const http::Credentials& shown) { return (*who)(shown); }, std::move(handler));
  const Status started = server_->Start();
  if (!started.ok()) {
    log::Error(
        "the node's own API, with its metrics, is not served: {}; --node-api-listen (here {}) names another "
        "address, or \"{}\"",
        started.error().message, listen, kNoNodeApi);
    server_.reset();
    return;
  }
  const std::string& where = server_->endpoints().front();
  port_ = std::atoi(where.c_str() + where.rfind(':') + 1);
  log::Info("API of the node: https://{}", where);
}

void NodeApi::Stop() {
  if (server_) server_->Stop();
}

}  // namespace ordinal
