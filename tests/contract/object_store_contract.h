// What every ObjectStore promises, as tests run over each implementation. A new implementation adds one line to
// AllStores(); the tests are in object_store_*_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "agent/store/memory/memory_store.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::store {

struct StoreKind {
  std::string name;
  /// A new, empty store that may keep its data in `directory`.
  std::function<std::unique_ptr<ObjectStore>(asio::io_context& io, const std::string& directory, HistoryLimits limits)>
      make;
};

inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

inline std::vector<StoreKind> AllStores() {
  return {
      {"memory",
       [](asio::io_context&, const std::string&, HistoryLimits limits) -> std::unique_ptr<ObjectStore> {
         return std::make_unique<MemoryStore>(limits);
       }},
      {"sqlite",
       [](asio::io_context& io, const std::string& directory, HistoryLimits limits) -> std::unique_ptr<ObjectStore> {
         SqliteStore::Options options;
         options.directory = directory;
         options.history = limits;
         auto opened = SqliteStore::Open(options, io.get_executor());
         if (!opened.ok()) throw std::runtime_error(opened.error().message);
         return std::move(*opened);
       }},
  };
}

inline std::string StoreName(const testing::TestParamInfo<StoreKind>& info) { return info.param.name; }

/// A document as small as a store accepts it; stores know nothing of kinds.
inline Object MakeObject(const std::string& kind, const std::string& ns, const std::string& name,
                         const Json& labels = Json::object(), int value = 0) {
  Json body = {{"apiVersion", "v1"}, {"kind", kind}, {"spec", {{"value", value}}}};
  body["metadata"] = {{"name", name}, {"uid", "uid-" + name}, {"labels", labels}};
  if (!ns.empty()) body["metadata"]["namespace"] = ns;
  return Object(std::move(body));
}

/// The same object with another value and, unless told, no expectation about the revision.
inline Object WithValue(const Object& object, int value, bool any_revision = true) {
  Json body = object.body();
  body["spec"]["value"] = value;
  if (any_revision) body["metadata"].erase("resourceVersion");
  return Object(std::move(body));
}

inline Object WithLabels(const Object& object, const Json& labels) {
  Json body = object.body();
  body["metadata"]["labels"] = labels;
  return Object(std::move(body));
}

class ObjectStoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override { Restart({}); }

  /// A new, empty store with other limits.
  void Restart(HistoryLimits limits) {
    store_.reset();
    directory_.emplace();
    store_ = GetParam().make(io_, directory_->path(), limits);
  }

  template <class T>
  T Run(Task<T> task) {
    return RunTask(io_, std::move(task));
  }

  Object Create(const Object& object) { return Run(store_->Create(object)).value(); }
  Object Update(const Object& object) { return Run(store_->Update(object)).value(); }
  Object Delete(const ObjectKey& key) { return Run(store_->Delete(key, Preconditions())).value(); }
  uint64_t Revision() { return Run(store_->List("Pod", ListOptions())).value().revision; }

  std::unique_ptr<Watch> WatchFrom(uint64_t revision, const std::string& kind = "Pod", ListOptions options = {}) {
    return Run(store_->StartWatch(kind, std::move(options), revision)).value();
  }

  /// The next `count` events of a watch; fewer never come.
  std::vector<WatchEvent> Next(Watch& watch, size_t count) {
    std::vector<WatchEvent> events;
    while (events.size() < count) {
      auto some = Run(watch.Next()).value();
      events.insert(events.end(), some.begin(), some.end());
    }
    return events;
  }

  static ListOptions Labelled(const std::string& selector) {
    ListOptions options;
    options.labels = api::Selector::Parse(selector).value();
    return options;
  }

  asio::io_context io_;
  std::optional<fakes::ScratchDirectory> directory_;
  std::unique_ptr<ObjectStore> store_;
  const Preconditions any_;
};

/// "ADDED a@3": an event as the tests compare it.
inline std::string Line(const WatchEvent& event) {
  static const char* const kTypes[] = {"ADDED", "MODIFIED", "DELETED", "BOOKMARK"};
  return std::string(kTypes[static_cast<int>(event.type)]) + " " + event.object.name() + "@" +
         std::to_string(event.revision);
}

inline std::vector<std::string> Lines(const std::vector<WatchEvent>& events) {
  std::vector<std::string> lines;
  for (const WatchEvent& event : events) lines.push_back(Line(event));
  return lines;
}

}  // namespace ordinal::store
