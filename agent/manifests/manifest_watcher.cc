#include "agent/manifests/manifest_watcher.h"

#include <fmt/format.h>

#include "agent/api/decode.h"
#include "agent/base/log.h"
#include "agent/manifests/apply.h"

namespace ordinal::manifests {
namespace {

constexpr Duration kTryAgain = std::chrono::milliseconds(250);

bool Transient(const Error& error) {
  return error.code == ErrorCode::kFailedPrecondition || error.code == ErrorCode::kConflict ||
         error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded;
}

}  // namespace

ManifestWatcher::ManifestWatcher(Executor executor, Clock& clock, store::Door& door, BlockingPool& pool,
                                 std::string directory)
    : executor_(executor),
      clock_(clock),
      door_(door),
      pool_(pool),
      directory_(std::move(directory)),
      watch_(executor),
      work_(executor) {}

Task<void> ManifestWatcher::Run() {
  const Status started = watch_.Start(directory_);
  if (started.ok()) {
    Spawn(executor_, "manifest directory", Follow());
  } else {
    log::Error("manifests are read once and not followed: {}", started.error().message);
  }
  while (true) {
    if (std::exchange(all_due_, false)) co_await ApplyAll();
    while (!due_.empty()) co_await ApplyFile(due_.extract(due_.begin()).value());
    synced_ = true;
    co_await work_.Wait();
  }
}

Task<void> ManifestWatcher::Follow() {
  while (true) {
    const auto changed = co_await watch_.Next();
    if (!changed.ok()) {
      log::Error("manifests are not followed any more: {}", changed.error().message);
      co_return;
    }
    all_due_ = all_due_ || !changed->has_value();
    if (changed->has_value()) due_.insert((*changed)->begin(), (*changed)->end());
    work_.Notify();
  }
}

/// Every file there is, and every file that objects in the store came from.
Task<void> ManifestWatcher::ApplyAll() {
  const Result<std::set<std::string>> listed =
      co_await pool_.Run([directory = directory_] { return ListManifests(directory); });
  if (!listed.ok()) {
    log::Error("manifests: {}", listed.error().message);
    co_return;  // what runs stays: an unreadable directory is not an empty one
  }
  due_.insert(listed->begin(), listed->end());
  for (const api::Object& object : co_await ObjectsOf("")) due_.insert(FileOf(object));
}

Task<void> ManifestWatcher::ApplyFile(std::string name) {
  retries_.erase(name);
  const Result<std::string> text =
      co_await pool_.Run([path = directory_ + "/" + name] { return ReadManifest(path); });
  if (!text.ok() && text.error().code == ErrorCode::kNotFound) {
    co_await RemoveUnwanted(name, {});
    Report(name, {});
    co_return;
  }
  if (!text.ok()) {
    Report(name, {text.error().message});
    co_return;
  }
  Pass pass = co_await ApplyText(name, *text);
  if (pass.errors.empty()) co_await RemoveUnwanted(name, pass.wanted);
  Report(name, std::move(pass.errors));
  if (pass.again) TryAgain(name);
}

Task<ManifestWatcher::Pass> ManifestWatcher::ApplyText(std::string name, std::string text) {
  Pass pass;
  const auto documents = api::ParseManifest(text);
  if (!documents.ok()) {
    pass.errors.push_back(documents.error().message);
    co_return pass;
  }
  for (const api::Document& document : *documents) co_await ApplyDocument(name, document, pass);
  co_return pass;
}

Task<void> ManifestWatcher::ApplyDocument(const std::string& name, const api::Document& document, Pass& pass) {
  const auto decoded = api::Decode(document.body);
  if (const auto* failure = std::get_if<api::DecodeFailure>(&decoded)) {
    for (const api::FieldError& error : failure->errors) {
      pass.errors.push_back(fmt::format("line {}: {}: {}{}{}", api::FindLine(document, error.field), failure->summary,
                                        error.field, error.field.empty() ? "" : ": ", error.message));
    }
    co_return;
  }
  const auto& good = std::get<api::Decoded>(decoded);
  const std::string kind(good.kind->kind);
  const api::Json& metadata = api::Member(good.body, "metadata");
  const std::string object = api::ReadString(metadata, "name");
  if (!good.kind->in_manifests) {
    pass.errors.push_back(fmt::format("line {}: kind: {} objects are made by the agent, not by manifests", document.line, kind));
    co_return;
  }
  if (object.empty()) {
    pass.errors.push_back(fmt::format("line {}: {}: metadata.name: required in a manifest file", document.line, kind));
    co_return;
  }
  pass.wanted.insert({kind, api::ReadString(metadata, "namespace"), object});
  const Status applied = co_await Apply(door_, good, name);
  if (!applied.ok() && Transient(applied.error())) {
    pass.again = true;
  } else if (!applied.ok()) {
    pass.errors.push_back(fmt::format("line {}: {}", document.line, applied.error().message));
  } else if (!retries_.contains(name)) {
    for (const std::string& warning : good.warnings) {
      log::Warning("manifest {}/{}: line {}: {} \"{}\": {}", directory_, name, document.line, kind, object, warning);
    }
  }
}

Task<void> ManifestWatcher::RemoveUnwanted(const std::string& name, const std::set<api::ObjectKey>& wanted) {
  for (const api::Object& object : co_await ObjectsOf(name)) {
    if (wanted.contains(object.key()) || api::ReadMeta(object.body()).deleting()) continue;
    store::DeleteOptions options;
    options.preconditions.uid = object.uid();
    const Result<api::Object> deleted = co_await door_.Delete(object.key(), options);
    if (deleted.ok()) {
      log::Info("manifest {}/{}: {} is not in it any more, deleting it", directory_, name, ToString(object.key()));
    } else if (deleted.error().code != ErrorCode::kNotFound) {
      log::Warning("manifest {}/{}: deleting {} failed: {}", directory_, name, ToString(object.key()), deleted.error().message);
      TryAgain(name);
    }
  }
}

/// The stored objects that came from file `name`, or from any file when it is empty.
Task<std::vector<api::Object>> ManifestWatcher::ObjectsOf(std::string name) {
  std::vector<api::Object> out;
  for (const api::KindInfo* kind : api::AllKinds()) {
    if (!kind->in_manifests) continue;
    const auto listed = co_await door_.store().List(std::string(kind->kind), store::ListOptions());
    if (!listed.ok()) continue;
    for (const api::Object& object : listed->items) {
      const std::string file = FileOf(object);
      if (!file.empty() && (name.empty() || file == name)) out.push_back(object);
    }
  }
  co_return out;
}

void ManifestWatcher::Report(const std::string& name, std::vector<std::string> errors) {
  std::vector<std::string>& known = errors_[name];
  if (errors != known) {
    for (const std::string& error : errors) log::Error("manifest {}/{}: {}", directory_, name, error);
    if (errors.empty()) log::Info("manifest {}/{}: its errors are gone", directory_, name);
  }
  known = std::move(errors);
  if (known.empty()) errors_.erase(name);
}

void ManifestWatcher::TryAgain(const std::string& name) {
  retries_[name] = clock_.After(kTryAgain, [this, name] {
    due_.insert(name);
    work_.Notify();
  });
}

}  // namespace ordinal::manifests
