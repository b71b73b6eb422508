#include "agent/app/kept_tokens.h"

#include <sys/inotify.h>

#include <algorithm>
#include <utility>

#include "agent/base/log.h"
#include "agent/base/private_file.h"

namespace ordinal {
namespace {

constexpr char kTokenFile[] = "tokens.csv";
constexpr uint32_t kTokenEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr std::chrono::minutes kUnwatchedLook{1};

}  // namespace

KeptTokens::KeptTokens(const Executor& executor, Clock& clock, std::string directory,
                       apiserver::auth::Authenticator& authenticator)
    : clock_(clock), directory_(std::move(directory)), authenticator_(authenticator), watch_(executor) {}

Task<void> KeptTokens::Run() {
  while (true) {
    const Status opened = watch_.Open(directory_, kTokenEvents);
    Read();  // what changed before anybody watched
    if (!opened.ok()) {
      log::Warning("{}: looked at once a minute: {}", directory_, opened.error().message);
      co_await Sleep(clock_, kUnwatchedLook);
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

void KeptTokens::Read() {
  const std::string path = directory_ + "/" + kTokenFile;
  const auto read = ReadPrivateFile(path);
  if (!read.ok() || !*read) {
    log::Error("{}: {}; who had tokens keeps them", path, read.ok() ? "is not there" : read.error().message);
    return;
  }
  if (**read == text_) return;
  auto tokens = apiserver::auth::ParseTokens(**read);
  if (!tokens.ok()) {
    log::Error("{}: {}; what was read before stays", path, tokens.error().message);
    return;
  }
  const bool first = std::exchange(text_, **read).empty();
  const size_t count = tokens->size();
  authenticator_.UseTokens(std::move(*tokens));
  if (!first) log::Info("{}: read again, {} tokens", path, count);
}

}  // namespace ordinal
