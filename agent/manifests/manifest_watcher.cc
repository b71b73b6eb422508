#include "agent/manifests/manifest_watcher.h"

#include <algorithm>
#include <optional>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"

namespace ordinal::manifests {
namespace {

using ErrorsByFile = std::map<std::string, std::vector<std::string>>;

// After a failure that passes (the store or the directory does not answer).
constexpr Duration kFirstBackoff = std::chrono::milliseconds(100);
constexpr Duration kLongestBackoff = std::chrono::seconds(30);

/// The file each stored object of the kind came from, for those that came from one.
Task<Status> AddOwned(store::ObjectReader& store, std::string kind, Owners& owned) {
  store::ListOptions everywhere;
  CO_TRY(const store::ListResult list, co_await store.List(std::move(kind), everywhere));
  for (const auto& object : list.items) {
    if (std::string file = FileOf(object); !file.empty()) owned[object.key()] = std::move(file);
  }
  co_return Status();
}

/// What an object provokes is the failure of its file.
Task<Result<Outcome>> Applied(objects::Objects& client, std::string file, const ManifestObject& object, WallTime now) {
  co_return co_await Apply(client, file, object, now);
}

/// From now on the object came from no file.
Task<Status> Disown(objects::Objects& client, api::ObjectKey key) {
  std::function<bool(api::Json&)> change = [](api::Json& body) {
    if (!api::Member(api::Member(body, "metadata"), "annotations").is_object()) return false;
    api::Json& annotations = body["metadata"]["annotations"];
    const size_t erased = annotations.erase(kManifestFile) + annotations.erase(kManifestHash);
    if (annotations.empty()) body["metadata"].erase("annotations");
    return erased > 0;
  };
  const auto written = co_await client.Modify(std::move(key), std::move(change));
  if (!written.ok() && written.error().code != ErrorCode::kNotFound) co_return written.error();
  co_return Status();
}

std::string OfLostDirectory(size_t objects) {
  return "the directory was not there or went away, and has no manifest now: " + std::to_string(objects) +
         " objects that came from files in it stay as they are; bring the files back, and restart the agent when it is "
         "mounted again";
}

}  // namespace

ManifestWatcher::ManifestWatcher(Executor executor, Clock& clock, objects::Objects& client, BlockingPool& pool,
                                 std::string directory)
    : executor_(executor),
      clock_(clock),
      client_(client),
      pool_(pool),
      directory_(std::move(directory)),
      events_(executor),
      wake_(executor) {}

Task<void> ManifestWatcher::Run() {
  bool found = co_await FindOwned();
  while (!found) {
    co_await Sleep(clock_, kFirstBackoff);
    found = co_await FindOwned();
  }
  pending_.all = true;
  if (!reading_) {  // else it begins anew after an exception, and whoever reads goes on
    // Watched before it is read, so that no change falls between the two.
    co_await OpenDirectory();
    pending_.lost = pending_.lost || events_.made();
    SpawnLoop(executor_, clock_, "manifest directory events", [this] { return ReadEvents(); });
    reading_ = true;
  }
  while (true) {
    const Changes taken = TakePending();
    Task<Status> pass = CaughtTask([this, &taken] { return Pass(taken); });
    const Status passed = co_await std::move(pass);
    if (!passed.ok()) Broken(passed.error(), taken);
    co_await wake_.Wait();
  }
}

/// What was to be looked at is not known any more, only whether the directory was lost.
void ManifestWatcher::Broken(const Error& error, const Changes& taken) {
  pending_.all = true;
  pending_.lost = pending_.lost || taken.lost;
  log::Error("manifests: a pass {}; all are read again", error.message);
  RetryLater();
}

Changes ManifestWatcher::TakePending() { return std::exchange(pending_, Changes()); }

Task<void> ManifestWatcher::OpenDirectory() {
  Duration backoff = kFirstBackoff;
  while (true) {
    auto opened = events_.Open(directory_);
    if (opened.ok()) co_return;
    log::Error("manifests: {}; no manifest is read until this works", opened.error().message);
    co_await Sleep(clock_, backoff);
    backoff = std::min(backoff * 2, kLongestBackoff);
  }
}

/// Begun anew after an exception it does not know what it had heard: the directory may have been lost.
Task<void> ManifestWatcher::ReadEvents() {
  if (std::exchange(heard_, true)) {
    pending_.lost = true;
    co_await OpenDirectory();
    pending_.all = pending_.lost = true;
    wake_.Notify();
  }
  while (true) {
    auto changes = co_await events_.Next();
    if (!changes.ok() && changes.error().code == ErrorCode::kCancelled) co_return;
    const bool reopen = !changes.ok() || changes->all;
    if (reopen) co_await OpenDirectory();
    pending_.all = pending_.all || reopen;
    if (changes.ok()) pending_.Add(std::move(*changes));
    wake_.Notify();
  }
}

Task<bool> ManifestWatcher::FindOwned() {
  for (const api::KindInfo* kind : api::AllKinds()) {
    if (!kind->in_manifests) continue;
    auto added = co_await AddOwned(client_, std::string(kind->kind), owned_);
    if (added.ok()) continue;
    log::Warning("manifests: list {}: {}", kind->plural, added.error().message);
    co_return false;
  }
  co_return true;
}

void ManifestWatcher::TakeText(const std::string& name, Result<std::string> text) {
  ManifestFile file;
  if (text.ok()) {
    file = ReadManifest(*text);
  } else {
    file.errors.push_back(text.error().message);
  }
  for (const auto& warning : file.warnings) log::Warning("manifest {}: {}", PathOf(name), warning);
  files_[name] = std::move(file);
}

/// Brings files_ up to date. False when the directory cannot be read: then nothing is known to be gone.
Task<bool> ManifestWatcher::Load(const Changes& changes) {
  const auto read = [directory = directory_, changes] { return ReadManifests(directory, changes); };
  auto texts = co_await pool_.Run(read);
  if (!texts.ok()) {
    log::Error("manifests: {}", texts.error().message);
    co_return false;
  }
  lost_ = (lost_ || changes.lost) && texts->empty();
  std::erase_if(files_, [&](const auto& file) {
    return (changes.all || changes.names.contains(file.first)) && !texts->contains(file.first);
  });
  for (auto& [name, text] : *texts) TakeText(name, std::move(text));
  co_return true;
}

Task<void> ManifestWatcher::Pass(Changes changes) {
  if (!changes.empty()) {
    const bool loaded = co_await Load(changes);
    if (!loaded) {
      pending_.Add(std::move(changes));
      RetryLater();
      co_return;
    }
  }
  const Plan plan = MakePlan(files_, owned_);
  ErrorsByFile errors = plan.errors;
  for (const auto& [name, file] : files_) {
    auto& lines = errors[name];
    lines.insert(lines.begin(), file.errors.begin(), file.errors.end());
  }
  for (const auto& wanted : plan.apply) co_await ApplyOne(wanted.file, *wanted.object, errors);
  if (lost_ && !plan.remove.empty()) errors[""].push_back(OfLostDirectory(plan.remove.size()));
  const std::vector<api::ObjectKey> due = Settled(lost_ ? std::vector<api::ObjectKey>() : plan.remove);
  for (const auto& key : due) co_await RemoveOne(key);
  Report(std::move(errors));
  synced_ = true;
}

Task<void> ManifestWatcher::ApplyOne(std::string file, ManifestObject object, ErrorsByFile& errors) {
  const auto before = applied_.find(object.key);
  if (before != applied_.end() && before->second == std::pair(file, object.body)) co_return;
  if (going_.contains(object.key)) co_return;
  const Result<Outcome> applied = co_await Caught(Applied(client_, file, object, clock_.Now()));
  if (!applied.ok()) {
    errors[file].push_back(ToString(object.key) + ": " + applied.error().message);
    RetryLater();
    co_return;
  }
  const Outcome& outcome = *applied;
  switch (outcome.kind) {
    case Outcome::Kind::kApplied:
      applied_[object.key] = {file, object.body};
      owned_[object.key] = file;
      backoff_ = {};
      if (!outcome.done.empty()) log::Info("manifest {}: {} {}", PathOf(file), outcome.done, ToString(object.key));
      co_return;
    case Outcome::Kind::kWaits:
      going_.insert(object.key);
      SpawnLoop(executor_, clock_, "wait for an object to go",
                [this, key = object.key, outcome] { return AwaitGone(key, outcome.uid, outcome.revision); });
      log::Info("manifest {}: {} is created when the old one is gone", PathOf(file), ToString(object.key));
      co_return;
    case Outcome::Kind::kRetry: RetryLater(); break;
    case Outcome::Kind::kRejected: break;
  }
  auto& lines = errors[file];
  lines.insert(lines.end(), outcome.errors.begin(), outcome.errors.end());
}

/// Those of `unwanted` that were so long enough; lets a pass come when the next one will be.
std::vector<api::ObjectKey> ManifestWatcher::Settled(const std::vector<api::ObjectKey>& unwanted) {
  const SteadyTime now = clock_.Steady();
  std::map<api::ObjectKey, SteadyTime> since;
  std::vector<api::ObjectKey> due;
  std::optional<SteadyTime> next;
  for (const auto& key : unwanted) {
    const auto known = unwanted_since_.find(key);
    const SteadyTime from = known == unwanted_since_.end() ? now : known->second;
    since.emplace(key, from);
    if (!synced_ || now - from >= kRemovalWait) {
      due.push_back(key);
    } else {
      next = std::min(next.value_or(from + kRemovalWait), from + kRemovalWait);
    }
  }
  unwanted_since_ = std::move(since);
  settle_ = next ? clock_.After(*next - now, [this] { wake_.Notify(); }) : TimerHandle();
  return due;
}

Task<void> ManifestWatcher::RemoveOne(api::ObjectKey key) {
  objects::DeleteOptions options;
  auto deleted = co_await client_.Delete(key, options);
  Status removed = deleted.ok() ? Status() : Status(deleted.error());
  // What may never be deleted (a class of the system) would be refused again each time.
  const bool stays = !removed.ok() && removed.error().reason == "Forbidden";
  if (stays) removed = co_await Disown(client_, key);
  if (!removed.ok() && removed.error().code != ErrorCode::kNotFound) {
    log::Warning("manifests: delete {}: {}", ToString(key), removed.error().message);
    RetryLater();
    co_return;
  }
  if (stays) {
    log::Warning("manifest {}: {} stays: {}", PathOf(owned_[key]), ToString(key), deleted.error().message);
  } else {
    log::Info("manifest {}: deleted {}", PathOf(owned_[key]), ToString(key));
  }
  applied_.erase(key);
  owned_.erase(key);
  unwanted_since_.erase(key);
}

/// Ends when the object with this uid is gone, and lets a pass create the new one.
Task<void> ManifestWatcher::AwaitGone(api::ObjectKey key, std::string uid, uint64_t revision) {
  store::ListOptions namespace_only;
  namespace_only.ns = key.ns;
  auto watch = co_await client_.StartWatch(key.kind, namespace_only, revision);
  while (watch.ok()) {
    auto live = co_await client_.Get(key);
    if (live.ok() ? live->uid() != uid : live.error().code == ErrorCode::kNotFound) break;
    auto events = co_await (*watch)->Next();
    if (!events.ok() && events.error().code == ErrorCode::kCancelled) co_return;
    if (!events.ok()) break;
  }
  // A watch that could not start or was lost: the pass finds the object still there and waits again.
  going_.erase(key);
  applied_.erase(key);
  if (watch.ok()) {
    wake_.Notify();
  } else {
    RetryLater();
  }
}

void ManifestWatcher::RetryLater() {
  backoff_ = backoff_ == Duration{} ? kFirstBackoff : std::min(backoff_ * 2, kLongestBackoff);
  retry_ = clock_.After(backoff_, [this] { wake_.Notify(); });
}

/// Logs what is newly wrong, and keeps what is wrong now.
void ManifestWatcher::Report(ErrorsByFile errors) {
  ErrorsByFile now;
  for (auto& [name, lines] : errors) {
    if (lines.empty()) continue;
    const std::string path = PathOf(name);
    const auto& known = errors_[path];
    for (const auto& line : lines) {
      if (std::find(known.begin(), known.end(), line) == known.end()) log::Error("manifest {}: {}", path, line);
    }
    now[path] = std::move(lines);
  }
  errors_ = std::move(now);
}

}  // namespace ordinal::manifests
