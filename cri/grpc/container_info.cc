#include "cri/grpc/container_info.h"

#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/proto/cri.pb.h"

namespace ordinal::cri {

Task<Result<std::string>> ContainerInfo(std::shared_ptr<Connection> connection, std::string id) {
  constexpr Method<::runtime::v1::ContainerStatusResponse> kStatus{"/runtime.v1.RuntimeService/ContainerStatus"};
  ::runtime::v1::ContainerStatusRequest request;
  request.set_container_id(id);
  request.set_verbose(true);
  CallOptions options(kStatusDeadline);
  options.idempotent = true;
  const auto answer = co_await connection->Call(kStatus, std::move(request), std::move(options));
  if (!answer.first.ok()) {
    co_return CallError(answer.first, Operation::kStatus, "read the specification of container " + id);
  }
  const auto info = answer.second->info().find("info");
  if (info == answer.second->info().end()) {
    co_return MakeError(ErrorCode::kNotSupported, "the runtime tells no specification of container " + id);
  }
  co_return info->second;
}

}  // namespace ordinal::cri
