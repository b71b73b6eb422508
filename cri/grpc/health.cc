#include "cri/grpc/health.h"

#include <fmt/format.h>

#include "cri/grpc/connection.h"
#include "cri/proto/health.pb.h"

namespace ordinal::cri {
namespace {

namespace health = ::grpc::health::v1;

constexpr Method<health::HealthCheckResponse> kCheck{"/grpc.health.v1.Health/Check"};

std::string Target(const std::string& address, int32_t port) {
  return address.find(':') == std::string::npos ? fmt::format("ipv4:{}:{}", address, port)
                                                : fmt::format("ipv6:[{}]:{}", address, port);
}

const char* Word(health::HealthCheckResponse::ServingStatus status) {
  switch (status) {
    case health::HealthCheckResponse::SERVING: return "SERVING";
    case health::HealthCheckResponse::NOT_SERVING: return "NOT_SERVING";
    case health::HealthCheckResponse::SERVICE_UNKNOWN: return "SERVICE_UNKNOWN";
    default: return "UNKNOWN";
  }
}

}  // namespace

Task<HealthAnswer> AskHealth(std::string address, int32_t port, std::string service,
                             std::chrono::milliseconds timeout) {
  Connection connection(Target(address, port));
  health::HealthCheckRequest request;
  request.set_service(service);
  CallOptions options(timeout);
  const auto answer = co_await connection.Call(kCheck, std::move(request), std::move(options));
  const ::grpc::Status& status = answer.first;
  const std::string where = fmt::format("{}:{}", address, port);
  switch (status.error_code()) {
    case ::grpc::StatusCode::OK: break;
    case ::grpc::StatusCode::UNIMPLEMENTED:
      co_return HealthAnswer{
          false,
          "this server does not implement the grpc health protocol (grpc.health.v1.Health): " + status.error_message()};
    case ::grpc::StatusCode::DEADLINE_EXCEEDED:
      co_return HealthAnswer{false, fmt::format("timeout: health rpc did not complete within {}ms", timeout.count())};
    case ::grpc::StatusCode::UNAVAILABLE:
      co_return HealthAnswer{false, fmt::format("timeout: failed to connect service \"{}\" within {}ms: {}", where,
                                                timeout.count(), status.error_message())};
    default: co_return HealthAnswer{false, "error: health rpc probe failed: " + status.error_message()};
  }
  const bool serving = answer.second->status() == health::HealthCheckResponse::SERVING;
  const std::string word = Word(answer.second->status());
  co_return HealthAnswer{serving, serving ? word : "service unhealthy (responded with \"" + word + "\")"};
}

}  // namespace ordinal::cri
