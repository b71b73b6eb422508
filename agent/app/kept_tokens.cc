#include "agent/app/kept_tokens.h"

#include <sys/inotify.h>

#include <algorithm>
#include <utility>

#include "agent/apiserver/auth/pki.h"
#include "agent/base/log.h"
#include "agent/base/private_file.h"

namespace ordinal {
namespace {

using apiserver::auth::kTokenFile;

constexpr uint32_t kTokenEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
/// A symbolic link leads out of the directory that is watched.
constexpr std::chrono::minutes kLookAnyhow{1};

}  // namespace

KeptTokens::KeptTokens(const Executor& executor, Clock& clock, std::string directory,
                       apiserver::auth::Authenticator& authenticator)
    : clock_(clock), directory_(std::move(directory)), authenticator_(authenticator), watch_(executor) {}

Task<void> KeptTokens::Run() {
  LookLater();
  while (true) {
    const Status opened = watch_.Open(directory_, kTokenEvents);
    Read();  // what changed before anybody watched
    if (!opened.ok()) {
      log::Warning("{}: looked at once a minute: {}", directory_, opened.error().message);
      co_await Sleep(clock_, kLookAnyhow);
      continue;
    }
    bool all = false;
    while (!all) {
      const auto told = co_await watch_.Next();
      if (!told.ok()) co_return;
      all = told->all;
      const bool ours =
          std::any_of(told->files.begin(), told->files.end(), [](const auto& file) { return file.name == kTokenFile; });
      if (ours) Read();
    }
  }
}

void KeptTokens::LookLater() {
  look_ = clock_.After(kLookAnyhow, [this] {
    Look(true);
    LookLater();
  });
}

void KeptTokens::Look(bool say_gone) {
  const std::string path = directory_ + "/" + kTokenFile;
  const auto read = ReadPrivateFile(path);
  if (!read.ok()) return Complain(read.error().message);
  if (!*read) {
    // Whoever replaces it may take the old one away first.
    if (say_gone) Complain(path + " is not there");
    return;
  }
  if (text_ == **read) {
    complaint_.clear();
    return;
  }
  auto tokens = apiserver::auth::ParseTokens(**read);
  if (!tokens.ok()) return Complain(path + ": " + tokens.error().message);
  const bool again = text_ || !complaint_.empty();
  text_ = **read;
  complaint_.clear();
  const size_t count = tokens->size();
  authenticator_.UseTokens(std::move(*tokens));
  if (again) log::Info("{}: read again, {} tokens", path, count);
}

/// Once, however often it is looked at.
void KeptTokens::Complain(const std::string& complaint) {
  if (complaint == complaint_) return;
  complaint_ = complaint;
  log::Error("{}; {}", complaint, text_ ? "what was read before stays" : "no token of that file counts");
}

}  // namespace ordinal
