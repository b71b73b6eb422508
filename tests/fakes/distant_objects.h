// DistantObjects: objects as a client of an API server sees them. What is asked and answered goes as text, every call
// takes a turn of the event loop, and what the server has no one request for takes several: metadata and spec in one,
// the status in another, each refused when somebody wrote in between.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "agent/objects/objects.h"

namespace ordinal::fakes {

class DistantObjects final : public objects::Objects {
 public:
  /// `server` is where the requests end; it outlives this.
  explicit DistantObjects(objects::Objects& server) : server_(server) {}

  /// Until Heal() every call fails with `error` and does nothing.
  void Fail(const Error& error) { failure_ = error; }
  void Heal() { failure_.reset(); }
  /// What else happens on the server before the next Remove gets there, once.
  std::function<Task<void>()> before_remove;
  int requests() const { return requests_; }

  Task<Result<api::Object>> Get(api::ObjectKey key) override;
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override;
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override;
  using Objects::Create;
  Task<Result<objects::Written>> Create(api::Json body, objects::WriteOptions options) override;
  Task<Result<objects::Written>> Change(api::ObjectKey key, Edit edit, objects::WriteOptions options) override;
  Task<Result<objects::Written>> Update(api::Json body) override;
  Task<Result<api::Object>> UpdateStatus(api::ObjectKey key, std::string uid, api::Json status) override;
  Task<Result<api::Object>> Modify(api::ObjectKey key, std::function<bool(api::Json&)> change) override;
  Task<Result<objects::Written>> Apply(api::ObjectKey key, api::Json config, api::ApplyRequest request,
                                       objects::WriteOptions options,
                                       std::vector<api::FieldConflict>* conflicts) override;
  Task<Result<api::Object>> Bind(api::ObjectKey pod, std::string uid, std::string node,
                                 objects::WriteOptions options) override;
  Task<Result<api::Json>> RequestToken(api::ObjectKey account, api::Json request) override;
  Task<Result<objects::Removed>> Remove(api::ObjectKey key, objects::DeleteOptions options) override;

 private:
  /// The way there.
  Task<Status> Travel();
  /// PUT of one part of a document that was read at some revision.
  Task<Result<objects::Written>> Put(api::ObjectKey key, api::Json body, objects::WriteOptions options);

  objects::Objects& server_;
  std::optional<Error> failure_;
  int requests_ = 0;
};

}  // namespace ordinal::fakes
