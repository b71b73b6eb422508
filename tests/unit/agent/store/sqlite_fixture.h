// A SqliteStore in a scratch directory that may be closed, looked into, damaged and opened again.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/store/sqlite/database.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::store {

class SqliteFixture : public testing::Test {
 protected:
  SqliteFixture() {
    options_.directory = directory_.path();
    options_.now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    options_.backup = false;
  }

  Result<std::unique_ptr<SqliteStore>> TryOpen() { return SqliteStore::Open(options_, io_.get_executor()); }
  void Open() {
    auto opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }
  void Reopen() {
    store_.reset();
    Open();
  }
  /// Opens and closes again, which renews the backup.
  void OpenWithBackup() {
    options_.backup = true;
    Open();
    store_.reset();
    options_.backup = false;
  }

  static Object Pod(const std::string& name, int value, const std::string& kind = "Pod") {
    Json body = {{"apiVersion", "v1"}, {"kind", kind}, {"spec", {{"value", value}}}};
    body["metadata"] = {{"namespace", "default"}, {"name", name}, {"uid", "uid-" + name}};
    return Object(std::move(body));
  }

  template <class T>
  T Run(Task<T> task) {
    return RunTask(io_, std::move(task));
  }
  Object Create(const Object& object) { return Run(store_->Create(object)).value(); }
  Object Update(const Object& object) { return Run(store_->Update(object)).value(); }
  uint64_t Revision() { return Run(store_->List("Pod", ListOptions())).value().revision; }
  /// -1 when absent.
  int Value(const std::string& name, const std::string& kind = "Pod") {
    const auto found = Run(store_->Get({kind, "default", name}));
    return found.ok() ? found->body()["spec"]["value"].get<int>() : -1;
  }

  /// Changes the closed store's file behind its back.
  void Sql(const std::string& sql) {
    auto db = Database::Open(Path());
    ASSERT_TRUE(db.ok());
    const auto done = db->Execute(sql);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  std::string Path() const { return directory_ / "store.db"; }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  asio::io_context io_;
  fakes::ScratchDirectory directory_;
  SqliteStore::Options options_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace ordinal::store
