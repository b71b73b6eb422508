#include "agent/app/api_front.h"

#include <iostream>
#include <utility>

#include "agent/apiserver/auth/kubeconfig.h"
#include "agent/apiserver/auth/reviews.h"
#include "agent/app/api_addresses.h"
#include "agent/app/directories.h"
#include "agent/app/exec_addresses.h"
#include "agent/app/host.h"
#include "agent/app/node_api_address.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/tokens/keys.h"

namespace ordinal {
namespace {

/// The same, saying what it is of.
Status Of(const char* what, Status started) {
  if (started.ok()) return started;
  return MakeError(started.error().code, std::string(what) + ": " + started.error().message);
}

constexpr std::chrono::hours kLookAtTokenKeys{24};

using apiserver::auth::Pki;
using apiserver::auth::PkiSettings;

/// Where pods reach it.
std::string AheadOf(const Config& config) { return ApiAddressesOf(config, {}).listen_ahead; }

PkiSettings PkiSettingsOf(const Config& config) {
  PkiSettings settings;
  const Layout layout(DirectoriesOf(config));
  settings.directory = layout.Pki();
  settings.admin_kubeconfig = layout.AdminKubeconfig();
  settings.node_name = config.node_name;
  settings.listen = config.api_listen;
  const std::string ahead = AheadOf(config);
  if (!ahead.empty()) settings.listen.push_back(ahead);
  settings.node_addresses = NodeApiAddresses(config);
  settings.host_addresses = HostAddresses();
  settings.host_name = CurrentHostName();
  return settings;
}

std::string TokenKeysOf(const Config& config) { return Layout(DirectoriesOf(config)).TokenKeys(); }

/// Of the command socket: a few programs of this host. Who holds more connections loses the oldest of them, whatever it
/// does, and half a request or an answer that nobody takes is waited for as long as a person waits.
http::Limits CommandLimits() {
  constexpr std::chrono::seconds kPatience{10};
  http::Limits limits;
  limits.bodies_bytes = 8 * 1024 * 1024;
  limits.silent = 32;
  limits.strangers = 8;
  limits.connections = 64;
  limits.newest_stays = true;
  limits.streams = 16;
  limits.waiting_streams = 16;
  limits.header = limits.body = limits.idle = limits.write = kPatience;
  return limits;
}

}  // namespace

ApiFront::ApiFront(ApiParts parts)
    : parts_(std::move(parts)),
      meter_(parts_.stats, parts_.clock, parts_.config.node_name),
      usage_(parts_.client, meter_, parts_.config.node_name),
      handlers_(apiserver::rest::Parts{parts_.client, parts_.clock, parts_.random, parts_.executor, &access_},
                parts_.pool, Layout(DirectoriesOf(parts_.config)), SourcesOf()),
      keeper_({parts_.clock, parts_.random, [&config = parts_.config] { return PkiSettingsOf(config); },
               apiserver::auth::ServerUrl(parts_.config.api_listen.front())}) {}

ApiFront::~ApiFront() { Stop(); }

Status ApiFront::ReadyKeys() {
  TRY(keys_, keeper_.Make());
  const Status held = apiserver::auth::MakeTokenFile(Layout(DirectoriesOf(parts_.config)).Pki(), parts_.random);
  if (!held.ok()) log::Error("file of tokens: {}", held.error().message);  // certificates do as well
  TRY(auto signing, tokens::EnsureKeys(TokenKeysOf(parts_.config), parts_.clock.Now()));
  accounts_ = std::make_unique<tokens::Issuer>("https://kubernetes.default.svc." + parts_.config.cluster_domain,
                                               std::move(signing), parts_.clock, parts_.random);
  return {};
}

apiserver::Sources ApiFront::SourcesOf() {
  apiserver::Sources sources;
  sources.readiness = parts_.readiness;
  sources.manifest_errors = parts_.manifest_errors;
  sources.pod_usage = [this] { return usage_.Pods(); };
  sources.node_usage = [this] { return usage_.Nodes(); };
  sources.ask_runtime = ExecAddresses(parts_.runtime, parts_.streaming);
  sources.review_token = [this](api::Json body) {
    return apiserver::auth::ReviewToken(*authenticator_, std::move(body));
  };
  sources.issuer = [this]() -> const tokens::Issuer& { return *accounts_; };
  sources.access = &access_;
  sources.node = parts_.config.node_name;
  sources.node_proxy = [this](std::shared_ptr<const http::Request> request) { return node_proxy_(std::move(request)); };
  return sources;
}

std::unique_ptr<http::Server> ApiFront::MakeServer(http::ServerSettings settings) {
  http::Handler handler = [this](std::shared_ptr<const http::Request> request) {
    return handlers_.Handle(std::move(request));
  };
  http::Authenticate authenticate = [this](const http::Credentials& shown) { return (*authenticator_)(shown); };
  settings.settle = [this](std::string_view bearer, std::function<void()> then) {
    return authenticator_->Settle(bearer, std::move(then));
  };
  return std::make_unique<http::Server>(std::move(settings), parts_.executor, parts_.clock, std::move(authenticate),
                                        std::move(handler));
}

Status ApiFront::Start() {
  const Pki pki = std::exchange(keys_, {});
  sign_in_ = std::make_unique<KeptSignIn>(parts_.executor, parts_.clock, parts_.config.authentication_config,
                                          accounts_->name());
  TRYV(sign_in_->Start());
  authenticator_ = std::make_unique<apiserver::auth::Authenticator>(std::vector<apiserver::auth::Token>(), parts_.clock,
                                                                    accounts_.get(), &sign_in_->sign_in());
  tokens_ = std::make_unique<KeptTokens>(parts_.executor, parts_.clock, Layout(DirectoriesOf(parts_.config)).Pki(),
                                         *authenticator_);
  tokens_->Read();
  http::ServerSettings local = apiserver::Handlers::Settings(access_);
  local.listen = {"unix:" + parts_.socket};
  local.limits = CommandLimits();
  commands_ = MakeServer(std::move(local));
  TRYV(Of("the command socket", commands_->Start()));
  http::ServerSettings settings = apiserver::Handlers::Settings(access_);
  settings.listen = parts_.config.api_listen;
  const std::string ahead = AheadOf(parts_.config);
  if (!ahead.empty()) settings.listen_ahead = {ahead};
  settings.certificates = pki.ForServer();
  ca_certificate_ = pki.ca.certificate;
  ca_ = pki.ca;
  settings.limits = http::WithinDescriptors(settings.limits, RaiseDescriptorLimit());
  server_ = MakeServer(std::move(settings));
  TRYV(Of("the API", server_->Start()));
  for (const std::string& endpoint : server_->endpoints()) log::Info("API: https://{}", endpoint);
  if (node_certificates_) node_certificates_(pki.ForNodeApi());
  const auto loop = [this](const char* name, BeginLoop begin) {
    SpawnLoop(parts_.executor, parts_.clock, name, std::move(begin));
  };
  loop("certificates", [this] { return keeper_.Run([this](const Pki& renewed) { return UseCertificates(renewed); }); });
  loop("keys of tokens", [this] { return KeepTokenKeysFresh(); });
  loop("tokens of the file", [this] { return tokens_->Run(); });
  loop("issuers of tokens", [this] { return sign_in_->Run(); });
  return {};
}

Status ApiFront::UseCertificates(const Pki& pki) {
  if (pki.ca.certificate != ca_.certificate) {
    return MakeError(ErrorCode::kFailedPrecondition,
                     "the CA in the state directory's pki/ is another one than at the start; restart the agent to use "
                     "it, or put the old one back: until then no certificate is renewed");
  }
  if (node_certificates_) node_certificates_(pki.ForNodeApi());
  return server_->Renew(pki.ForServer());
}

Status ApiFront::RenewTokenKeys() {
  TRY(auto signing, tokens::EnsureKeys(TokenKeysOf(parts_.config), parts_.clock.Now()));
  accounts_->Use(std::move(signing));
  return {};
}

Task<void> ApiFront::KeepTokenKeysFresh() {
  while (true) {
    co_await Sleep(parts_.clock, kLookAtTokenKeys);
    const Status signing = RenewTokenKeys();
    if (!signing.ok()) log::Error("keys of service account tokens: {}", signing.error().message);
  }
}

Result<std::string> ApiFront::Sign(const std::string& request, const std::vector<std::string>& usages,
                                   Duration length) {
  return apiserver::auth::SignRequest(ca_, request, usages, {parts_.clock.Now(), length}, parts_.random);
}

void ApiFront::Stop() {
  if (server_) server_->Stop();
  if (commands_) commands_->Stop();
  if (sign_in_) sign_in_->Stop();
}

int RunKubeconfig(const Config& config, const Command& command) {
  const auto print = [&]() -> Result<std::string> {
    TRY(const apiserver::auth::Pki pki, apiserver::auth::LoadPki(Layout(DirectoriesOf(config)).Pki()));
    const std::string url = apiserver::auth::ServerUrl(config.api_listen.front());
    if (!command.user) return apiserver::auth::Kubeconfig(pki, command.role, url);
    TRY(const Duration length, apiserver::auth::ParseValidity(command.duration));
    asio::io_context io;
    const RealClock clock(io.get_executor());
    SystemRandom random;
    return apiserver::auth::UserKubeconfig(pki, {*command.user, command.groups}, {clock.Now(), length}, url, random);
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
