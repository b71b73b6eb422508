#include "agent/apiserver/streams/exec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <variant>

#include "agent/store/memory/memory_store.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/apiserver/streams/requests.h"

namespace ordinal::apiserver::streams {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const Values kSpdy{{"upgrade", "SPDY/3.1"}, {"connection", "Upgrade"}};

Values WebSocket(const std::string& protocols) {
  return {{"upgrade", "websocket"}, {"connection", "Upgrade"}, {"sec-websocket-protocol", protocols}};
}

class SessionsTest : public ::testing::Test {
 protected:
  SessionsTest() { Store(PodDocument({Running("main", "c1")})); }

  void Store(const Json& pod) {
    static_cast<void>(RunTask(io_, store_.Delete({"Pod", "default", "kubia-0"}, {})));
    ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(pod))).ok());
  }

  http::Response Exec(Values query, Values headers = kSpdy) {
    return RunTask(io_, sessions_.Exec(PodRequest("exec", std::move(query), std::move(headers))));
  }
  http::Response Attach(Values query, Values headers = kSpdy) {
    return RunTask(io_, sessions_.Attach(PodRequest("attach", std::move(query), std::move(headers))));
  }
  http::Response Forward(Values query, Values headers = kSpdy) {
    return RunTask(io_, sessions_.PortForward(PodRequest("portforward", std::move(query), std::move(headers))));
  }

  static http::Proxy ProxyOf(const http::Response& response) {
    const auto* proxy = std::get_if<http::Proxy>(&response.body);
    if (proxy == nullptr) throw std::runtime_error("not handed on: " + TextOf(response));
    return *proxy;
  }

  Task<Result<std::string>> Ask(ExecAsk ask) {
    asked_ = std::move(ask);
    if (failure_) co_return *failure_;
    co_return "http://127.0.0.1:1/token";
  }

  asio::io_context io_;
  store::MemoryStore store_;
  ExecAsk asked_;
  std::optional<Error> failure_;
  Sessions sessions_{store_, [this](ExecAsk ask) { return Ask(std::move(ask)); }};
};

TEST_F(SessionsTest, ExecAsksTheRuntimeForWhatTheQuerySays) {
  const http::Response response = Exec({{"command", "sh"},
                                        {"command", "-c"},
                                        {"command", "id"},
                                        {"stdin", "true"},
                                        {"stdout", "true"},
                                        {"stderr", "true"}});
  const http::Proxy proxy = ProxyOf(response);
  EXPECT_EQ(proxy.url, "http://127.0.0.1:1/token");
  EXPECT_THAT(proxy.set_headers, IsEmpty());
  EXPECT_EQ(asked_.kind, ExecAsk::Kind::kExec);
  EXPECT_EQ(asked_.uid, kUid);
  EXPECT_EQ(asked_.pod.name, "kubia-0");
  EXPECT_EQ(asked_.container, "main");
  EXPECT_EQ(asked_.container_id, "c1");
  EXPECT_THAT(asked_.command, ElementsAre("sh", "-c", "id"));
  EXPECT_TRUE(asked_.in && asked_.out && asked_.err);
  EXPECT_FALSE(asked_.tty);
}

TEST_F(SessionsTest, ThePodIsTheOneThatAccessWasAskedFor) {
  auto request = std::make_shared<http::Request>(*PodRequest("exec", {{"command", "id"}, {"stdout", "true"}}, kSpdy));
  request->segments = {"api", "v1", "watch", "namespaces", "default", "pods", "kubia-0", "exec"};
  EXPECT_EQ(RunTask(io_, sessions_.Exec(request)).status, 404);
  // Its fourth and sixth words are a namespace's and a pod's, which it does not mean.
  request->segments = {"api", "v1", "namespaces", "default", "services", "kubia-0", "x", "exec"};
  EXPECT_EQ(RunTask(io_, sessions_.Exec(request)).status, 404);
  EXPECT_EQ(asked_.uid, "");
}

TEST_F(SessionsTest, ATerminalHasNoStderrOfItsOwn) {
  ProxyOf(Exec({{"command", "sh"}, {"stdout", "1"}, {"stderr", "1"}, {"tty", "1"}}));
  EXPECT_TRUE(asked_.out && asked_.tty);
  EXPECT_FALSE(asked_.err);
}

TEST_F(SessionsTest, AttachTakesTheTerminalOfTheContainer) {
  Json pod = PodDocument({Running("main", "c1")});
  pod["spec"]["containers"][0]["tty"] = true;
  Store(pod);
  ProxyOf(Attach({{"stdout", "true"}, {"stderr", "true"}}));
  EXPECT_EQ(asked_.kind, ExecAsk::Kind::kAttach);
  EXPECT_TRUE(asked_.tty && asked_.out);
  EXPECT_FALSE(asked_.err);
}

TEST_F(SessionsTest, WhatCannotBeIsRefusedBeforeTheUpgrade) {
  Json waiting = Running("b", "");
  waiting["state"] = {{"waiting", {{"reason", "CrashLoopBackOff"}}}};
  Store(PodDocument({Running("a", "c1"), waiting}));
  const struct {
    Values query;
    const char* answer;
  } kCases[] = {
      {{{"command", "id"}, {"stdout", "1"}},
       "400 BadRequest: a container name must be specified for pod kubia-0, choose one of: [a b]"},
      {{{"container", "x"}, {"command", "id"}}, "400 BadRequest: container x is not valid for pod kubia-0"},
      {{{"container", "a"}, {"stdout", "1"}},
       "400 BadRequest: you must specify at least one command for the container"},
      {{{"container", "a"}, {"command", "id"}}, "400 BadRequest: you must specify at least 1 of stdin, stdout, stderr"},
      {{{"container", "b"}, {"command", "id"}, {"stdout", "1"}}, "500 InternalError: container not found (\"b\")"},
  };
  for (const auto& [query, answer] : kCases) EXPECT_EQ(StatusLine(Exec(query)), answer);
  const auto gone = RunTask(io_, sessions_.Exec(PodRequest("exec", {}, kSpdy, "nosuch")));
  EXPECT_EQ(StatusLine(gone), "404 NotFound: pods \"nosuch\" not found");
}

TEST_F(SessionsTest, WithoutAnUpgradeThereIsNothingToTalkThrough) {
  EXPECT_EQ(StatusLine(Exec({{"command", "id"}, {"stdout", "1"}}, {})), "400 BadRequest: Upgrade request required");
}

TEST_F(SessionsTest, OnlySubprotocolsTheRuntimeKnowsAreHandedOn) {
  const struct {
    const char* offered;
    const char* handed_on;
  } kCases[] = {
      {"v6.channel.k8s.io, v4.channel.k8s.io,channel.k8s.io", "v4.channel.k8s.io, channel.k8s.io"},
      {"v4.channel.k8s.io", "v4.channel.k8s.io"},
      {"x, base64.channel.k8s.io", "base64.channel.k8s.io"},
  };
  for (const auto& [offered, handed_on] : kCases) {
    const http::Proxy proxy = ProxyOf(Exec({{"command", "id"}, {"stdout", "1"}}, WebSocket(offered)));
    EXPECT_THAT(proxy.set_headers, ElementsAre(Pair("sec-websocket-protocol", handed_on)));
  }
  Values two_headers = WebSocket("x.channel.k8s.io");
  two_headers.emplace("sec-websocket-protocol", "v4.channel.k8s.io");
  EXPECT_THAT(ProxyOf(Exec({{"command", "id"}, {"stdout", "1"}}, two_headers)).set_headers,
              ElementsAre(Pair("sec-websocket-protocol", "v4.channel.k8s.io")));
}

// kubectl tries these first since 1.31.
TEST_F(SessionsTest, WhatKubectlAsksForFirstIsTranslated) {
  const auto translated = [](const http::Response& response) {
    return std::holds_alternative<std::shared_ptr<http::Takeover>>(response.body);
  };
  for (const char* offered : {"v5.channel.k8s.io", "v4.channel.k8s.io, v5.channel.k8s.io"}) {
    EXPECT_TRUE(translated(Exec({{"command", "id"}, {"stdout", "1"}}, WebSocket(offered)))) << offered;
    EXPECT_TRUE(translated(Attach({{"stdout", "1"}}, WebSocket(offered)))) << offered;
  }
  EXPECT_TRUE(translated(Forward({}, WebSocket("SPDY/3.1+portforward.k8s.io"))));
  EXPECT_THAT(asked_.ports, IsEmpty());
}

TEST_F(SessionsTest, UpgradesNobodyUnderstandsAreRefused) {
  const http::Response exec = Exec({{"command", "id"}, {"stdout", "1"}}, WebSocket("v6.channel.k8s.io"));
  EXPECT_EQ(exec.status, 400);
  EXPECT_THAT(StatusLine(exec), HasSubstr("v6.channel.k8s.io"));
  const http::Response forward = Forward({}, WebSocket("v5.channel.k8s.io"));
  EXPECT_EQ(forward.status, 400);
  EXPECT_THAT(StatusLine(forward), HasSubstr("SPDY/3.1+portforward.k8s.io"));
}

TEST_F(SessionsTest, PortsAreForwardedToARunningPod) {
  EXPECT_EQ(ProxyOf(Forward({})).url, "http://127.0.0.1:1/token");
  EXPECT_EQ(asked_.kind, ExecAsk::Kind::kPortForward);
  EXPECT_EQ(asked_.uid, kUid);
  EXPECT_THAT(asked_.ports, IsEmpty());
  ProxyOf(Forward({{"ports", "80,443"}, {"ports", "8080"}}, WebSocket("v4.channel.k8s.io")));
  EXPECT_THAT(asked_.ports, ElementsAre(80, 443, 8080));
  EXPECT_EQ(Forward({}, WebSocket("v4.channel.k8s.io")).status, 400) << "which ports?";
  for (const char* ports : {"0", "65536", "x", "80,", ""}) EXPECT_EQ(Forward({{"ports", ports}}).status, 400) << ports;
  Json pod = PodDocument({Running("main", "c1")});
  pod["status"]["phase"] = "Succeeded";
  Store(pod);
  EXPECT_EQ(Forward({}).status, 400);
}

TEST_F(SessionsTest, WhatTheRuntimeRefusesIsTold) {
  failure_ = MakeError(ErrorCode::kUnavailable, "containerd does not answer");
  EXPECT_EQ(StatusLine(Exec({{"command", "id"}, {"stdout", "1"}})),
            "503 ServiceUnavailable: containerd does not answer");
}

}  // namespace
}  // namespace ordinal::apiserver::streams
