#include "agent/store/sqlite/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ordinal::store {
namespace {

constexpr std::array<UpgradeStep, 3> kSteps = {{
    {1, R"(
CREATE TABLE objects(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  ns TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE(kind, ns, name));
CREATE TABLE counter(reserved INTEGER NOT NULL);
INSERT INTO counter VALUES(0);
)"},
    {2, R"(
ALTER TABLE counter ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
UPDATE counter SET last = (SELECT coalesce(max(revision), 0) FROM objects);
)"},
    // A page less in nearly every commit: counter.last is written by removals only. What an object holds it need not
    // say.
    {3, "-- nothing to change; an older agent would take what the counter says for all there is"},
}};

Status Apply(Database& db, const UpgradeStep& step) {
  // application_id "Ordl" lets file(1) and people tell what the file is.
  const std::string sql =
      fmt::format("BEGIN IMMEDIATE;\n{}\nPRAGMA application_id={};\nPRAGMA user_version={};\nCOMMIT;", step.sql,
                  0x4F72646C, step.version);
  auto applied = db.Execute(sql);
  if (applied.ok()) return {};
  if (db.InTransaction()) (void)db.Execute("ROLLBACK");
  return std::move(applied).error().With(fmt::format("upgrade to version {}", step.version));
}

}  // namespace

Result<uint64_t> LastRevision(Database& db) {
  TRY(const uint64_t version, db.QueryNumber("PRAGMA user_version"));
  if (version == 0) return uint64_t{0};
  constexpr const char* kOfObjects = "SELECT coalesce(max(revision), 0) FROM objects";
  if (version == 1) return db.QueryNumber(kOfObjects);
  TRY(const uint64_t held, db.QueryNumber(kOfObjects));
  TRY(const uint64_t counted, db.QueryNumber("SELECT last FROM counter"));
  return std::max(held, counted);
}

std::span<const UpgradeStep> UpgradeSteps() { return kSteps; }

Status Upgrade(Database& db, std::span<const UpgradeStep> steps) {
  TRY(const uint64_t version, db.QueryNumber("PRAGMA user_version"));
  if (!steps.empty() && version > steps.back().version) {
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("the store has version {}, this agent knows versions up to {}: install the agent that "
                                 "wrote it, or a newer one",
                                 version, steps.back().version));
  }
  for (const UpgradeStep& step : steps) {
    if (step.version > version) TRYV(Apply(db, step));
  }
  return {};
}

}  // namespace ordinal::store
