// IssuerKeys: the keys of one issuer, fetched by https: its discovery document, then the set that it names. Nobody
// waits for a fetch but who asks to be told of its end.
//
//   start ──> discovery ──> keys ──> … every ten minutes, and when a token shows a key that is not there
//                └── failed: again in ten seconds
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/apiserver/auth/oidc/settings.h"
#include "agent/base/clock.h"
#include "agent/base/signal.h"
#include "agent/http/fetch.h"
#include "agent/tokens/key_set.h"

namespace ordinal::apiserver::auth::oidc {

/// One document by https: as http::Fetch().
using FetchDocument = std::function<Task<Result<std::string>>(http::HttpsUrl url, http::Trust trust)>;

class IssuerKeys : public std::enable_shared_from_this<IssuerKeys> {
 public:
  using Keys = std::shared_ptr<const std::vector<tokens::PublicKey>>;

  /// Of settings that hold. `clock` outlives it. Control thread, as Start() and Stop().
  IssuerKeys(const Executor& executor, Clock& clock, JwtIssuer issuer, FetchDocument fetch);

  /// Fetches until Stop(), which ends every wait of Await().
  void Start();
  void Stop();

  const JwtIssuer& issuer() const { return issuer_; }
  /// Null: it never answered. Any thread.
  Keys Now() const;
  /// None of Now() made a signature, so another may be there: they are fetched again, unless that was begun in the last
  /// ten seconds. True: they are on their way. Any thread.
  bool Outdated();
  /// True: newer keys than Now() are being fetched, and `then` is called once that has ended, or after ten seconds, on
  /// the control thread. False: there is nothing to wait for, because it never answered or has just done so. Any
  /// thread.
  bool Await(std::function<void()> then);

 private:
  static Task<void> Run(std::shared_ptr<IssuerKeys> self);
  Task<Status> FetchKeys();
  Task<Status> Discover();
  Task<Result<std::string>> Get(std::string url);
  void Ended(const Status& fetched);
  void Release();
  /// Newer keys are on their way, and worth to be waited for. With the mutex held.
  bool Soon() const;

  const Executor executor_;
  Clock& clock_;
  const JwtIssuer issuer_;
  const FetchDocument fetch_;
  http::Trust trust_;
  std::string keys_url_;   ///< as the discovery document says; empty: not known
  std::string complaint_;  ///< told last, and not mended
  Signal wake_;
  TimerHandle again_, patience_;

  mutable std::mutex mutex_;
  bool stopped_ = false;  ///< changed on the control thread alone
  Keys keys_;
  bool wanted_ = false;  ///< a fetch is asked for, or goes on
  SteadyTime began_{};   ///< the last fetch, or was asked for
  std::vector<std::function<void()>> waiting_;
};

}  // namespace ordinal::apiserver::auth::oidc
