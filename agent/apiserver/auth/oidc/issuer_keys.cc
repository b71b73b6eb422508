#include "agent/apiserver/auth/oidc/issuer_keys.h"

#include <fmt/format.h>

#include <utility>

#include "agent/api/read.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kDiscovery[] = "/.well-known/openid-configuration";
constexpr seconds kRetry{10};        // of an issuer that has not answered yet, as the reference
constexpr minutes kRetryKnown{1};    // of one that has: its keys are still there
constexpr minutes kRefresh{10};      // keys that it took back are gone then
constexpr seconds kNotAgainFor{10};  // whatever tokens are shown
constexpr seconds kPatience{10};     // of who waits

std::string DiscoveryUrl(const JwtIssuer& issuer) {
  if (!issuer.discovery_url.empty()) return issuer.discovery_url;
  const bool slash = issuer.url.ends_with('/');
  return issuer.url.substr(0, issuer.url.size() - (slash ? 1 : 0)) + kDiscovery;
}

}  // namespace

IssuerKeys::IssuerKeys(const Executor& executor, Clock& clock, JwtIssuer issuer, FetchDocument fetch)
    : executor_(executor), clock_(clock), issuer_(std::move(issuer)), fetch_(std::move(fetch)), wake_(executor) {}

void IssuerKeys::Start() {
  SpawnLoop(executor_, clock_, "keys of " + issuer_.url, [self = shared_from_this()] { return Run(self); });
}

void IssuerKeys::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  again_.Cancel();
  Release();
  wake_.Notify();
}

IssuerKeys::Keys IssuerKeys::Now() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

bool IssuerKeys::Soon() const { return wanted_ && keys_ && clock_.Steady() - began_ < kPatience; }

bool IssuerKeys::Outdated() {
  const std::lock_guard lock(mutex_);
  if (wanted_ || !keys_) return Soon();
  if (stopped_ || clock_.Steady() - began_ < kNotAgainFor) return false;
  wanted_ = true;
  began_ = clock_.Steady();
  asio::post(executor_, [self = shared_from_this()] { self->wake_.Notify(); });
  return true;
}

bool IssuerKeys::Await(std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  if (!Soon()) return false;
  waiting_.push_back(std::move(then));
  return true;
}

Task<void> IssuerKeys::Run(std::shared_ptr<IssuerKeys> self) {
  while (!self->stopped_) {
    {
      const std::lock_guard lock(self->mutex_);
      self->wanted_ = true;
      self->began_ = self->clock_.Steady();
    }
    self->patience_ = self->clock_.After(kPatience, [raw = self.get()] { raw->Release(); });
    const Status fetched = co_await self->FetchKeys();
    self->Ended(fetched);
    if (self->stopped_) co_return;
    const Duration pause = fetched.ok() ? Duration(kRefresh) : self->Now() ? Duration(kRetryKnown) : Duration(kRetry);
    self->again_ = self->clock_.After(pause, [raw = self.get()] { raw->wake_.Notify(); });
    co_await self->wake_.Wait();
  }
}

Task<Result<std::string>> IssuerKeys::Get(std::string url) {
  if (stopped_) co_return MakeError(ErrorCode::kCancelled, "nobody asks any more");
  const auto parsed = http::ParseHttpsUrl(url);
  if (!parsed.ok()) co_return parsed.error().With(url);
  http::HttpsUrl to = *parsed;
  auto text = co_await fetch_(std::move(to), trust_);
  if (!text.ok()) co_return std::move(text).error().With(url);
  co_return text;
}

Task<Status> IssuerKeys::Discover() {
  const std::string url = DiscoveryUrl(issuer_);
  CO_TRY(const std::string text, co_await Get(url));
  const api::Json document = api::Json::parse(text, nullptr, false);
  const std::string named = api::ReadString(document, "issuer"), keys = api::ReadString(document, "jwks_uri");
  if (named != issuer_.url) {
    co_return MakeError(ErrorCode::kInvalid, fmt::format("{}: its \"issuer\" is another than {}", url, issuer_.url));
  }
  if (keys.empty()) co_return MakeError(ErrorCode::kInvalid, url + ": it has no \"jwks_uri\"");
  keys_url_ = keys;
  co_return Status();
}

Task<Status> IssuerKeys::FetchKeys() {
  if (!trust_) {
    CO_TRY(trust_, http::MakeTrust(issuer_.certificate_authority));
  }
  if (keys_url_.empty()) CO_TRYV(co_await Discover());
  const std::string url = std::exchange(keys_url_, {});  // a failure asks for the discovery document again
  CO_TRY(const std::string text, co_await Get(url));
  auto keys = tokens::ParseKeySet(text);
  if (!keys.ok()) co_return std::move(keys).error().With(url);
  keys_url_ = url;
  const std::lock_guard lock(mutex_);
  keys_ = std::make_shared<const std::vector<tokens::PublicKey>>(std::move(*keys));
  co_return Status();
}

void IssuerKeys::Ended(const Status& fetched) {
  patience_.Cancel();
  {
    const std::lock_guard lock(mutex_);
    wanted_ = false;
  }
  Release();
  if (stopped_) return;
  const std::string complaint = fetched.ok() ? std::string() : fetched.error().message;
  if (complaint == complaint_) return;  // once, however often it fails
  if (complaint.empty()) {
    log::Info("issuer {}: it answers again", issuer_.url);
  } else {
    log::Error("issuer {}: {}; {}", issuer_.url, complaint,
               Now() ? "the keys that were fetched before stay" : "nobody signs in by its tokens until it answers");
  }
  complaint_ = complaint;
}

void IssuerKeys::Release() {
  std::vector<std::function<void()>> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
  }
  for (const auto& then : waiting) then();
}

}  // namespace ordinal::apiserver::auth::oidc
