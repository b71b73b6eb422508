// Database and Statement: the few calls of SQLite the store makes, with Results instead of codes. One thread at a
// time uses a Database and its Statements. All calls block on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ordinal::store {

/// An error of SQLite: what disk_trouble.h says when the disk is full, read-only or fails, kFailedPrecondition when
/// another process has the file, kInternal otherwise; see IsDamage.
Error DatabaseError(sqlite3* db, std::string_view what);

/// An error that says that a file holds something else than a store.
Error DamageError(std::string message);
bool IsDamage(const Error& error);

class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement(Statement&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  /// Parameters count from 1. Text is not copied: it must live until the statement ran.
  Statement& Bind(int parameter, std::string_view text);
  Statement& Bind(int parameter, uint64_t number);
  /// True: a row is there. False: done, ready to be bound and run again.
  Result<bool> Step();
  /// Steps to the end.
  Status Run();

  /// Of the current row; columns count from 0. Text lives until the next step.
  std::string_view Text(int column) const;
  uint64_t Number(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Database {
 public:
  /// Opens or creates the file. No other process can open it until it is closed.
  static Result<Database> Open(const std::string& path);
  /// Opens a whole file that nobody writes, and makes no other file beside it.
  static Result<Database> OpenAtRest(const std::string& path);
  /// Opens an empty file to copy into. It is whole once it is closed and synced, and worth nothing before.
  static Result<Database> OpenForCopy(const std::string& path);
  Database(Database&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
  Database& operator=(Database&& other) = delete;
  ~Database();

  Status Execute(const std::string& sql);
  Result<Statement> Prepare(std::string_view sql);
  /// The first column of the first row.
  Result<std::string> QueryText(std::string_view sql);
  Result<uint64_t> QueryNumber(std::string_view sql);

  /// Whether the log stays as it is at the close, instead of being moved into the file and removed: as long as nobody
  /// knows what it is worth.
  void KeepLogAtClose(bool keep);

  bool InTransaction() const;
  /// Moves the write-ahead log into the file; the next commit writes the log from its beginning.
  Status Checkpoint();
  /// The same, and makes the log's file empty.
  Status CutLog();
  sqlite3* handle() const { return db_; }

 private:
  static Result<Database> OpenWith(const std::string& name, const std::string& path, int flags, const char* settings);
  explicit Database(sqlite3* db) : db_(db) {}
  sqlite3* db_;
};

}  // namespace ordinal::store
