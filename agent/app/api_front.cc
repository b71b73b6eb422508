#include "agent/app/api_front.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "agent/api/openapi/resources.h"
#include "agent/apiserver/access.h"
#include "agent/apiserver/auth/kubeconfig.h"
#include "agent/apiserver/auth/pki.h"
#include "agent/apiserver/auth/reviews.h"
#include "agent/apiserver/discovery/discovery.h"
#include "agent/apiserver/discovery/openapi.h"
#include "agent/apiserver/rest/read_ahead.h"
#include "agent/app/directories.h"
#include "agent/app/host.h"
#include "agent/base/log.h"
#include "agent/observe/pod_state.h"

namespace ordinal {
namespace {

constexpr std::chrono::hours kLookAtKeys{24};  // they are made anew 30 days before they run out

using apiserver::Handler;
using apiserver::Request;
using apiserver::Response;
using apiserver::auth::PkiSettings;
using Asked = std::shared_ptr<const Request>;

PkiSettings PkiSettingsOf(const Config& config) {
  PkiSettings settings;
  const Layout layout(DirectoriesOf(config));
  settings.directory = layout.Pki();
  settings.admin_kubeconfig = layout.AdminKubeconfig();
  settings.node_name = config.node_name;
  settings.listen = config.api_listen;
  return settings;
}

/// A handler that needs no waiting.
Handler Plain(std::function<Response(const Request&)> answer) {
  return [answer = std::move(answer)](Asked request) -> Task<Response> {
    Response response = answer(*request);
    co_return response;
  };
}

using Review = std::function<Result<api::Json>(const apiserver::User&, api::Json)>;

Response AnswerReview(const Review& review, const Request& request) {
  Response response;
  if (request.method != "POST") return apiserver::rest::Refuse(apiserver::rest::MethodNotAllowed());
  apiserver::rest::Repeats ignored;  // the last one counts
  Result<api::Json> body = apiserver::rest::DocumentOf(request, request.Header("content-type"), ignored);
  if (body.ok() && !body->is_object()) body = apiserver::rest::BadRequest("the body is no object");
  const Result<api::Json> answer = body.ok() ? review(request.user, std::move(*body)) : Result<api::Json>(body.error());
  if (!answer.ok()) return apiserver::rest::Refuse(apiserver::rest::RefusalOf(answer.error(), {}, {}));
  response.status = 201;
  response.body = answer->dump();
  return response;
}

/// "ok", or with ?verbose or a failure one line a part, as the reference writes them.
Response AnswerHealth(const api::Json& parts, const std::string& name, const Request& request) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  const bool healthy = std::all_of(parts.begin(), parts.end(), [](const api::Json& part) { return part == true; });
  response.status = healthy ? 200 : 500;
  std::string text;
  for (const auto& [part, state] : parts.items()) {
    text += state == true ? fmt::format("[+]{} ok\n", part)
                          : fmt::format("[-]{} failed: {}\n", part, state.get<std::string>());
  }
  text += fmt::format("{} check {}\n", name, healthy ? "passed" : "failed");
  response.body = healthy && !request.HasQuery("verbose") ? std::string("ok") : text;
  return response;
}

}  // namespace

ApiFront::ApiFront(ApiParts parts)
    : parts_(std::move(parts)),
      logs_(parts_.client, parts_.pool, parts_.clock, Layout(DirectoriesOf(parts_.config))),
      sessions_(parts_.client, [this](apiserver::streams::ExecAsk ask) { return AskRuntime(std::move(ask)); }),
      meter_(parts_.stats, parts_.clock, parts_.config.node_name),
      usage_(parts_.client, meter_, parts_.config.node_name),
      metrics_([this] { return usage_.Pods(); }, [this] { return usage_.Nodes(); }),
      api_(apiserver::rest::Parts{parts_.client, parts_.clock, parts_.random, parts_.executor}, MakeRoutes()) {}

ApiFront::~ApiFront() { Stop(); }

Status ApiFront::ReadyKeys() {
  TRY(keys_, MakeKeys());
  return {};
}

Status ApiFront::Start() {
  const apiserver::auth::Pki pki = std::exchange(keys_, {});
  apiserver::ServerSettings server;
  server.listen = parts_.config.api_listen;
  server.certificates = pki.ForServer();
  ca_certificate_ = pki.ca.certificate;
  server.limits = apiserver::WithinDescriptors(server.limits, RaiseDescriptorLimit());
  server.authorize = apiserver::Refusal;
  server.prepare = apiserver::Prepare{apiserver::rest::TakesLong, apiserver::rest::ReadAhead};
  Handler handler = [this](Asked request) { return api_.Handle(std::move(request)); };
  server_ =
      std::make_unique<apiserver::Server>(std::move(server), parts_.executor, parts_.clock,
                                          apiserver::auth::Authenticator(pki.tokens, parts_.clock), std::move(handler));
  TRYV(server_->Start());
  for (const std::string& endpoint : server_->endpoints()) log::Info("API: https://{}", endpoint);
  Spawn(parts_.executor, "certificates", KeepKeysFresh());
  return {};
}

Result<apiserver::auth::Pki> ApiFront::MakeKeys() {
  const PkiSettings settings = PkiSettingsOf(parts_.config);
  TRY(apiserver::auth::Pki pki, apiserver::auth::EnsurePki(settings, parts_.clock, parts_.random));
  const std::string url = apiserver::auth::ServerUrl(parts_.config.api_listen.front());
  TRYV(apiserver::auth::WriteAdminKubeconfig(settings, pki, url));
  return pki;
}

Task<void> ApiFront::KeepKeysFresh() {
  while (true) {
    co_await Sleep(parts_.clock, kLookAtKeys);
    const Result<apiserver::auth::Pki> pki = MakeKeys();
    const Status renewed = pki.ok() ? server_->Renew(pki->ForServer()) : Status(pki.error());
    if (!renewed.ok()) log::Error("API certificates: {}", renewed.error().message);
  }
}

void ApiFront::Stop() {
  if (server_) server_->Stop();
}

apiserver::Routes ApiFront::MakeRoutes() {
  apiserver::Routes routes;
  const Handler discovery = Plain(apiserver::ServeDiscovery);
  for (const char* path : {"/", "/version", "/api", "/apis"}) routes.Add(path, discovery);
  for (const api::openapi::GroupVersion version : api::openapi::ServedVersions()) {
    routes.Add(api::openapi::BasePath(version), discovery);
    if (!version.group.empty()) routes.Add("/apis/" + std::string(version.group), discovery);
  }
  const Handler open_api = Plain(apiserver::ServeOpenApi);
  for (const char* path : {"/openapi/v2", "/openapi/v3", "/openapi/v3/"}) routes.Add(path, open_api);
  routes.Add("/apis/metrics.k8s.io/v1beta1/", [this](Asked request) { return metrics_.Get(std::move(request)); });
  routes.AddSubresource("pods", "log", [this](Asked request) { return logs_.Get(std::move(request)); });
  routes.AddSubresource("pods", "exec", [this](Asked request) { return sessions_.Exec(std::move(request)); });
  routes.AddSubresource("pods", "attach", [this](Asked request) { return sessions_.Attach(std::move(request)); });
  routes.AddSubresource("pods", "portforward",
                        [this](Asked request) { return sessions_.PortForward(std::move(request)); });
  AddReviews(routes);
  AddHealth(routes);
  return routes;
}

void ApiFront::AddReviews(apiserver::Routes& routes) {
  const std::string authorization = "/apis/authorization.k8s.io/v1/";
  const auto add = [&routes](const std::string& path, Review review) {
    routes.Add(path,
               Plain([review = std::move(review)](const Request& request) { return AnswerReview(review, request); }));
  };
  add(authorization + "selfsubjectaccessreviews", apiserver::auth::ReviewAccess);
  add(authorization + "selfsubjectrulesreviews", apiserver::auth::ReviewRules);
  add(authorization + "subjectaccessreviews",
      [](const apiserver::User&, api::Json body) { return apiserver::auth::ReviewSubject(std::move(body)); });
  add("/apis/authentication.k8s.io/v1/selfsubjectreviews", apiserver::auth::ReviewSelf);
}

/// Live: the control thread answers. Ready: every part is.
void ApiFront::AddHealth(apiserver::Routes& routes) {
  for (const char* name : {"healthz", "livez"}) {
    routes.Add(std::string("/") + name, Plain([name](const Request& request) {
                 return AnswerHealth(api::Json{{"ping", true}}, name, request);
               }));
  }
  routes.Add("/readyz",
             Plain([this](const Request& request) { return AnswerHealth(parts_.readiness(), "readyz", request); }));
}

Task<Result<std::string>> ApiFront::SandboxOf(std::string uid) {
  cri::SandboxFilter filter;
  filter.labels[observe::kPodUidLabel] = uid;
  CO_TRY(std::vector<cri::Sandbox> found, co_await parts_.runtime.ListSandboxes(std::move(filter)));
  std::erase_if(found, [](const cri::Sandbox& sandbox) { return sandbox.state != cri::SandboxState::kReady; });
  if (found.empty()) co_return MakeError(ErrorCode::kFailedPrecondition, "the pod has no sandbox that runs");
  const auto newest = std::max_element(
      found.begin(), found.end(), [](const auto& one, const auto& other) { return one.created_at < other.created_at; });
  co_return newest->id;
}

Task<Result<std::string>> ApiFront::AskRuntime(apiserver::streams::ExecAsk ask) {
  using Kind = apiserver::streams::ExecAsk::Kind;
  if (ask.kind == Kind::kPortForward) {
    CO_TRY(const std::string sandbox, co_await SandboxOf(ask.uid));
    co_return co_await parts_.streaming.PortForward(sandbox, ask.ports);
  }
  cri::StreamOptions options;
  options.in = ask.in;
  options.out = ask.out;
  options.err = ask.err;
  options.tty = ask.tty;
  if (ask.kind == Kind::kAttach) co_return co_await parts_.streaming.Attach(ask.container_id, options);
  co_return co_await parts_.streaming.Exec(ask.container_id, ask.command, options);
}

int RunKubeconfig(const Config& config, const std::string& role) {
  const auto print = [&]() -> Result<std::string> {
    TRY(const apiserver::auth::Pki pki, apiserver::auth::LoadPki(Layout(DirectoriesOf(config)).Pki()));
    return apiserver::auth::Kubeconfig(pki, role, apiserver::auth::ServerUrl(config.api_listen.front()));
  };
  const Result<std::string> text = print();
  if (!text.ok()) {
    std::cerr << "ordinald kubeconfig: " << text.error().message << '\n';
    return 1;
  }
  std::cout << *text;
  return 0;
}

}  // namespace ordinal
