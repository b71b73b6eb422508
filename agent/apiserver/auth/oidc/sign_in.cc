#include "agent/apiserver/auth/oidc/sign_in.h"

#include <algorithm>
#include <utility>

#include "agent/apiserver/auth/oidc/identity.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using Issuers = std::vector<std::shared_ptr<IssuerKeys>>;

/// Null: none of them.
IssuerKeys* Named(const Issuers& issuers, const std::string& url) {
  const auto found =
      std::find_if(issuers.begin(), issuers.end(), [&url](const auto& one) { return one->issuer().url == url; });
  return found == issuers.end() ? nullptr : found->get();
}

}  // namespace

SignIn::SignIn(const Executor& executor, Clock& clock, FetchDocument fetch)
    : executor_(executor), clock_(clock), fetch_(std::move(fetch)) {}

SignIn::~SignIn() { Stop(); }

void SignIn::Stop() { Use(Settings()); }

std::shared_ptr<const SignIn::State> SignIn::Now() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void SignIn::Use(const Settings& settings) {
  const std::shared_ptr<const State> before = Now();
  auto after = std::make_shared<State>();
  after->anonymous = settings.anonymous;
  Issuers begun;
  for (const JwtIssuer& issuer : settings.issuers) {
    const auto same = std::find_if(before->issuers.begin(), before->issuers.end(),
                                   [&issuer](const auto& one) { return one->issuer() == issuer; });
    if (same != before->issuers.end()) {
      after->issuers.push_back(*same);
      continue;
    }
    begun.push_back(std::make_shared<IssuerKeys>(executor_, clock_, issuer, fetch_));
    after->issuers.push_back(begun.back());
  }
  {
    const std::lock_guard lock(mutex_);
    state_ = after;
  }
  for (const auto& issuer : begun) issuer->Start();
  for (const auto& issuer : before->issuers) {
    const bool stays = std::find(after->issuers.begin(), after->issuers.end(), issuer) != after->issuers.end();
    if (!stays) issuer->Stop();
  }
}

Result<http::User> SignIn::Check(std::string_view token) const {
  const std::shared_ptr<const State> state = Now();
  if (state->issuers.empty()) return MakeError(ErrorCode::kNotFound, "invalid bearer token");
  const auto parts = tokens::TakeApart(token);
  if (!parts.ok()) return MakeError(ErrorCode::kNotFound, parts.error().message);
  IssuerKeys* const issuer = Named(state->issuers, IssuerOf(parts->claims));
  if (issuer == nullptr) return MakeError(ErrorCode::kNotFound, "the token's issuer is not known here");
  return Judge(*issuer, *parts);
}

Result<http::User> SignIn::Judge(IssuerKeys& issuer, const tokens::TokenParts& parts) const {
  TRYV(CheckClaims(issuer.issuer(), parts.claims, clock_.Now()));
  const IssuerKeys::Keys keys = issuer.Now();
  if (!keys) return MakeError(ErrorCode::kInvalid, "the token's issuer has not answered yet");
  if (!tokens::SignedByOne(parts, *keys)) {
    const bool coming = issuer.Outdated();
    return MakeError(coming ? ErrorCode::kUnavailable : ErrorCode::kInvalid,
                     "the token is signed by no key of its issuer");
  }
  return UserOf(issuer.issuer(), parts.claims);
}

bool SignIn::Await(std::string_view token, std::function<void()> then) const {
  const std::shared_ptr<const State> state = Now();
  if (state->issuers.empty()) return false;
  const auto parts = tokens::TakeApart(token);
  IssuerKeys* const issuer = parts.ok() ? Named(state->issuers, IssuerOf(parts->claims)) : nullptr;
  if (issuer == nullptr) return false;
  if (issuer->Await(then)) return true;
  if (!Judge(*issuer, *parts).ok()) return false;  // newer keys may have come since it was looked at
  then();
  return true;
}

bool SignIn::AdmitsAnonymous(std::string_view path) const {
  const std::shared_ptr<const State> state = Now();
  const auto& paths = state->anonymous.paths;
  return state->anonymous.enabled && (paths.empty() || std::find(paths.begin(), paths.end(), path) != paths.end());
}

}  // namespace ordinal::apiserver::auth::oidc
