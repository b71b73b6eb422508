#include "agent/status/pod_status_writer.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "agent/api/kinds/pod/status_merge.h"
#include "agent/api/text/json_text.h"
#include "agent/api/text/valid.h"
#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/status/document.h"

namespace ordinal::status {
namespace {

constexpr Duration kRetry = std::chrono::milliseconds(500);

/// The same write would fail again.
bool ForGood(const Error& error) {
  return error.code == ErrorCode::kInvalid || error.code == ErrorCode::kNotSupported ||
         error.code == ErrorCode::kFailedPrecondition;
}

/// The member with the longest text: where to look first when a document is refused as too large.
std::string LargestField(const store::Json& status) {
  std::string largest;
  size_t most = 0;
  for (const auto& [member, value] : status.items()) {
    const size_t size = value.dump(-1, ' ', false, store::Json::error_handler_t::replace).size();
    if (size >= most) largest = fmt::format("status.{}, {} bytes", member, size);
    most = std::max(most, size);
  }
  return largest;
}

bool Same(const store::Object::Text& a, const store::Object::Text& b) { return a == b || (a && b && *a == *b); }

}  // namespace

PodStatusWriter::PodStatusWriter(Executor executor, Clock& clock, objects::Objects& client)
    : executor_(std::move(executor)), clock_(clock), client_(client) {}

void PodStatusWriter::Set(const store::ObjectKey& key, const std::string& uid, const api::PodStatus& status) {
  Entry& entry = entries_[key];
  if (entry.uid != uid) {
    entry.uid = uid;
    entry.written = nullptr;
    entry.revision = 0;
    entry.seen = store::Object();
    entry.refused.clear();
    entry.repairs = Repairs();
    entry.forgotten = false;
  }
  store::Json document = DocumentOf(status);
  const std::vector<std::string> mended = api::MakeValid(document);
  if (!mended.empty()) log::Warning("{}: made valid in its status: {}", ToString(key), fmt::join(mended, ", "));
  const std::string text = api::JsonText(document);
  if (!entry.wanted || *entry.wanted != text) entry.wanted = std::make_shared<const std::string>(text);
  if (Same(entry.wanted, entry.written)) {
    entry.fresh = nullptr;
  } else {
    entry.fresh = std::move(document);
    Begin(key, entry);
  }
}

void PodStatusWriter::Begin(const store::ObjectKey& key, Entry& entry) {
  if (std::exchange(entry.writing, true)) return;
  Spawn(executor_, "status of " + ToString(key), Write(key));
}

Task<void> PodStatusWriter::Write(store::ObjectKey key) {
  while (true) {
    // Entries stay in the map while `writing`: the reference is good until the end of this coroutine.
    Entry& entry = entries_[key];
    const Document status = entry.wanted;
    const std::string uid = entry.uid;
    store::Json said = std::exchange(entry.fresh, store::Json());
    if (said.is_null()) said = store::Json::parse(*status);
    const Result<store::Object> written = co_await Caught(Store(key, uid, std::move(said)));
    if (entry.uid != uid) continue;  // its namesake is here already
    const bool gone = !written.ok() && written.error().code == ErrorCode::kNotFound;
    const bool refused = !written.ok() && ForGood(written.error());
    if (!written.ok() && !gone && !refused) {
      log::Warning("{}: writing its status failed, trying again: {}", ToString(key), written.error().message);
      co_await Sleep(clock_, kRetry);
      continue;
    }
    if (written.ok()) entry.revision = written->revision();
    if (written.ok()) entry.refused.clear();
    if (refused) Refused(key, entry, *status, written.error());
    entry.written = refused ? nullptr : status;
    if (!gone && !Same(entry.wanted, status)) continue;
    entry.writing = false;
    const auto waiters = std::exchange(entry.waiters, {});
    const store::Object seen = std::exchange(entry.seen, store::Object());
    if (gone || entry.forgotten) {
      entries_.erase(key);
    } else if (!seen.empty()) {
      Look(key, entry, seen);
    }
    for (const auto& waiter : waiters) waiter->Notify();
    co_return;
  }
}

/// kNotFound when there is no pod of this name and uid.
Task<Result<store::Object>> PodStatusWriter::Store(store::ObjectKey key, std::string uid, store::Json status) {
  bool another = false;
  std::function<bool(store::Json&)> change = [&](store::Json& pod) {
    another = api::ReadString(api::Member(pod, "metadata"), "uid") != uid;
    if (!another) pod["status"] = api::MergedStatus(api::StatusBy::kNode, status, api::Member(pod, "status"));
    return !another;
  };
  Result<store::Object> written = co_await client_.Modify(key, std::move(change));
  if (another) co_return MakeError(ErrorCode::kNotFound, ToString(key) + " is another one now");
  co_return written;
}

void PodStatusWriter::Refused(const store::ObjectKey& key, Entry& entry, const std::string& status,
                              const Error& error) {
  if (std::exchange(entry.refused, error.message) == error.message) return;
  log::Error("{}: its status is refused and stays as it was (largest field: {}): {}", ToString(key),
             LargestField(store::Json::parse(status)), error.message);
}

void PodStatusWriter::Follow(const objects::Change<api::Pod>& change) {
  const store::Object& stored = change.last()->object;
  if (change.deleted()) {
    Forget(stored.key(), stored.uid());
    return;
  }
  const auto found = entries_.find(stored.key());
  if (found == entries_.end() || found->second.uid != stored.uid()) return;
  if (found->second.writing) {
    found->second.seen = stored;
  } else {
    Look(stored.key(), found->second, stored);
  }
}

/// Whether what the store holds is what was wanted.
void PodStatusWriter::Look(const store::ObjectKey& key, Entry& entry, const store::Object& stored) {
  if (stored.revision() <= entry.revision || !entry.refused.empty()) return;
  entry.revision = stored.revision();
  const store::Json& status = api::Member(stored.body(), "status");
  const store::Json merged = api::MergedStatus(api::StatusBy::kNode, store::Json::parse(*entry.wanted), status);
  if (!api::SameStatus(merged, status)) Repair(key, entry);
}

/// At once as a rule. Two that insist would write over each other without end, so that there is a limit.
void PodStatusWriter::Repair(const store::ObjectKey& key, Entry& entry) {
  Repairs& repairs = entry.repairs;
  if (repairs.waits) return;
  const SteadyTime now = clock_.Steady();
  const auto passed = std::chrono::duration<double>(now - repairs.last) / std::chrono::duration<double>(kRepairEvery);
  repairs.left = std::min(kRepairBurst, repairs.left + passed);
  repairs.last = now;
  if (repairs.left >= 1) {
    repairs.left -= 1;
    log::Warning("{}: somebody wrote over its status; it is written again as this node sees it", ToString(key));
    Begin(key, entry);
    return;
  }
  repairs.waits = true;
  repairs.timer = clock_.After(kRepairEvery, [this, key] {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    found->second.repairs.waits = false;
    Repair(key, found->second);
  });
}

Task<void> PodStatusWriter::End(store::ObjectKey key, std::string uid) {
  while (true) {
    co_await Stored(key);
    const Result<bool> gone = co_await Caught(Delete(key, uid));
    if (gone.ok() && *gone) break;
    const std::string why = gone.ok() ? "it changed meanwhile" : gone.error().message;
    log::Warning("{}: deleting its object failed, trying again: {}", ToString(key), why);
    co_await Sleep(clock_, kRetry);
  }
  Forget(key, uid);
}

Task<void> PodStatusWriter::Stored(store::ObjectKey key) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.writing) co_return;
  const auto done = std::make_shared<Signal>(executor_);
  found->second.waiters.push_back(done);
  co_await done->Wait();
}

Task<Result<bool>> PodStatusWriter::Delete(store::ObjectKey key, std::string uid) {
  objects::DeleteOptions options;
  options.grace_seconds = 0;
  options.preconditions.uid = uid;
  const Result<objects::Removed> removed = co_await client_.Remove(key, options);
  if (removed.ok()) co_return true;  // one that lingers for its finalizers is not the node's any more
  if (removed.error().code == ErrorCode::kNotFound) co_return true;
  if (removed.error().code != ErrorCode::kConflict) co_return removed.error();
  const Result<store::Object> there = co_await client_.Get(key);
  if (there.ok()) co_return there->uid() != uid;
  if (there.error().code == ErrorCode::kNotFound) co_return true;
  co_return there.error();
}

void PodStatusWriter::Forget(const store::ObjectKey& key, const std::string& uid) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.uid != uid) return;
  found->second.forgotten = true;  // by the write under way, when it ends
  if (!found->second.writing) entries_.erase(found);
}

}  // namespace ordinal::status
