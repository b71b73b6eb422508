#include "agent/store/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "agent/store/sqlite/disk_trouble.h"

namespace ordinal::store {
namespace {

constexpr const char* kDamaged = "StoreDamaged";

// EXCLUSIVE comes first: the log's index is then held in memory, and a second agent on the same state directory is
// refused. synchronous=FULL: a commit returns after its fdatasync. Pages of 8 KiB hold a pod with its status
// in one piece. auto_vacuum comes before a new file's first page is written; of an older one it is set by shrink.h, as
// saying it again would write to the disk at every start.
// The log is checkpointed by the writer (writer.cc), never inside a commit, and shortened to 4 MiB when it starts over.
// The page cache is small: the documents are in memory already.
constexpr const char* kSettings =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "PRAGMA journal_size_limit=4194304;"
    "PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=FAST; PRAGMA cache_size=-512; PRAGMA temp_store=MEMORY;";

constexpr const char* kNewFile = "PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL;";

constexpr const char* kAtRestSettings = "PRAGMA cache_size=-512;";
// Pages go into the file as the cache fills, so that a copy of a large store takes no memory.
constexpr const char* kCopySettings = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-512;";

// A process that was killed keeps its lock on the file until its last thread has ended (agent/app/lock.cc waits for
// that); its descriptors go one after another.
constexpr int kBusyMilliseconds = 300;

ErrorCode CodeOf(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::kFailedPrecondition;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return ErrorCode::kPermissionDenied;
    default: return ErrorCode::kInternal;
  }
}

/// The disk is to blame, not whoever made the directory.
bool OfTheDisk(sqlite3* db, int code, const std::string& path) {
  const int error = sqlite3_system_errno(db);
  switch (code & 0xFF) {
    case SQLITE_FULL: return true;
    case SQLITE_IOERR: return code != SQLITE_IOERR_NOMEM;
    case SQLITE_READONLY: return IsReadOnly(std::filesystem::path(path).parent_path());
    case SQLITE_CANTOPEN: return error == EROFS || error == EIO || error == ENOSPC || error == EDQUOT;
    default: return false;
  }
}

/// "file:" and the path, so that no character of it means anything in a URI.
std::string UriOf(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '-' || c == '_' || c == '.';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace

Error DatabaseError(sqlite3* db, std::string_view what) {
  const int code = sqlite3_extended_errcode(db);
  const char* path = sqlite3_db_filename(db, "main");
  if (path != nullptr && OfTheDisk(db, code, path)) {
    return DiskError(path, (code & 0xFF) == SQLITE_FULL ? ENOSPC : sqlite3_system_errno(db));
  }
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

Result<Database> Database::OpenWith(const std::string& name, const std::string& path, int flags, const char* settings) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(handle);
  if (handle == nullptr) return MakeError(ErrorCode::kInternal, "open " + path + ": out of memory");
  if (code != SQLITE_OK) return DatabaseError(handle, "open " + path);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  db.KeepLogAtClose(true);
  if (!db.Execute(settings).ok()) return DatabaseError(handle, "open " + path);
  db.KeepLogAtClose(false);
  return db;
}

Result<Database> Database::Open(const std::string& path) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(path, missing);
  const std::string settings = (missing || bytes == 0 ? kNewFile : "") + std::string(kSettings);
  return OpenWith(path, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, settings.c_str());
}

Result<Database> Database::OpenAtRest(const std::string& path) {
  return OpenWith(UriOf(path) + "?immutable=1", path, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, kAtRestSettings);
}

Result<Database> Database::OpenForCopy(const std::string& path) {
  return OpenWith(path, path, SQLITE_OPEN_READWRITE, kCopySettings);
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

void Database::KeepLogAtClose(bool keep) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

Status Database::Checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return DatabaseError(db_, "checkpoint");
}

Status Database::CutLog() {
  const int code = sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return DatabaseError(db_, "checkpoint");
}

}  // namespace ordinal::store
