// LocalObjects: the verbs over the embedded store: decode → default → validate → admit → store, the same for manifest
// files, controllers and HTTP.
#pragma once

#include <string>
#include <vector>

#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/objects.h"
#include "agent/tokens/issuer.h"

namespace ordinal::objects {

class LocalObjects final : public Objects {
 public:
  /// `store`, `clock` and `random` outlive it.
  LocalObjects(store::ObjectStore& store, Clock& clock, Random& random, Admitters admitters = AllAdmitters());

  Task<Result<Object>> Get(ObjectKey key) override { return store_.Get(std::move(key)); }
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override {
    return store_.List(std::move(kind), std::move(options));
  }
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override {
    return store_.StartWatch(std::move(kind), std::move(options), revision);
  }

  using Objects::Create;
  Task<Result<Written>> Create(Json body, WriteOptions options) override;
  Task<Result<Written>> Change(ObjectKey key, Edit edit, WriteOptions options) override;
  Task<Result<Written>> Update(Json body) override;
  Task<Result<Object>> UpdateStatus(ObjectKey key, std::string uid, Json status) override;
  Task<Result<Object>> Modify(ObjectKey key, std::function<bool(Json&)> change) override;
  Task<Result<Written>> Apply(ObjectKey key, Json config, api::ApplyRequest request, WriteOptions options,
                              std::vector<api::FieldConflict>* conflicts) override;
  Task<Result<Object>> Bind(ObjectKey pod, std::string uid, std::string node, WriteOptions options) override;
  Task<Result<Json>> RequestToken(ObjectKey account, Json request) override;
  Task<Result<Removed>> Remove(ObjectKey key, DeleteOptions options) override;

  /// Who signs tokens; it outlives this. Before the first call that needs it.
  void SignWith(const tokens::Issuer& issuer) { issuer_ = &issuer; }

 private:
  Task<Result<Json>> Admitted(Attempt& attempt, Json document, const WriteOptions& options);

  store::ObjectStore& store_;
  Clock& clock_;
  Random& random_;
  Admitters admitters_;
  const tokens::Issuer* issuer_ = nullptr;
};

}  // namespace ordinal::objects
