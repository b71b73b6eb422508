#include "tests/fakes/distant_objects.h"

#include <boost/asio/post.hpp>

namespace ordinal::fakes {
namespace {

using api::Json;
using api::Object;
using api::ObjectKey;
using objects::Written;
using Part = objects::WriteOptions::Part;

constexpr int kAttempts = 5;

Json AsText(const Json& document) { return Json::parse(document.dump()); }
Object AsText(const Object& object) { return Object(AsText(object.body())); }
Written AsText(const Written& written) { return {AsText(written.object), written.warnings, written.created}; }

bool OnlyStatusDiffers(Json a, Json b) {
  a.erase("status");
  b.erase("status");
  return a == b;
}

bool Again(const Error& error, int attempt) { return error.code == ErrorCode::kConflict && attempt + 1 < kAttempts; }

}  // namespace

Task<Status> DistantObjects::Travel() {
  ++requests_;
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  if (failure_) co_return *failure_;
  co_return Status();
}

Task<Result<Object>> DistantObjects::Get(ObjectKey key) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Object found, co_await server_.Get(std::move(key)));
  co_return AsText(found);
}

Task<Result<store::ListResult>> DistantObjects::List(std::string kind, store::ListOptions options) {
  CO_TRYV(co_await Travel());
  CO_TRY(store::ListResult listed, co_await server_.List(std::move(kind), std::move(options)));
  for (Object& object : listed.items) object = AsText(object);
  co_return listed;
}

Task<Result<std::unique_ptr<store::Watch>>> DistantObjects::StartWatch(std::string kind, store::ListOptions options,
                                                                       uint64_t revision) {
  CO_TRYV(co_await Travel());
  co_return co_await server_.StartWatch(std::move(kind), std::move(options), revision);
}

Task<Result<Written>> DistantObjects::Create(Json body, objects::WriteOptions options) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Written written, co_await server_.Create(AsText(body), std::move(options)));
  co_return AsText(written);
}

Task<Result<Written>> DistantObjects::Put(ObjectKey key, Json body, objects::WriteOptions options) {
  CO_TRYV(co_await Travel());
  Edit whole = [sent = AsText(body)](const Object&) -> Result<Json> { return sent; };
  CO_TRY(const Written written, co_await server_.Change(std::move(key), std::move(whole), std::move(options)));
  co_return AsText(written);
}

Task<Result<Written>> DistantObjects::Change(ObjectKey key, Edit edit, objects::WriteOptions options) {
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object current, co_await Get(key));
    CO_TRY(Json next, edit(current));
    // Somebody else's revision or uid is the server's to refuse, for good.
    Json& metadata = next["metadata"];
    const bool own = !metadata.contains("resourceVersion") ||
                     metadata["resourceVersion"] == current.body()["metadata"]["resourceVersion"];
    if (own) metadata["resourceVersion"] = std::to_string(current.revision());
    auto written = co_await Put(key, std::move(next), options);
    if (written.ok() || !own || !Again(written.error(), attempt)) co_return written;
    const auto now = co_await Get(key);
    if (now.ok() && now->revision() == current.revision()) co_return written;  // refused for something else
  }
}

Task<Result<Written>> DistantObjects::Update(Json body) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Written written, co_await server_.Update(AsText(body)));
  co_return AsText(written);
}

Task<Result<Object>> DistantObjects::UpdateStatus(ObjectKey key, std::string uid, Json status) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Object written, co_await server_.UpdateStatus(std::move(key), std::move(uid), AsText(status)));
  co_return AsText(written);
}

Task<Result<Object>> DistantObjects::Modify(ObjectKey key, std::function<bool(Json&)> change) {
  for (int attempt = 0;; ++attempt) {
    CO_TRY(Object current, co_await Get(key));
    Json next = current.body();
    if (!change(next) || next == current.body()) co_return current;
    objects::WriteOptions options;
    if (!OnlyStatusDiffers(current.body(), next)) {
      options.part = Part::kSpec;
      auto written = co_await Put(key, next, options);
      if (!written.ok() && Again(written.error(), attempt)) continue;
      if (!written.ok()) co_return std::move(written).error();
      current = written->object;
    }
    if (api::Member(next, "status") == api::Member(current.body(), "status")) co_return current;
    CO_TRYV(co_await Travel());
    auto written = co_await server_.UpdateStatus(key, current.uid(), AsText(api::Member(next, "status")));
    if (!written.ok()) co_return std::move(written).error();
    co_return AsText(*written);
  }
}

Task<Result<Written>> DistantObjects::Apply(ObjectKey key, Json config, api::ApplyRequest request,
                                            objects::WriteOptions options, std::vector<api::FieldConflict>* conflicts) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Written written,
         co_await server_.Apply(std::move(key), AsText(config), std::move(request), std::move(options), conflicts));
  co_return AsText(written);
}

Task<Result<Object>> DistantObjects::Bind(ObjectKey pod, std::string uid, std::string node,
                                          objects::WriteOptions options) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Object bound,
         co_await server_.Bind(std::move(pod), std::move(uid), std::move(node), std::move(options)));
  co_return AsText(bound);
}

Task<Result<Json>> DistantObjects::RequestToken(ObjectKey account, Json request) {
  CO_TRYV(co_await Travel());
  CO_TRY(const Json answered, co_await server_.RequestToken(std::move(account), AsText(request)));
  co_return AsText(answered);
}

Task<Result<objects::Removed>> DistantObjects::Remove(ObjectKey key, objects::DeleteOptions options) {
  CO_TRYV(co_await Travel());
  const auto meanwhile = std::exchange(before_remove, nullptr);
  if (meanwhile) co_await meanwhile();
  CO_TRY(const objects::Removed removed, co_await server_.Remove(std::move(key), std::move(options)));
  co_return objects::Removed{AsText(removed.object), removed.gone};
}

}  // namespace ordinal::fakes
