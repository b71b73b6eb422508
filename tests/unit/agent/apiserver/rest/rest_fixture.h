// An Api over a memory store, asked as a client asks it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "agent/apiserver/rest/api.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::apiserver::rest {

using api::Json;

inline std::string PercentDecoded(const std::string& text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

inline void AddTarget(const std::string& target, http::Request& request) {
  request.target = target;
  const size_t mark = std::min(target.find('?'), target.size());
  for (size_t start = 1; start < mark;) {
    const size_t end = std::min(target.find('/', start), mark);
    request.segments.push_back(PercentDecoded(target.substr(start, end - start)));
    start = end + 1;
  }
  for (size_t start = mark + 1; start < target.size();) {
    const size_t end = std::min(target.find('&', start), target.size());
    const size_t equals = target.find('=', start);
    request.query.emplace(PercentDecoded(target.substr(start, equals - start)),
                          PercentDecoded(target.substr(equals + 1, end - equals - 1)));
    start = end + 1;
  }
}

class RestFixture : public testing::Test {
 protected:
  RestFixture() { EXPECT_TRUE(RunTask(io_, MakeSystemNamespaces(client_)).ok()); }

  struct Sent {
    std::string body = {};
    std::string type = "application/json";
    std::string accept = {};
  };

  http::Response Send(const std::string& method, const std::string& target, const Sent& sent) {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    AddTarget(target, *request);
    if (!sent.type.empty()) request->headers.emplace("content-type", sent.type);
    if (!sent.accept.empty()) request->headers.emplace("accept", sent.accept);
    request->body = sent.body;
    request->user = user_;
    return RunTask(io_, api_.Handle(request));
  }
  http::Response Send(const std::string& method, const std::string& target) { return Send(method, target, Sent()); }
  http::Response Post(const std::string& target, const Json& body) { return Send("POST", target, Sent{body.dump()}); }

  static std::string Text(const http::Response& response) {
    if (const auto* make = std::get_if<std::function<std::string()>>(&response.body)) return (*make)();
    return std::get<std::string>(response.body);
  }
  static Json Body(const http::Response& response) { return Json::parse(Text(response)); }
  static std::vector<std::string> Warnings(const http::Response& response) {
    std::vector<std::string> warnings;
    for (const auto& [name, value] : response.headers) {
      if (name == "Warning") warnings.push_back(value);
    }
    return warnings;
  }

  /// The next events of a watch.
  std::vector<Json> Events(const http::Response& response) {
    auto& stream = *std::get<std::shared_ptr<http::Stream>>(response.body);
    const auto piece = RunTask(io_, stream.Next());
    EXPECT_TRUE(piece.ok());
    std::vector<Json> events;
    if (!piece.ok()) return events;
    for (size_t start = 0; start < piece->size();) {
      const size_t end = piece->find('\n', start);
      events.push_back(Json::parse(piece->substr(start, end - start)));
      start = end + 1;
    }
    return events;
  }

  http::User user_;  ///< who sends; nobody in particular, who may do everything here
  asio::io_context io_;
  fakes::FakeClock clock_{io_};  // stands at 2026-01-01T00:00:00Z
  SeededRandom random_{1};
  store::MemoryStore store_{store::HistoryLimits{20, 1024 * 1024}};
  objects::LocalObjects client_{store_, clock_, random_};
  Api api_{Api::Parts{client_, clock_, random_, io_.get_executor()}, Routes()};
};

inline Json PodBody(const std::string& name, const std::string& app = "a") {
  Json body = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  body["metadata"] = {{"name", name}, {"labels", {{"app", app}}}};
  body["spec"]["containers"] = Json::array({{{"name", "c"}, {"image", "i:1"}}});
  return body;
}

inline Json SetBody(const std::string& name) {
  return Json::parse(R"({
    "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": ")" +
                     name + R"("},
    "spec": {"serviceName": "kubia", "replicas": 2, "selector": {"matchLabels": {"app": "kubia"}},
      "template": {"metadata": {"labels": {"app": "kubia"}}, "spec": {"containers": [
        {"name": "c", "image": "i:1", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}]}},
      "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Mi"}}}}]}})");
}

constexpr const char* kStrategic = "application/strategic-merge-patch+json";
constexpr const char* kPods = "/api/v1/namespaces/default/pods";
constexpr const char* kSets = "/apis/apps/v1/namespaces/default/statefulsets";

}  // namespace ordinal::apiserver::rest
