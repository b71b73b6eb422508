// The gRPC health check against a real gRPC server on loopback.
#include "cri/grpc/health.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "cri/proto/health.pb.h"
#include "tests/fakes/run_task.h"

namespace ordinal::cri {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
namespace health = ::grpc::health::v1;

/// Serves, does not serve, does not know, or is silent, by the name of the service that is asked about.
class Health final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new Call(context->method());
  }

 private:
  class Call final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Call(const std::string& method) {
      if (method == "/grpc.health.v1.Health/Check") {
        StartRead(&request_);
      } else {
        Finish(grpc::Status(grpc::UNIMPLEMENTED, "what?"));
      }
    }
    void OnReadDone(bool ok) override {
      grpc::Slice slice;
      health::HealthCheckRequest request;
      if (!ok || !request_.DumpToSingleSlice(&slice).ok() ||
          !request.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
        return Finish(grpc::Status(grpc::INTERNAL, "no request"));
      }
      if (request.service() == "silent") return;
      if (request.service() == "unknown") return Finish(grpc::Status(grpc::NOT_FOUND, "unknown service"));
      if (request.service() == "older") return Finish(grpc::Status(grpc::UNIMPLEMENTED, "what?"));
      health::HealthCheckResponse response;
      response.set_status(request.service() == "down" ? health::HealthCheckResponse::NOT_SERVING
                                                      : health::HealthCheckResponse::SERVING);
      const grpc::Slice bytes(response.SerializeAsString());
      response_ = grpc::ByteBuffer(&bytes, 1);
      StartWriteAndFinish(&response_, {}, grpc::Status::OK);
    }
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer request_, response_;
  };
};

class HealthTest : public ::testing::Test {
 protected:
  HealthTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(&health_);
    server_ = builder.BuildAndStart();
  }
  HealthAnswer Ask(const std::string& service, milliseconds timeout = seconds(5)) {
    return RunTask(io_, AskHealth("127.0.0.1", port_, service, timeout));
  }

  asio::io_context io_;
  Health health_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(HealthTest, OnlyWhatServesPasses) {
  EXPECT_TRUE(Ask("").serving);
  EXPECT_TRUE(Ask("db").serving);
  EXPECT_FALSE(Ask("down").serving);
  EXPECT_EQ(Ask("down").said, "service unhealthy (responded with \"NOT_SERVING\")");
  EXPECT_THAT(Ask("unknown").said, HasSubstr("unknown service"));
  EXPECT_THAT(Ask("older").said, HasSubstr("does not implement the grpc health protocol"));
  EXPECT_THAT(Ask("silent", milliseconds(300)).said, HasSubstr("did not complete within 300ms"));
}

}  // namespace
}  // namespace ordinal::cri
