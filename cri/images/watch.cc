#include "cri/images/watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "agent/base/caught.h"
#include "agent/base/layout.h"
#include "agent/base/log.h"

namespace ordinal::cri {
namespace {

// After containerd was away, or the disk failed: again after one second, then doubling.
constexpr std::chrono::seconds kRetryFirst{1};
constexpr std::chrono::seconds kRetryMost{30};
constexpr int kMostBroken = 3;  // imports of one file that ended with an exception: it is at fault then

}  // namespace

ImageDirectory::ImageDirectory(const Executor& control, std::string path, TarballImporter& importer, BlockingPool& pool,
                               Clock& clock)
    : control_(control),
      path_(std::move(path)),
      importer_(importer),
      pool_(pool),
      clock_(clock),
      watch_(control),
      scope_(control),
      wake_(control) {}

Task<Status> ImageDirectory::Run() {
  const Status watched = co_await Watch();
  if (!watched.ok()) {
    listed_ = true;  // nothing will come
    FinishFirstScan();
    co_return watched.error().With("watch the image directory " + path_);
  }
  auto read = [this]() -> Result<ImportRecord> { return ImportRecord::Read(Layout::ImportRecordIn(path_)); };
  if (auto record = co_await pool_.Run(std::move(read)); record.ok()) record_ = std::move(*record);
  scope_.Spawn("image directory events", ReadEvents());
  while (!stopped_) {
    Task<Status> turn = CaughtTask([this] { return Turn(); });
    const Status done = co_await std::move(turn);
    if (done.ok()) continue;
    log::Error("the image directory {}: its import {}; it is listed again", path_, done.error().message);
    TryAgain();
    co_await wake_.Wait();
  }
  FinishFirstScan();
  co_return Status();
}

/// What is to be done next, or to be waited for.
Task<void> ImageDirectory::Turn() {
  if (gone_) {
    co_await WatchAgain();
  } else if (std::exchange(changed_, false)) {
    const Status scanned = co_await Scan();
    if (!scanned.ok()) log::Warning("cannot list the image directory {}: {}", path_, scanned.error().message);
  } else if (!queue_.empty()) {
    co_await ImportNext();
  } else {
    if (!retrying_) FinishFirstScan();
    co_await wake_.Wait();
  }
}

/// Lists the directory again after a pause, which grows.
void ImageDirectory::TryAgain() {
  retrying_ = true;
  pause_ = std::clamp<Duration>(pause_ * 2, kRetryFirst, kRetryMost);
  retry_ = clock_.After(pause_, [this] {
    changed_ = true;
    wake_.Notify();
  });
}

void ImageDirectory::Stop() {
  stopped_ = true;
  scope_.Cancel();
  retry_.Cancel();
  watch_again_.Cancel();
  wake_.Notify();
}

Task<void> ImageDirectory::FirstScanDone() {
  if (first_done_) co_return;
  const auto signal = std::make_shared<Signal>(control_);
  waiting_.push_back(signal);
  co_await signal->Wait();
}

void ImageDirectory::FinishFirstScan() {
  first_done_ = true;
  for (const auto& signal : std::exchange(waiting_, {})) signal->Notify();
}

Task<Status> ImageDirectory::Watch() {
  auto make = [path = path_]() -> Status {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
    if (failed) return ErrnoError("make it", failed.value());
    return {};
  };
  CO_TRYV(co_await pool_.Run(std::move(make)));
  co_return watch_.Open(path_, IN_CLOSE_WRITE | IN_MOVED_TO);
}

/// The directory was removed or moved away, or events were lost: another one of its name may be there already. After an
/// exception it is still to be watched.
Task<void> ImageDirectory::WatchAgain() {
  const Status watched = co_await Watch();
  if (watched.ok()) {
    changed_ = true;
    scope_.Spawn("image directory events", ReadEvents());
    gone_ = false;
    co_return;
  }
  log::Warning("the image directory {} is not watched, trying again in {}s: {}", path_, kRetryMost.count(),
               watched.error().message);
  watch_again_ = clock_.After(kRetryMost, [this] {
    gone_ = true;
    wake_.Notify();
  });
  gone_ = false;
}

/// What happened does not matter, only that something did: the directory is listed again. Ends with the directory. When
/// the wait is given up nothing of this may be there any more.
Task<void> ImageDirectory::ReadEvents() {
  while (true) {
    const Result<DirectoryEvents> events = co_await watch_.Next();
    if (!events.ok() && events.error().code == ErrorCode::kCancelled) co_return;
    const bool gone = !events.ok() || events->all;
    changed_ = true;
    gone_ = gone;
    wake_.Notify();
    if (gone) co_return;
  }
}

Result<ImageDirectory::Listing> ImageDirectory::List() const {
  Listing listing;
  std::error_code failed;
  for (auto entry = std::filesystem::directory_iterator(path_, failed); !failed && entry != std::filesystem::end(entry);
       entry.increment(failed)) {
    const std::string name = entry->path().filename();
    struct stat info {};
    if (name.starts_with('.') || ::stat(entry->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    listing[entry->path()] = FileStamp{info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec,
                                       static_cast<uint64_t>(info.st_size), info.st_ino};
  }
  if (failed) return ErrnoError("list " + path_, failed.value());
  return listing;
}

Task<Status> ImageDirectory::Scan() {
  auto list = [this] { return List(); };
  CO_TRY(const Listing listing, co_await pool_.Run(std::move(list)));
  std::erase_if(record_.files, [&](const auto& entry) { return !listing.contains(entry.first); });
  std::erase_if(seen_, [&](const auto& entry) { return !listing.contains(entry.first); });
  std::erase_if(broken_, [&](const auto& entry) { return !listing.contains(entry.first); });
  queue_.clear();
  retrying_ = false;
  for (const auto& [file, stamp] : listing) {
    const auto seen = seen_.find(file);
    if (seen != seen_.end() && seen->second == stamp) continue;
    const bool there = co_await IsThere(file, stamp);
    if (!there) queue_.emplace_back(file, stamp);
  }
  listed_ = true;
  if (progress_) progress_();
  co_return Status();
}

/// The file was imported before, and nobody removed its images since.
Task<bool> ImageDirectory::IsThere(const std::string& file, const FileStamp& stamp) {
  const auto known = record_.files.find(file);
  if (known == record_.files.end() || known->second.stamp != stamp) co_return false;
  const std::vector<std::string> names = known->second.images;
  for (const std::string& name : names) {
    const Result<bool> has = co_await importer_.Has(name);
    if (!has.ok() || !*has) co_return false;
  }
  imported_.insert(names.begin(), names.end());
  seen_[file] = stamp;
  co_return true;
}

void ImageDirectory::IsMissing(const std::string& normalized) {
  const SteadyTime now = clock_.Steady();
  const auto before = missed_.find(normalized);
  if (!imported_.contains(normalized) || (before != missed_.end() && now - before->second < kReadAgainEvery)) return;
  missed_[normalized] = now;
  imported_.erase(normalized);
  for (const auto& [file, entry] : record_.files) {
    if (std::find(entry.images.begin(), entry.images.end(), normalized) != entry.images.end()) seen_.erase(file);
  }
  log::Info("image {} is not there any more: its tarball in {} is read again", normalized, path_);
  listed_ = false;
  changed_ = true;
  wake_.Notify();
}

ImageDirectory::Coming ImageDirectory::IsComing(const std::string& normalized) const {
  if (!listed_ || retrying_) return Coming::kPerhaps;
  Coming coming = Coming::kNo;
  for (const auto& [file, stamp] : queue_) {
    const auto before = record_.files.find(file);
    if (before == record_.files.end()) {
      coming = Coming::kPerhaps;
      continue;
    }
    const std::vector<std::string>& names = before->second.images;
    if (std::find(names.begin(), names.end(), normalized) != names.end()) return Coming::kYes;
  }
  return coming;
}

Task<void> ImageDirectory::ImportNext() {
  const auto [file, stamp] = queue_.front();  // it stays there while it is under way
  const auto names = co_await Caught(importer_.ImportFile(file));
  queue_.pop_front();
  if (names.ok()) {
    broken_.erase(file);
    co_await Imported(file, stamp, *names);
    co_return;
  }
  const ErrorCode code = names.error().code;
  const bool broken = names.error().reason == kExceptionReason && Broke(file, stamp) >= kMostBroken;
  if (broken || code == ErrorCode::kInvalid || code == ErrorCode::kNotSupported) {
    broken_.erase(file);
    log::Error("cannot import the image tarball {}", names.error().message);
    seen_[file] = stamp;
    if (progress_) progress_();
    co_return;
  }
  TryAgain();
  log::Warning("cannot import the image tarball now, trying again in {}s: {}",
               std::chrono::duration_cast<std::chrono::seconds>(pause_).count(), names.error().message);
}

/// How many imports of what is in the file now ended with an exception, with this one.
int ImageDirectory::Broke(const std::string& file, const FileStamp& stamp) {
  auto& [broken, times] = broken_[file];
  if (broken != stamp) times = 0;
  broken = stamp;
  return ++times;
}

Task<void> ImageDirectory::Imported(std::string file, FileStamp stamp, std::vector<std::string> names) {
  imported_.insert(names.begin(), names.end());
  seen_[file] = stamp;
  pause_ = Duration(0);
  record_.files[file] = ImportRecord::Entry{stamp, std::move(names)};
  auto write = [record = record_, path = Layout::ImportRecordIn(path_)] { return record.Write(path); };
  const Status written = co_await pool_.Run(std::move(write));
  if (!written.ok())
    log::Warning("imported tarballs will be read again at the next start: {}", written.error().message);
  if (progress_) progress_();
}

}  // namespace ordinal::cri
