#include "agent/app/kept_file.h"

#include <sys/inotify.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "agent/base/log.h"

namespace ordinal {
namespace {

constexpr uint32_t kFileEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
/// A symbolic link leads out of the directory that is watched.
constexpr std::chrono::minutes kLookAnyhow{1};

std::string DirectoryOf(const std::string& path) {
  std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

}  // namespace

KeptFile::KeptFile(const Executor& executor, Clock& clock, std::string path, FileReader reader)
    : clock_(clock),
      path_(std::move(path)),
      directory_(DirectoryOf(path_)),
      name_(std::filesystem::path(path_).filename().string()),
      reader_(std::move(reader)),
      watch_(executor) {}

bool KeptFile::Read() {
  Look(false);
  return text_.has_value();
}

Task<void> KeptFile::Run() {
  LookLater();
  while (true) {
    const Status opened = watch_.Open(directory_, kFileEvents);
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
          std::any_of(told->files.begin(), told->files.end(), [this](const auto& file) { return file.name == name_; });
      if (ours) Read();
    }
  }
}

void KeptFile::LookLater() {
  look_ = clock_.After(kLookAnyhow, [this] {
    Look(true);
    LookLater();
  });
}

void KeptFile::Look(bool say_gone) {
  const auto read = reader_.read(path_);
  if (!read.ok()) return Complain(read.error().message);
  if (!*read) {
    // Whoever replaces it may take the old one away first.
    if (say_gone) Complain(path_ + " is not there");
    return;
  }
  if (text_ == **read) {
    complaint_.clear();
    return;
  }
  const auto used = reader_.use(**read);
  if (!used.ok()) return Complain(path_ + ": " + used.error().message);
  const bool again = text_ || !complaint_.empty();
  text_ = **read;
  complaint_.clear();
  if (again) log::Info("{}: read again, {}", path_, *used);
}

/// Once, however often it is looked at.
void KeptFile::Complain(const std::string& complaint) {
  if (complaint == complaint_) return;
  complaint_ = complaint;
  log::Error("{}; {}", complaint, text_ ? std::string("what was read before stays") : reader_.without);
}

}  // namespace ordinal
