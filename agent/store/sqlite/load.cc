#include "agent/store/sqlite/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/base/log.h"
#include "agent/store/core/change.h"
#include "agent/store/sqlite/revision_mark.h"
#include "agent/store/sqlite/schema.h"
#include "agent/store/sqlite/shrink.h"

namespace ordinal::store {
namespace {

/// `check`: quick_check, or integrity_check, which looks at indexes too: what a log that was cut leaves behind may be
/// pages of different times.
Status CheckWhole(Database& db, const std::string& check) {
  TRY(const std::string verdict, db.QueryText("PRAGMA " + check + "(1)"));
  if (verdict == "ok") return {};
  return DamageError(check + ": " + verdict);
}

/// What the mark says, or the newest backup where that knows of more: all three files may be older copies. Absent when
/// there is no mark to go by.
std::optional<uint64_t> ReadMark(const StoreFiles& files) {
  const auto marked = RevisionMark::Read(files.Mark());
  if (marked.ok() && *marked) {
    uint64_t known = **marked;
    // A backup that says more has to be whole to be believed.
    if (files.BackedUp().value_or(0) <= known) return known;
    for (const store::Backup& backup : files.GoodBackups()) known = std::max(known, backup.revision);
    return known;
  }
  if (marked.ok()) return std::nullopt;
  log::Warning("{}: whether the store lost its last changes cannot be told", marked.error().message);
  return std::nullopt;
}

/// A person removed the mark, or the store is older than marks.
void MarkAsItIs(const StoreFiles& files, uint64_t last) {
  log::Info("{}: no mark; the store is taken as it is, up to revision {}", files.Main(), last);
  RevisionMark mark(files.Mark());
  Status written = mark.Write(last);
  if (written.ok()) written = mark.Sync();
  if (!written.ok()) log::Warning("{}", written.error().message);
}

/// The highest revision may be that of an object which goes: `last` is counted first.
Status DropVolatile(Database& db, const std::vector<std::string>& kinds, uint64_t last) {
  for (const std::string& kind : kinds) {
    TRY(Statement any, db.Prepare("SELECT 1 FROM objects WHERE kind = ? LIMIT 1"));
    TRY(const bool found, any.Bind(1, kind).Step());
    if (!found) continue;
    TRYV(any.Run());
    TRY(Statement count, db.Prepare("UPDATE counter SET last = ?"));
    TRYV(count.Bind(1, last).Run());
    TRY(Statement drop, db.Prepare("DELETE FROM objects WHERE kind = ?"));
    TRYV(drop.Bind(1, kind).Run());
  }
  return {};
}

Result<Object> ReadRow(const Statement& row) {
  const ObjectKey key{std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))};
  Json body = Json::parse(row.Text(4), nullptr, /*allow_exceptions=*/false);
  if (body.is_discarded()) return DamageError(ToString(key) + ": the document is not JSON");
  Object object(std::move(body));
  // Other hands may have been at the row's.
  WriteOut(object);
  if (object.key() != key || object.revision() != row.Number(3)) {
    return DamageError(fmt::format("{} at revision {}: the document says {} at {}", ToString(key), row.Number(3),
                                   ToString(object.key()), object.revision()));
  }
  return object;
}

struct Rows {
  Index objects;
  uint64_t last = 0;  ///< the highest revision in them, of those skipped too
};

Result<Rows> ReadObjects(Database& db, uint64_t reserved, const std::vector<std::string>& skipped) {
  Rows all;
  TRY(Statement rows, db.Prepare("SELECT kind, ns, name, revision, body FROM objects"));
  while (true) {
    TRY(const bool row, rows.Step());
    if (!row) return all;
    TRY(const Object object, ReadRow(rows));
    if (object.revision() > reserved) {
      return DamageError(fmt::format("{} is at revision {}, past the counter at {}", ToString(object.key()),
                                     object.revision(), reserved));
    }
    all.last = std::max(all.last, object.revision());
    if (std::find(skipped.begin(), skipped.end(), object.kind()) == skipped.end()) all.objects.Put(object);
  }
}

/// The database, whole and with all that was ever acknowledged. Its log stays, should it be closed.
Result<Database> OpenComplete(const StoreFiles& files, WallTime now) {
  if (files.EmptiedUnderItsLog()) return DamageError("it is empty, but its log is not");
  const bool has_log = files.HasLog();
  TRY(Database db, Database::Open(files.Main()));
  db.KeepLogAtClose(has_log);
  const std::optional<uint64_t> marked = ReadMark(files);
  TRY(const uint64_t version, db.QueryNumber("PRAGMA user_version"));
  if (version == 0 && files.HasBackup()) return DamageError("it is empty, but its backup is not");
  if (version == 0 && marked) return DamageError(fmt::format("it is empty, but revision {} was acknowledged", *marked));
  if (version == 0 && files.HadContent()) return DamageError("it is empty, and was not before");
  TRYV(CheckWhole(db, "quick_check"));
  const bool newer = version > UpgradeSteps().back().version;
  TRY(const uint64_t last, newer ? Result<uint64_t>(uint64_t{0}) : LastRevision(db));
  if (!newer && marked.value_or(last + 1) > last) {
    const Status whole = CheckWhole(db, "integrity_check");
    if (marked && whole.ok()) return files.Incomplete(last, *marked, now);
    if (marked) return Error(whole.error()).With(fmt::format("it ends at revision {} of {}", last, *marked));
    TRYV(whole);
  }
  TRYV(Upgrade(db, UpgradeSteps()));
  if (!marked && !newer && last > 0) MarkAsItIs(files, last);
  return db;
}

Result<Loaded> Read(const StoreFiles& files, const std::vector<std::string>& volatile_kinds, WallTime now) {
  TRY(Database db, OpenComplete(files, now));
  TRY(const uint64_t counted, db.QueryNumber("SELECT last FROM counter"));
  TRY(const uint64_t reserved, db.QueryNumber("SELECT reserved FROM counter"));
  TRY(Rows rows, ReadObjects(db, reserved, volatile_kinds));
  const uint64_t last = std::max(counted, rows.last);
  db.KeepLogAtClose(false);
  TRYV(DropVolatile(db, volatile_kinds, last));
  const Status shrinkable = MakeShrinkable(db);
  if (!shrinkable.ok()) log::Warning("{} keeps its size: {}", files.Main(), shrinkable.error().message);
  return Loaded{std::move(db), std::move(rows.objects), reserved, last, files.BackupIsCurrent(last)};
}

}  // namespace

Result<Loaded> Load(const StoreFiles& files, const std::vector<std::string>& volatile_kinds, WallTime now) {
  TRYV(files.Prepare(now));
  auto loaded = Read(files, volatile_kinds, now);
  if (loaded.ok() || !IsDamage(loaded.error())) return loaded;
  return files.SetAside(loaded.error(), now);
}

}  // namespace ordinal::store
