#include "agent/store/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace ordinal::store {
namespace {

constexpr const char* kDamaged = "StoreDamaged";

// EXCLUSIVE comes first: the log's index is then held in memory, and a second agent on the same state directory is
// refused. synchronous=FULL: a commit returns after its fdatasync. Pages of 8 KiB hold a pod with its status
// in one piece. The log is checkpointed by the writer (writer.cc), never inside a commit. The page cache is small: the
// documents are in memory already.
constexpr const char* kSettings =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=FAST; PRAGMA cache_size=-512; PRAGMA temp_store=MEMORY;";

ErrorCode CodeOf(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_IOERR: return ErrorCode::kUnavailable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::kFailedPrecondition;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return ErrorCode::kPermissionDenied;
    default: return ErrorCode::kInternal;
  }
}

}  // namespace

Error DatabaseError(sqlite3* db, std::string_view what) {
  const int code = sqlite3_extended_errcode(db);
  const bool damaged = (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
  const char* hint = (code & 0xFF) == SQLITE_BUSY ? "; another process uses it" : "";
  return MakeError(CodeOf(code), fmt::format("{}: {} (SQLite {}){}", what, sqlite3_errmsg(db), code, hint),
                   damaged ? kDamaged : "");
}

Error DamageError(std::string message) { return MakeError(ErrorCode::kInternal, std::move(message), kDamaged); }

bool IsDamage(const Error& error) { return error.reason == kDamaged; }

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::Bind(int parameter, std::string_view text) {
  sqlite3_bind_text(statement_, parameter, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::Bind(int parameter, uint64_t number) {
  sqlite3_bind_int64(statement_, parameter, static_cast<sqlite3_int64>(number));
  return *this;
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  Error error = DatabaseError(sqlite3_db_handle(statement_), sqlite3_sql(statement_));
  sqlite3_reset(statement_);
  return error;
}

Status Statement::Run() {
  while (true) {
    TRY(const bool row, Step());
    if (!row) return {};
  }
}

std::string_view Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text ? std::string_view(text, static_cast<size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

uint64_t Statement::Number(int column) const { return static_cast<uint64_t>(sqlite3_column_int64(statement_, column)); }

Result<Database> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(handle);
  if (handle == nullptr) return MakeError(ErrorCode::kInternal, "open " + path + ": out of memory");
  if (code != SQLITE_OK) return DatabaseError(handle, "open " + path);
  if (!db.Execute(kSettings).ok()) return DatabaseError(handle, "open " + path);
  return db;
}

Database::~Database() { sqlite3_close_v2(db_); }

Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return DatabaseError(db_, sql.substr(0, sql.find('\n')));
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return DatabaseError(db_, sql);
  return Statement(statement);
}

Result<std::string> Database::QueryText(std::string_view sql) {
  TRY(Statement statement, Prepare(sql));
  TRY(const bool row, statement.Step());
  return row ? std::string(statement.Text(0)) : std::string();
}

Result<uint64_t> Database::QueryNumber(std::string_view sql) {
  TRY(Statement statement, Prepare(sql));
  TRY(const bool row, statement.Step());
  return row ? statement.Number(0) : uint64_t{0};
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

Status Database::Checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return DatabaseError(db_, "checkpoint");
}

}  // namespace ordinal::store
