#include "agent/store/sqlite/sqlite_store.h"

#include "agent/store/sqlite/pipeline.h"

namespace ordinal::store {

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const Options& options, Executor executor) {
  const StoreFiles files(options.directory);
  TRY(Loaded loaded, Load(files, options.volatile_kinds, options.now));
  if (options.complete) loaded.objects.Complete(options.complete);
  const auto set_of = [](const std::vector<std::string>& kinds) {
    return std::set<std::string>(kinds.begin(), kinds.end());
  };
  Pipeline::Kinds kinds{set_of(options.volatile_kinds), set_of(options.memory_while_failing), options.volatile_change};
  auto pipeline = std::make_shared<Pipeline>(std::move(executor), std::move(kinds));
  pipeline->Start(std::move(loaded), options.history, files, options.backup);
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(pipeline)));
}

SqliteStore::SqliteStore(std::shared_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

SqliteStore::~SqliteStore() { (void)Close(); }

Status SqliteStore::Close() { return pipeline_->Close(); }

void SqliteStore::PackHistory() { pipeline_->feed().PackHistory(); }

Task<void> SqliteStore::KeepBackups(Clock& clock) { return pipeline_->KeepBackups(clock); }

std::optional<Error> SqliteStore::Failure() const { return pipeline_->failure(); }

Task<Status> SqliteStore::Probe() { return pipeline_->Probe(); }

ListResult SqliteStore::ListNow(const std::string& kind) const {
  auto listed = pipeline_->feed().List(kind, ListOptions());
  return listed.ok() ? std::move(*listed) : ListResult();
}

Task<Result<Object>> SqliteStore::Create(Object object) {
  const ObjectKey key = object.empty() ? ObjectKey() : object.key();
  return pipeline_->Write(key, [object = std::move(object)](const Object& current, uint64_t revision) mutable {
    return PlanCreate(current, std::move(object), revision);
  });
}

Task<Result<Object>> SqliteStore::Update(Object object) {
  const ObjectKey key = object.empty() ? ObjectKey() : object.key();
  return pipeline_->Write(key, [object = std::move(object)](const Object& current, uint64_t revision) mutable {
    return PlanUpdate(current, std::move(object), revision);
  });
}

Task<Result<Object>> SqliteStore::Delete(ObjectKey key, Preconditions preconditions) {
  return pipeline_->Write(key,
                          [key, preconditions = std::move(preconditions)](const Object& current, uint64_t revision) {
                            return PlanDelete(current, key, preconditions, revision);
                          });
}

Task<Result<Object>> SqliteStore::Get(ObjectKey key) {
  const Object* found = pipeline_->feed().Find(key);
  if (!found) co_return MakeError(ErrorCode::kNotFound, ToString(key) + " not found", "NotFound");
  co_return *found;
}

Task<Result<ListResult>> SqliteStore::List(std::string kind, ListOptions options) {
  co_return pipeline_->feed().List(kind, options);
}

Task<Result<std::unique_ptr<Watch>>> SqliteStore::StartWatch(std::string kind, ListOptions options, uint64_t revision) {
  co_return pipeline_->feed().StartWatch(std::move(kind), std::move(options), revision);
}

}  // namespace ordinal::store
