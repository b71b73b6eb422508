// SignIn: who shows a token of an issuer of OpenID Connect. Settings come and go; who shows a token meanwhile is judged
// by the old ones or the new ones.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "agent/apiserver/auth/oidc/issuer_keys.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth::oidc {

class SignIn {
 public:
  /// `clock` outlives it. Control thread, as the destructor.
  SignIn(const Executor& executor, Clock& clock, FetchDocument fetch);
  ~SignIn();
  SignIn(const SignIn&) = delete;
  SignIn& operator=(const SignIn&) = delete;

  /// From now on these are the settings. An issuer that stays as it was keeps its keys. Control thread.
  void Use(const Settings& settings);
  /// No issuer any more; nobody waits. Control thread.
  void Stop();

  /// Whose token that is, without the groups that everybody is in. kNotFound: none of the issuers made it, or it is no
  /// token; kUnavailable: newer keys of its issuer are on their way, and may decide otherwise; kInvalid: it does not
  /// count. Does not block. Any thread.
  Result<http::User> Check(std::string_view token) const;
  /// Of a token that did not count: true, if it may count soon, or does now; `then` is called at that time, on any
  /// thread. Any thread.
  bool Await(std::string_view token, std::function<void()> then) const;

  /// Who comes without a credential. Any thread.
  bool AdmitsAnonymous(std::string_view path) const;

 private:
  /// What becomes of a token that says it is of `issuer`.
  Result<http::User> Judge(IssuerKeys& issuer, const tokens::TokenParts& parts) const;

  struct State {
    std::vector<std::shared_ptr<IssuerKeys>> issuers;
    Anonymous anonymous;
  };
  std::shared_ptr<const State> Now() const;

  const Executor executor_;
  Clock& clock_;
  const FetchDocument fetch_;
  mutable std::mutex mutex_;
  std::shared_ptr<const State> state_ = std::make_shared<const State>();
};

}  // namespace ordinal::apiserver::auth::oidc
