#include "agent/store/sqlite/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/store/sqlite/schema.h"

namespace ordinal::store {
namespace {

Status CheckWhole(Database& db) {
  TRY(const std::string verdict, db.QueryText("PRAGMA quick_check(1)"));
  if (verdict == "ok") return {};
  return DamageError("quick_check: " + verdict);
}

Status DropVolatile(Database& db, const std::vector<std::string>& kinds) {
  for (const std::string& kind : kinds) {
    TRY(Statement any, db.Prepare("SELECT 1 FROM objects WHERE kind = ? LIMIT 1"));
    TRY(const bool found, any.Bind(1, kind).Step());
    if (!found) continue;
    TRYV(any.Run());
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
  if (object.key() != key || object.revision() != row.Number(3)) {
    return DamageError(fmt::format("{} at revision {}: the document says {} at {}", ToString(key), row.Number(3),
                                   ToString(object.key()), object.revision()));
  }
  return object;
}

Result<Index> ReadObjects(Database& db, uint64_t reserved) {
  Index objects;
  TRY(Statement rows, db.Prepare("SELECT kind, ns, name, revision, body FROM objects"));
  while (true) {
    TRY(const bool row, rows.Step());
    if (!row) return objects;
    TRY(const Object object, ReadRow(rows));
    if (object.revision() > reserved) {
      return DamageError(fmt::format("{} is at revision {}, past the counter at {}", ToString(object.key()),
                                     object.revision(), reserved));
    }
    objects.Put(object);
  }
}

Result<Loaded> Read(const StoreFiles& files, const std::vector<std::string>& volatile_kinds) {
  const bool changed = files.BackupIsOld();
  TRY(Database db, Database::Open(files.Main()));
  TRY(const uint64_t version, db.QueryNumber("PRAGMA user_version"));
  if (version == 0 && files.HasBackup()) return DamageError("it is empty, but its backup is not");
  TRYV(CheckWhole(db));
  TRYV(Upgrade(db, UpgradeSteps()));
  TRYV(DropVolatile(db, volatile_kinds));
  TRY(const uint64_t reserved, db.QueryNumber("SELECT reserved FROM counter"));
  TRY(Index objects, ReadObjects(db, reserved));
  return Loaded{std::move(db), std::move(objects), reserved, changed};
}

}  // namespace

Result<Loaded> Load(const StoreFiles& files, const std::vector<std::string>& volatile_kinds, WallTime now) {
  TRYV(files.Prepare());
  auto loaded = Read(files, volatile_kinds);
  if (loaded.ok() || !IsDamage(loaded.error())) return loaded;
  return files.SetAside(loaded.error(), now);
}

}  // namespace ordinal::store
