#include "agent/references/account_tokens.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/api/read.h"
#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"

namespace ordinal::references {
namespace {

using api::Json;
using std::chrono::seconds;

constexpr Duration kFirstRetry = seconds(1), kLastRetry = seconds(60);
constexpr seconds kMostJitter{10};
constexpr std::chrono::hours kOldest{24};
constexpr seconds kLeastWait{1};
constexpr std::chrono::minutes kLook{1};

struct Asked {
  std::string text;
  WallTime expires{};
};

Json RequestFor(const TokenUser& user, const TokenWish& wish) {
  Json spec = {{"expirationSeconds", wish.seconds},
               {"boundObjectRef", {{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", user.pod}, {"uid", user.uid}}}};
  if (!wish.audience.empty()) spec["audiences"] = Json::array({wish.audience});
  return Json{{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", std::move(spec)}};
}

Task<Result<Asked>> Ask(objects::Objects& objects, TokenUser user, TokenWish wish) {
  api::ObjectKey account{"ServiceAccount", user.ns, user.account};
  Json request = RequestFor(user, wish);
  CO_TRY(const Json answered, co_await objects.RequestToken(std::move(account), std::move(request)));
  const Json& status = api::Member(answered, "status");
  Asked asked;
  asked.text = api::ReadString(status, "token");
  CO_TRY(asked.expires, ParseTime(api::ReadString(status, "expirationTimestamp")));
  if (asked.text.empty()) co_return MakeError(ErrorCode::kInternal, "the answer has no token");
  co_return asked;
}

}  // namespace

Duration RenewAfter(Duration life, uint64_t chance) {
  const Duration due = std::min<Duration>(life / 5 * 4, kOldest);
  const Duration jitter = std::min<Duration>(seconds(chance % static_cast<uint64_t>(kMostJitter.count() + 1)), due / 5);
  return std::max<Duration>(due - jitter, kLeastWait);
}

/// At rest it holds no coroutine and no timer: there is one for all of them.
struct AccountTokens::Entry {
  AccountTokens* tokens;  ///< null: nobody needs it any more
  const TokenUser user;
  const TokenWish wish;
  FoundToken found;
  WallTime due{};   ///< when it is asked for again
  WallTime came{};  ///< when it was asked for last
  Duration retry = kFirstRetry;
  bool asking = false;
};

AccountTokens::AccountTokens(objects::Objects& objects, Clock& clock, Random& random, Executor executor)
    : objects_(objects), clock_(clock), random_(random), executor_(std::move(executor)) {}

AccountTokens::~AccountTokens() {
  for (auto& [uid, all] : entries_) {
    for (auto& [wish, entry] : all) entry->tokens = nullptr;
  }
}

void AccountTokens::Use(const TokenUser& user, const std::set<TokenWish>& wishes) {
  const auto known = entries_.find(user.uid);
  if (known == entries_.end() && wishes.empty()) return;
  auto& all = entries_[user.uid];
  std::erase_if(all, [&](auto& each) {
    if (wishes.contains(each.first)) return false;
    each.second->tokens = nullptr;
    return true;
  });
  // Who is told of the first one may look for others: all are in place before any is asked for.
  std::vector<std::shared_ptr<Entry>> fresh;
  for (const TokenWish& wish : wishes) {
    auto& entry = all[wish];
    if (!entry) fresh.emplace_back(entry = std::make_shared<Entry>(Entry{this, user, wish, {}, {}}));
  }
  if (all.empty()) entries_.erase(user.uid);
  for (const auto& entry : fresh) Begin(entry);
}

/// One that breaks off is looked at again in a while.
void AccountTokens::Begin(const std::shared_ptr<Entry>& entry) {
  LookAt(clock_.Now() + kLook);
  entry->asking = true;
  const Status begun =
      CaughtCall([&] { ordinal::SpawnOnce(executor_, "token of a service account", Renew(objects_, entry)); });
  if (begun.ok()) return;
  entry->asking = false;
  log::Error("asking for a token of a service account {}", begun.error().message);
}

/// Tokens end by the wall clock, which is set and goes on while the host sleeps: it is looked at once a minute at
/// least.
void AccountTokens::LookAt(WallTime due) {
  const WallTime now = clock_.Now();
  const WallTime at = std::min<WallTime>(due, now + kLook);
  if (looks_at_ && *looks_at_ <= at) return;
  look_ = clock_.After(std::max<Duration>(at - now, Duration::zero()), [this] { Look(); });
  looks_at_ = at;
}

void AccountTokens::Look() {
  looks_at_.reset();
  const WallTime now = clock_.Now();
  std::vector<std::shared_ptr<Entry>> due;
  WallTime next = WallTime::max();
  for (auto& [uid, all] : entries_) {
    for (auto& [wish, entry] : all) {
      if (entry->asking) {
        next = std::min<WallTime>(next, now + kLook);
        continue;
      }
      // One from the future was made before the clock was set back: whoever checks it by that clock refuses it.
      const bool asks = entry->due <= now || entry->came > now;
      if (asks) due.push_back(entry);
      if (!asks) next = std::min(next, entry->due);
    }
  }
  if (next != WallTime::max()) LookAt(next);
  for (const auto& entry : due) Begin(entry);
}

FoundToken AccountTokens::Find(const std::string& uid, const TokenWish& wish) const {
  const auto all = entries_.find(uid);
  if (all == entries_.end()) return {};
  const auto found = all->second.find(wish);
  return found == all->second.end() ? FoundToken() : found->second->found;
}

bool AccountTokens::Known(const std::string& uid) const {
  const auto all = entries_.find(uid);
  return all == entries_.end() || std::all_of(all->second.begin(), all->second.end(), [](const auto& each) {
           return each.second->found.text || !each.second->found.trouble.empty();
         });
}

struct AccountTokens::Asking {
  explicit Asking(std::shared_ptr<Entry> asked_for) : entry(std::move(asked_for)) {}
  ~Asking() { entry->asking = false; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  const std::shared_ptr<Entry> entry;
};

Task<void> AccountTokens::Renew(objects::Objects& objects, std::shared_ptr<Entry> entry) {
  std::optional<Asking> asking(entry);
  TokenUser user = entry->user;
  TokenWish wish = entry->wish;
  Result<Asked> asked = co_await Caught(Ask(objects, std::move(user), std::move(wish)));
  asking.reset();
  AccountTokens* tokens = entry->tokens;
  if (tokens == nullptr) co_return;
  const WallTime now = entry->came = tokens->clock_.Now();
  if (asked.ok()) {
    entry->due = now + RenewAfter(asked->expires - now, tokens->random_.Next());
    entry->retry = kFirstRetry;
    entry->found = {std::make_shared<const std::string>(std::move(asked->text)), ""};
  } else {
    entry->found.trouble = asked.error().message;  // the one there was is good until it ends
    entry->due = now + entry->retry;
    entry->retry = std::min<Duration>(entry->retry * 2, kLastRetry);
  }
  tokens->LookAt(entry->due);
  if (tokens->changed_) tokens->changed_(entry->user.uid);
}

}  // namespace ordinal::references
