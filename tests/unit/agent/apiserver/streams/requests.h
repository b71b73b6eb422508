// Requests, pods and answers, as the tests of this folder write them down.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/api/object.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

using api::Json;
using Values = std::multimap<std::string, std::string>;

inline constexpr char kUid[] = "11111111-2222-4333-8444-555555555555";

/// Of the pod default/<pod>.
inline std::shared_ptr<const http::Request> PodRequest(const std::string& subresource, Values query = {},
                                                       Values headers = {}, const std::string& pod = "kubia-0") {
  http::Request request;
  request.method = "GET";
  request.segments = {"api", "v1", "namespaces", "default", "pods", pod, subresource};
  request.query = std::move(query);
  request.headers = std::move(headers);
  return std::make_shared<const http::Request>(std::move(request));
}

inline Json Running(const std::string& name, const std::string& id, int restarts = 0) {
  return {{"name", name},
          {"state", {{"running", {{"startedAt", "2026-01-01T00:00:00Z"}}}}},
          {"lastState", Json::object()},
          {"restartCount", restarts},
          {"containerID", "containerd://" + id}};
}

inline Json Ended(const std::string& id, int exit_code = 1) {
  return {{"terminated", {{"exitCode", exit_code}, {"containerID", "containerd://" + id}}}};
}

/// The pod default/kubia-0 of a node, with these entries in status.containerStatuses and containers of their names.
inline Json PodDocument(const std::vector<Json>& statuses) {
  Json containers = Json::array();
  for (const Json& status : statuses) containers.push_back({{"name", status.at("name")}, {"image", "a:1"}});
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", "kubia-0"}, {"namespace", "default"}, {"uid", kUid}}},
          {"spec", {{"nodeName", "node-a"}, {"containers", containers}}},
          {"status", {{"phase", "Running"}, {"containerStatuses", statuses}}}};
}

inline std::string TextOf(const http::Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  return text == nullptr ? "(no text)" : *text;
}

/// "400 BadRequest: message" of a Status.
inline std::string StatusLine(const http::Response& response) {
  const Json status = Json::parse(TextOf(response), nullptr, false);
  if (!status.is_object() || status.value("kind", "") != "Status") return "(no Status)";
  EXPECT_EQ(status.at("code"), response.status);
  return std::to_string(response.status) + " " + status.value("reason", "") + ": " + status.value("message", "");
}

}  // namespace ordinal::apiserver::streams
