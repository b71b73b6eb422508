#include "cri/images/content_store.h"

#include <algorithm>

#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/proto/content.pb.h"
#include "cri/proto/cri.pb.h"
#include "cri/proto/images.pb.h"
#include "cri/proto/leases.pb.h"

namespace ordinal::cri {
namespace {

namespace content = containerd::services::content::v1;
namespace images = containerd::services::images::v1;
namespace leases = containerd::services::leases::v1;

// Paths: the services of containerd 1.6 (cri/proto/*.proto).
constexpr char kWrite[] = "/containerd.services.content.v1.Content/Write";
constexpr Method<content::InfoResponse> kInfo{"/containerd.services.content.v1.Content/Info"};
constexpr Method<content::UpdateResponse> kUpdate{"/containerd.services.content.v1.Content/Update"};
constexpr Method<containerd::wkt::Empty> kAbort{"/containerd.services.content.v1.Content/Abort"};
constexpr Method<images::CreateImageResponse> kCreateImage{"/containerd.services.images.v1.Images/Create"};
constexpr Method<images::UpdateImageResponse> kUpdateImage{"/containerd.services.images.v1.Images/Update"};
constexpr Method<leases::CreateResponse> kCreateLease{"/containerd.services.leases.v1.Leases/Create"};
constexpr Method<containerd::wkt::Empty> kDeleteLease{"/containerd.services.leases.v1.Leases/Delete"};
constexpr Method<runtime::v1::ImageStatusResponse> kImageStatus{"/runtime.v1.ImageService/ImageStatus"};

CallOptions InNamespace(std::chrono::milliseconds deadline = kContentDeadline, const std::string& lease = {}) {
  CallOptions options = InCriNamespace(deadline);
  if (!lease.empty()) options.metadata.emplace("containerd-lease", lease);
  return options;
}

Error StoreError(const grpc::Status& status, const std::string& what) {
  return CallError(status, Operation::kStatus, what);
}

}  // namespace

Task<Status> ContentStore::CreateLease(std::string id, WallTime expires) {
  leases::CreateRequest request;
  request.set_id(id);
  // An agent that dies within an import never deletes its lease.
  (*request.mutable_labels())["containerd.io/gc.expire"] = FormatTime(expires);
  const auto [status, reply] = co_await connection_->Call(kCreateLease, std::move(request), InNamespace());
  if (!status.ok()) co_return StoreError(status, "take a lease on containerd's content");
  co_return Status();
}

Task<Status> ContentStore::DeleteLease(std::string id) {
  leases::DeleteRequest request;
  request.set_id(id);
  const auto [status, reply] = co_await connection_->Call(kDeleteLease, std::move(request), InNamespace());
  if (!status.ok() && status.error_code() != grpc::StatusCode::NOT_FOUND) {
    co_return StoreError(status, "give back the lease " + id);
  }
  co_return Status();
}

Task<Result<bool>> ContentStore::Has(std::string digest) {
  content::InfoRequest request;
  request.set_digest(digest);
  const auto [status, reply] = co_await connection_->Call(kInfo, std::move(request), InNamespace());
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) co_return false;
  if (!status.ok()) co_return StoreError(status, "look for blob " + digest);
  co_return true;
}

Task<Status> ContentStore::PutLabels(std::string digest, std::map<std::string, std::string> labels) {
  if (labels.empty()) co_return Status();
  content::UpdateRequest request;
  request.mutable_info()->set_digest(digest);
  for (const auto& [key, value] : labels) {
    (*request.mutable_info()->mutable_labels())[key] = value;
    request.mutable_update_mask()->add_paths("labels." + key);
  }
  const auto [status, reply] = co_await connection_->Call(kUpdate, std::move(request), InNamespace());
  if (!status.ok()) co_return StoreError(status, "label blob " + digest);
  co_return Status();
}

// The other side answers each message with one of its own:
//   STAT {ref, total, expected} → offset;  WRITE {offset, data} → offset, …;  COMMIT {labels} → digest
Task<Status> ContentStore::WriteNew(std::shared_ptr<Stream> stream, std::string digest, const Blob& blob,
                                    NextBytes next, bool& committed) {
  const auto reply = std::make_shared<content::WriteContentResponse>();
  auto request = std::make_shared<content::WriteContentRequest>();
  request->set_action(content::STAT);
  request->set_ref("ordinal-import-" + digest);
  request->set_total(static_cast<int64_t>(blob.size));
  request->set_expected(digest);
  if (!co_await stream->Write(request, /*last=*/false) || !co_await stream->Read(reply)) co_return Status();
  // An import that was cut off left its first bytes; they are checked with the rest at the commit.
  const uint64_t there = static_cast<uint64_t>(reply->offset());
  uint64_t offset = 0;
  for (;;) {
    CO_TRY(std::string bytes, co_await next());
    if (bytes.empty()) break;
    const uint64_t start = offset;
    offset += bytes.size();
    if (offset <= there) continue;
    if (start < there) bytes.erase(0, there - start);
    request = std::make_shared<content::WriteContentRequest>();
    request->set_action(content::WRITE);
    request->set_offset(static_cast<int64_t>(std::max(start, there)));
    request->set_data(std::move(bytes));
    if (!co_await stream->Write(request, /*last=*/false) || !co_await stream->Read(reply)) co_return Status();
  }
  request = std::make_shared<content::WriteContentRequest>();
  request->set_action(content::COMMIT);
  request->set_offset(static_cast<int64_t>(offset));
  request->set_total(static_cast<int64_t>(blob.size));
  request->set_expected(digest);
  for (const auto& [key, value] : blob.labels) (*request->mutable_labels())[key] = value;
  if (co_await stream->Write(request, /*last=*/true) && co_await stream->Read(reply)) committed = true;
  co_return Status();
}

Task<Status> ContentStore::Write(std::string lease, std::string digest, Blob blob, NextBytes next) {
  // No deadline for the whole: a blob may have gigabytes. The local disk moves on or fails.
  const auto stream = connection_->Open(kWrite, InNamespace(std::chrono::milliseconds(0), lease));
  bool committed = false;
  const Status sent = co_await WriteNew(stream, digest, blob, std::move(next), committed);
  const grpc::Status status = co_await stream->Finish();
  if (committed) co_return Status();
  if (sent.ok() && status.error_code() == grpc::StatusCode::ALREADY_EXISTS) {
    co_return co_await PutLabels(digest, std::move(blob.labels));
  }
  content::AbortRequest abort;
  abort.set_ref("ordinal-import-" + digest);
  co_await connection_->Call(kAbort, std::move(abort), InNamespace());
  co_return sent.ok() ? StoreError(status, "write blob " + digest) : sent.error();
}

Task<Status> ContentStore::PutImage(NamedImage image, std::map<std::string, std::string> labels) {
  images::Image record;
  record.set_name(image.name);
  record.mutable_target()->set_media_type(image.media_type);
  record.mutable_target()->set_digest(image.digest);
  record.mutable_target()->set_size(static_cast<int64_t>(image.size));
  for (const auto& [key, value] : labels) (*record.mutable_labels())[key] = value;
  images::CreateImageRequest create;
  *create.mutable_image() = record;
  const auto [created, reply] = co_await connection_->Call(kCreateImage, std::move(create), InNamespace());
  if (created.ok()) co_return Status();
  if (created.error_code() != grpc::StatusCode::ALREADY_EXISTS) {
    co_return StoreError(created, "name the image " + image.name);
  }
  images::UpdateImageRequest update;
  *update.mutable_image() = std::move(record);
  update.mutable_update_mask()->add_paths("target");
  for (const auto& [key, value] : labels) update.mutable_update_mask()->add_paths("labels." + key);
  const auto [updated, unused] = co_await connection_->Call(kUpdateImage, std::move(update), InNamespace());
  if (!updated.ok()) co_return StoreError(updated, "rename the image " + image.name);
  co_return Status();
}

Task<Result<bool>> ContentStore::RuntimeSees(std::string name) {
  runtime::v1::ImageStatusRequest request;
  request.mutable_image()->set_image(name);
  CallOptions options(kStatusDeadline);
  options.idempotent = true;
  const auto [status, reply] = co_await connection_->Call(kImageStatus, std::move(request), std::move(options));
  if (!status.ok()) co_return CallError(status, Operation::kInspectImage, "look for image " + name);
  co_return reply->has_image();
}

}  // namespace ordinal::cri
