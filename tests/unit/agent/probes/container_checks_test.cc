// Probes over real sockets of this host, and commands of a fake runtime.
#include "agent/probes/container_checks.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"

namespace ordinal::probes {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// Answers each connection with one of the texts, in turn; none left: it keeps the connection and says nothing.
class Server {
 public:
  explicit Server(std::vector<std::string> answers) : answers_(std::move(answers)), thread_([this] { Serve(); }) {}
  ~Server() {
    ending_ = true;
    boost::system::error_code ignored;
    tcp::socket(io_).connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  int32_t port() const { return acceptor_.local_endpoint().port(); }
  std::vector<std::string> asked() const { return asked_; }  ///< after the answer

 private:
  void Serve() {
    std::vector<tcp::socket> kept;
    for (size_t next = 0; !ending_; ++next) {
      tcp::socket socket = acceptor_.accept();
      if (ending_) return;
      if (next >= answers_.size()) {
        kept.push_back(std::move(socket));
        continue;
      }
      asio::streambuf request;
      boost::system::error_code code;
      asio::read_until(socket, request, "\r\n\r\n", code);
      asked_.emplace_back(asio::buffers_begin(request.data()), asio::buffers_end(request.data()));
      asio::write(socket, asio::buffer(answers_[next]), code);
    }
  }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  std::vector<std::string> answers_, asked_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

std::string Answer(const std::string& status, const std::string& more = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n" + more + "\r\nok";
}

class ContainerChecksTest : public ::testing::Test {
 protected:
  Outcome Probe(api::Handler handler, Duration timeout = seconds(5)) {
    Where where{"c1", "127.0.0.1", {}};
    where.ports.emplace_back();
    where.ports.back().name = "web";
    where.ports.back().container_port = named_port_;
    return RunTask(io_, checks_.Probe(where, std::make_shared<const api::Handler>(std::move(handler)), timeout));
  }
  static api::Handler Http(int32_t port, const std::string& path = "/") {
    api::Handler handler;
    handler.kind = api::Handler::Kind::kHttpGet;
    handler.port = port;
    handler.path = path;
    return handler;
  }
  static api::Handler Tcp(int32_t port) {
    api::Handler handler;
    handler.kind = api::Handler::Kind::kTcpSocket;
    handler.port = port;
    return handler;
  }
  static api::Handler Exec() {
    api::Handler handler;
    handler.kind = api::Handler::Kind::kExec;
    handler.command = {"check", "it"};
    return handler;
  }
  /// A port at which nobody listens.
  int32_t ClosedPort() {
    tcp::acceptor acceptor(io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    return acceptor.local_endpoint().port();
  }

  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
  fakes::FakeRuntime runtime_{clock_, io_.get_executor()};
  ContainerChecks checks_{clock_, [this](std::string id, std::vector<std::string> command, seconds timeout) {
                            return runtime_.ExecSync(std::move(id), std::move(command), timeout);
                          }};
  int32_t named_port_ = 0;
};

using Kind = Outcome::Kind;

TEST_F(ContainerChecksTest, HttpPassesFrom200To399) {
  for (const auto& [status, kind] : std::map<std::string, Kind>{{"200 OK", Kind::kPassed},
                                                                {"204 No Content", Kind::kPassed},
                                                                {"302 Found", Kind::kWarned},
                                                                {"404 Not Found", Kind::kFailed},
                                                                {"503 Busy", Kind::kFailed}}) {
    const Server server({"HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"});
    EXPECT_EQ(Probe(Http(server.port())).kind, kind) << status;
  }
  const Server server({Answer("500 Broken")});
  EXPECT_EQ(Probe(Http(server.port())).message, "HTTP probe failed with statuscode: 500");
}

TEST_F(ContainerChecksTest, HttpAsksAsAKubeletDoes) {
  Server server({Answer("200 OK")});
  named_port_ = server.port();
  api::Handler handler = Http(0, "healthz?full=1");
  handler.port_name = "web";
  handler.headers = {{"Host", "db.example"}, {"X-Custom", "yes"}, {"Accept", ""}, {"Connection", "keep-alive"}};
  const Outcome outcome = Probe(handler);
  EXPECT_EQ(outcome.message, "ok");
  ASSERT_EQ(server.asked().size(), 1U);
  const std::string asked = server.asked().front();
  EXPECT_THAT(asked, HasSubstr("GET /healthz?full=1 HTTP/1.1\r\n"));
  EXPECT_THAT(asked, HasSubstr("Host: db.example\r\n"));
  EXPECT_THAT(asked, HasSubstr("X-Custom: yes\r\n"));
  EXPECT_THAT(asked, HasSubstr("User-Agent: kube-probe/"));
  EXPECT_THAT(asked, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(asked, ::testing::Not(HasSubstr("Accept:")));
}

TEST_F(ContainerChecksTest, HttpFollowsRedirectsWithinTheHostOnly) {
  const Server server({Answer("302 Found", "Location: /login\r\n"), Answer("200 OK")});
  EXPECT_EQ(Probe(Http(server.port())).kind, Kind::kPassed);
  EXPECT_THAT(server.asked().back(), HasSubstr("GET /login "));
  const Server away({Answer("302 Found", "Location: http://example.com/\r\n")});
  const Outcome outcome = Probe(Http(away.port()));
  EXPECT_EQ(outcome.kind, Kind::kWarned);
  EXPECT_EQ(outcome.message, "Probe terminated redirects, Response body: ok");
  const Server round(std::vector<std::string>(20, Answer("302 Found", "Location: /\r\n")));
  EXPECT_THAT(Probe(Http(round.port())).message, HasSubstr("stopped after 10 redirects"));
}

TEST_F(ContainerChecksTest, HttpTakesNoMoreThanItKeepsAndNoRubbish) {
  const Server large({"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + std::string(200000, 'x')});
  EXPECT_EQ(Probe(Http(large.port())).kind, Kind::kPassed);
  const Server rubbish({"\x16\x03\x01 this is not HTTP\r\n\r\n"});
  EXPECT_EQ(Probe(Http(rubbish.port())).kind, Kind::kFailed);
  const Server empty({""});
  EXPECT_THAT(Probe(Http(empty.port())).message, HasSubstr("EOF"));
  const Server headers({"HTTP/1.1 200 OK\r\n" + std::string(1000000, 'a') + ": b\r\n\r\n"});
  EXPECT_EQ(Probe(Http(headers.port())).kind, Kind::kFailed);
}

TEST_F(ContainerChecksTest, HttpIsTakenAsGoTakesIt) {
  const std::string busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
  const std::pair<std::string, Kind> cases[] = {
      {"HTTP/1.1 200 OK\n\nok", Kind::kPassed},
      {"HTTP/1.1 200\r\n\r\n", Kind::kPassed},
      {"HTTP/1.0 200 OK\r\nX: " + std::string(16000, 'x') + "\r\n\r\nok", Kind::kPassed},
      {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + busy, Kind::kFailed},
      {"HTTP/1.1 100 Continue\r\n\r\n" + Answer("200 OK"), Kind::kPassed},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", Kind::kFailed},
      {"HTTP/1.1 99 Odd\r\n\r\n", Kind::kFailed},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", Kind::kPassed},
  };
  for (const auto& [answer, kind] : cases) {
    const Server server({answer});
    const Outcome outcome = Probe(Http(server.port()));
    EXPECT_EQ(outcome.kind, kind) << answer.substr(0, 60) << ": " << outcome.message;
  }
}

TEST_F(ContainerChecksTest, WithoutAnAddressNobodyIsAsked) {
  const Server server({Answer("200 OK")});
  for (api::Handler handler : {Http(server.port()), Tcp(server.port())}) {
    const Where nowhere{"c1", "", {}};
    const auto what = std::make_shared<const api::Handler>(handler);
    EXPECT_EQ(RunTask(io_, checks_.Probe(nowhere, what, seconds(5))).kind, Kind::kUnknown);
    EXPECT_EQ(RunTask(io_, checks_.Run(nowhere, what)).kind, Kind::kUnknown);
  }
}

TEST_F(ContainerChecksTest, WhatThrowsSaysNothing) {
  api::Handler handler = Http(1);
  const Server server({Answer("200 OK")});
  handler.port = server.port();
  handler.headers = {{"X-Long", std::string(70000, 'x')}};  // beyond what Beast takes
  EXPECT_EQ(Probe(handler).kind, Kind::kUnknown);
}

TEST_F(ContainerChecksTest, WhoDoesNotAnswerIsTooLate) {
  const Server silent({});
  const auto began = std::chrono::steady_clock::now();
  const Outcome http = Probe(Http(silent.port()), milliseconds(200));
  EXPECT_EQ(http.kind, Kind::kFailed);
  EXPECT_THAT(http.message, HasSubstr("context deadline exceeded"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(5));
  EXPECT_EQ(Probe(Tcp(silent.port())).kind, Kind::kPassed);
  api::Handler grpc = Tcp(silent.port());
  grpc.kind = api::Handler::Kind::kGrpc;
  EXPECT_EQ(Probe(grpc, milliseconds(200)).kind, Kind::kFailed);
}

TEST_F(ContainerChecksTest, ARefusedConnectionIsSaidInTheWordsPeopleKnow) {
  const int32_t port = ClosedPort();
  EXPECT_EQ(Probe(Tcp(port)).message, fmt::format("dial tcp 127.0.0.1:{}: connect: connection refused", port));
  EXPECT_EQ(Probe(Http(port, "/x")).message,
            fmt::format("Get \"http://127.0.0.1:{0}/x\": dial tcp 127.0.0.1:{0}: connect: connection refused", port));
  api::Handler grpc = Tcp(port);
  grpc.kind = api::Handler::Kind::kGrpc;
  EXPECT_THAT(Probe(grpc).message, HasSubstr("failed to connect service"));
  api::Handler named = Tcp(0);
  named.port_name = "nosuch";
  EXPECT_EQ(Probe(named).message, "couldn't find port: nosuch");
}

TEST_F(ContainerChecksTest, CommandsPassWithZeroAndSayWhatTheyWrote) {
  const auto container = [this] {
    cri::SandboxConfig sandbox;
    sandbox.name = "p";
    const auto id = RunTask(io_, runtime_.RunSandbox(sandbox));
    runtime_.AddImage("busybox");
    cri::ContainerConfig config;
    config.name = "main";
    config.image = "busybox";
    const auto made = RunTask(io_, runtime_.CreateContainer(*id, config, sandbox));
    EXPECT_TRUE(RunTask(io_, runtime_.StartContainer(*made)).ok());
    return *made;
  }();
  const auto probe = [&](Duration timeout = seconds(1)) {
    Where where{container, "", {}};
    return RunTask(io_, checks_.Probe(where, std::make_shared<const api::Handler>(Exec()), timeout));
  };
  runtime_.OnExec([](const auto&, const auto&) { return cri::ExecResult{"fine", "", 0}; });
  EXPECT_EQ(probe().kind, Kind::kPassed);
  runtime_.OnExec([](const auto&, const auto&) { return cri::ExecResult{"out\xff", "err", 3}; });
  EXPECT_EQ(probe().kind, Kind::kFailed);
  EXPECT_EQ(probe().message,
            "out\xEF\xBF\xBD"
            "err");
  runtime_.FailNext(fakes::FakeRuntime::Call::kExecSync, MakeError(ErrorCode::kDeadlineExceeded, "late"));
  EXPECT_EQ(probe().message, "command timed out: \"check it\" timed out after 1s");
  runtime_.FailNext(fakes::FakeRuntime::Call::kExecSync, MakeError(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(probe().kind, Kind::kUnknown);
  // a runtime that does not end the command in time is not waited for
  runtime_.Delay(fakes::FakeRuntime::Call::kExecSync, seconds(60));
  EXPECT_EQ(probe(milliseconds(100)).kind, Kind::kUnknown);
}

}  // namespace
}  // namespace ordinal::probes
