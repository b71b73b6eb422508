// The tokens controller: secrets of the type kubernetes.io/service-account-token hold a token of the account that they
// name, and go with it. Control thread.
#pragma once

#include <functional>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::account_tokens {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them. `authority` is the certificate (PEM)
  /// by which the API is known.
  Controller(Context context, objects::Caches& caches, std::function<std::string()> authority);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string key);
  Task<Status> FillIn(api::Object secret, api::Object account, bool new_token);
  Task<Status> Remove(api::Object secret);
  void AccountChanged(const api::Object& account);

  Context context_;
  objects::Cache<api::Plain>& secrets_;
  objects::Cache<api::Plain>& accounts_;
  std::function<std::string()> authority_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::account_tokens
