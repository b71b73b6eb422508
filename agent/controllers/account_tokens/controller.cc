#include "agent/controllers/account_tokens/controller.h"

#include <utility>

#include "agent/api/read.h"
#include "agent/controllers/account_tokens/plan.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::account_tokens {

using api::Json;

Controller::Controller(Context context, objects::Caches& caches, std::function<std::string()> authority)
    : context_(std::move(context)),
      secrets_(caches.PlainOf("Secret")),
      accounts_(caches.PlainOf("ServiceAccount")),
      authority_(std::move(authority)),
      queue_(context_.executor, context_.clock, "account tokens") {
  secrets_.OnChange([this](const objects::Change<api::Plain>& change) {
    if (change.now && !AccountOf(change.now->object).empty()) queue_.Add(QueueKey(change.now->object));
  });
  accounts_.OnChange([this](const objects::Change<api::Plain>& change) {
    const bool same = change.now && change.old && change.now->object.uid() == change.old->object.uid();
    if (!same) AccountChanged(change.last()->object);
  });
  queue_.OnException(SayFailedPass(context_.recorder, secrets_));
}

Task<void> Controller::Run() {
  co_await secrets_.WaitSynced();
  co_await accounts_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

/// It came, or went: so do its secrets.
void Controller::AccountChanged(const api::Object& account) {
  secrets_.ForEachObject(account.ns(), [&](const api::Object& secret) {
    if (AccountOf(secret) == account.name()) queue_.Add(QueueKey(secret));
  });
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Object* found = secrets_.FindObject(ns, name);
  if (found == nullptr) co_return Status();
  const api::Object secret = *found;
  const api::Object* named = accounts_.FindObject(ns, AccountOf(secret));
  const api::Object account = named == nullptr ? api::Object() : *named;
  const WallTime now = context_.clock.Now();
  const Plan plan = MakePlan(secret, account.empty() ? std::string() : account.uid(), now);
  if (plan.again) queue_.AddAfter(key, *plan.again - now);
  if (plan.type == Plan::Type::kRemove) co_return co_await Remove(secret);
  if (plan.type == Plan::Type::kNothing) co_return Status();
  co_return co_await FillIn(secret, account, plan.new_token);
}

Task<Status> Controller::FillIn(api::Object secret, api::Object account, bool new_token) {
  Content content;
  content.account_uid = account.uid();
  content.authority = authority_();
  if (new_token) {
    Json request;
    request["spec"]["expirationSeconds"] = std::chrono::seconds(kLife).count();
    request["spec"]["boundObjectRef"] = {
        {"apiVersion", "v1"}, {"kind", "Secret"}, {"name", secret.name()}, {"uid", secret.uid()}};
    api::ObjectKey of = account.key();
    const auto answered = co_await context_.client.RequestToken(std::move(of), std::move(request));
    if (!answered.ok()) co_return Settled(answered.error());
    const Json& status = api::Member(*answered, "status");
    content.token = api::ReadString(status, "token");
    content.ends = api::ReadString(status, "expirationTimestamp");
  }
  std::function<bool(Json&)> fill = [&content](Json& body) { return Fill(content, body); };
  co_return StatusOf(co_await EditIf(context_, secret.key(), secret.uid(), std::move(fill)));
}

Task<Status> Controller::Remove(api::Object secret) {
  objects::DeleteOptions options;
  options.preconditions.uid = secret.uid();
  api::ObjectKey key = secret.key();
  const auto removed = co_await context_.client.Remove(std::move(key), std::move(options));
  co_return Settled(StatusOf(removed));
}

}  // namespace ordinal::controllers::account_tokens
