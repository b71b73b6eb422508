#include "agent/apiserver/streams/metrics.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "agent/api/selector.h"
#include "agent/apiserver/streams/answers.h"

namespace ordinal::apiserver::streams {
namespace {

using api::Json;
using api::Member;

constexpr char kGroup[] = "metrics.k8s.io";
constexpr char kVersion[] = "metrics.k8s.io/v1beta1";

/// What a path asks for.
struct Asked {
  bool nodes = false;
  std::string ns;                   ///< empty: all
  std::optional<std::string> name;  ///< absent: a list
};

/// The path behind /apis/metrics.k8s.io/v1beta1.
std::optional<Asked> ReadPath(const http::Request& request) {
  constexpr size_t kPrefix = 3;
  const auto& all = request.segments;
  if (all.size() <= kPrefix) return std::nullopt;
  std::vector<std::string> path(all.begin() + kPrefix, all.end());
  Asked asked;
  if (path.size() >= 3 && path.front() == "namespaces") {
    asked.ns = path[1];
    path.erase(path.begin(), path.begin() + 2);
  }
  asked.nodes = path.front() == "nodes";
  const bool known = asked.nodes ? asked.ns.empty() : path.front() == "pods";
  if (!known || path.size() > 2 || (path.size() == 2 && !asked.nodes && asked.ns.empty())) return std::nullopt;
  if (path.size() == 2) asked.name = path[1];
  return asked;
}

bool Matches(const Json& item, const Asked& asked, const api::Selector& labels) {
  const Json& metadata = Member(item, "metadata");
  if (!asked.ns.empty() && api::ReadString(metadata, "namespace") != asked.ns) return false;
  if (asked.name) return api::ReadString(metadata, "name") == *asked.name;
  return labels.Matches(api::ReadStringMap(metadata, "labels"));
}

http::Response Answer(Json document, std::string_view kind) {
  document["kind"] = kind;
  document["apiVersion"] = kVersion;
  http::Response response;
  response.body = document.dump() + "\n";
  return response;
}

}  // namespace

Task<http::Response> Metrics::Get(std::shared_ptr<const http::Request> request) {
  const std::optional<Asked> asked = ReadPath(*request);
  if (!asked) co_return NoSuchPath();
  const Result<api::Selector> labels = api::Selector::Parse(request->Query("labelSelector"));
  if (!labels.ok()) co_return FromError(labels.error());
  const MeasureAll& measure = asked->nodes ? nodes_ : pods_;
  const Result<Json> measured = co_await measure();
  if (!measured.ok()) co_return FromError(measured.error());
  const std::string kind = asked->nodes ? "NodeMetrics" : "PodMetrics";
  Json items = Json::array();
  for (const Json& item : *measured) {
    if (Matches(item, *asked, *labels)) items.push_back(item);
  }
  if (!asked->name) {
    const Json list = {{"metadata", Json::object()}, {"items", std::move(items)}};
    co_return Answer(list, kind + "List");
  }
  if (!items.empty()) co_return Answer(std::move(items.front()), kind);
  const std::string name = asked->nodes ? *asked->name : fmt::format("{}/{}", asked->ns, *asked->name);
  co_return NotFound(asked->nodes ? "nodemetrics" : "podmetrics", name, kGroup);
}

}  // namespace ordinal::apiserver::streams
