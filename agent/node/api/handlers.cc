#include "agent/node/api/handlers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/http/target.h"

namespace ordinal::node {
namespace {

using std::string_view;

constexpr std::array<string_view, 9> kPaths = {"configz",          "healthz",          "healthz/ping",
                                               "healthz/syncloop", "metrics",          "metrics/cadvisor",
                                               "metrics/probes",   "metrics/resource", "pods"};

struct Elsewhere {
  string_view first;
  const char* instead;
};
/// What a kubelet has here and this node has in the Kubernetes API, or nowhere.
constexpr std::array kElsewhere = {
    Elsewhere{"attach", "ask the Kubernetes API for pods/attach"},
    Elsewhere{"checkpoint", "containers are not checkpointed"},
    Elsewhere{"cri", "ask the Kubernetes API for pods/exec"},
    Elsewhere{"debug", "there is nothing to profile here"},
    Elsewhere{"exec", "ask the Kubernetes API for pods/exec"},
    Elsewhere{"flagz", "`ordinald --help` lists the settings"},
    Elsewhere{"logs", "read the host's logs on the host"},
    Elsewhere{"portForward", "ask the Kubernetes API for pods/portforward"},
    Elsewhere{"run", "ask the Kubernetes API for pods/exec"},
    Elsewhere{"runningpods", "ask for /pods"},
    Elsewhere{"statusz", "ask for /healthz?verbose"},
};

/// Nothing that is known here where a segment is not plain: "metrics%2Fcadvisor" is one word, which asked for another
/// right.
std::string PathOf(const http::Request& request) {
  if (!http::PlainSegments(request.segments)) return {};
  return fmt::format("{}", fmt::join(request.segments, "/"));
}

/// The path as it is counted: only what is known here, so that nobody makes books of what he invents.
std::string Counted(const std::string& path) {
  if (path == "stats/summary") return path;
  if (path.starts_with("containerLogs/")) return "containerLogs";
  return std::find(kPaths.begin(), kPaths.end(), path) == kPaths.end() ? "other" : path;
}

std::string CountedMethod(const std::string& method) {
  return method == "GET" || method == "HEAD" ? method : std::string("other");
}

http::Response NotHere(const http::Request& request) {
  const string_view first = request.segments.empty() ? string_view() : request.segments.front();
  for (const Elsewhere& each : kElsewhere) {
    if (first == each.first) return PlainText(501, fmt::format("/{} is not supported: {}", first, each.instead));
  }
  return PlainText(404, "404 page not found");
}

http::Response Document(const api::Json& json) {
  http::Response response;
  response.content_type = "application/json";
  response.body = json.dump(-1, ' ', false, api::Json::error_handler_t::replace);
  return response;
}

/// Counted up while it lives.
class Held {
 public:
  explicit Held(int& count) : count_(count) { ++count_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { --count_; }

 private:
  int& count_;
};

}  // namespace

Task<http::Response> ApiHandlers::Handle(std::shared_ptr<const http::Request> request) {
  const std::string path = PathOf(*request);
  std::pair<std::string, std::string> what(CountedMethod(request->method), Counted(path));
  Asked& asked = asked_[std::move(what)];
  const SteadyTime began = clock_.Steady();
  ++asked.under_way;
  http::Response response;
  try {
    response = co_await Answer(request, path);
  } catch (const std::exception& error) {
    response = PlainText(500, error.what());
  }
  --asked.under_way;
  asked.took.Observe(clock_.Steady() - began);
  co_return response;
}

Task<http::Response> ApiHandlers::Answer(std::shared_ptr<const http::Request> asked, const std::string& path) {
  const http::Request& request = *asked;
  if (request.method != "GET" && request.method != "HEAD") {
    const bool known = Counted(path) != "other";
    co_return known ? PlainText(405, "Method Not Allowed") : NotHere(request);
  }
  if (path.starts_with("containerLogs/")) co_return co_await sources_.logs(asked);
  if (path == "configz") co_return Document(sources_.settings());
  if (path == "metrics") co_return co_await Measured(sources_.metrics(), sources_.metrics_type, of_host_);
  if (path == "metrics/cadvisor") {
    co_return co_await Measured(sources_.cadvisor(), sources_.metrics_type, of_runtime_);
  }
  if (path == "metrics/probes") co_return co_await Told(sources_.probes(), sources_.metrics_type);
  if (path == "metrics/resource") co_return co_await Measured(sources_.resource(), sources_.metrics_type, of_host_);
  if (path == "stats/summary") {
    const bool less = request.Query("only_cpu_and_memory") == "true";
    co_return co_await Measured(sources_.summary(less), "application/json", of_runtime_);
  }
  if (path == "pods") co_return co_await Told(sources_.pods(), "application/json");
  if (path == "healthz" || path.starts_with("healthz/")) co_return Health(request, path);
  co_return NotHere(request);
}

Task<http::Response> ApiHandlers::Measured(Task<Result<std::string>> measure, std::string type, int& under_way) {
  if (under_way >= kMostAtOnce) {
    http::Response busy = PlainText(429, "as much as can be is being measured; try again in a second");
    busy.headers.emplace_back("Retry-After", "1");
    co_return busy;
  }
  const Held held(under_way);
  co_return co_await Told(std::move(measure), std::move(type));
}

Task<http::Response> ApiHandlers::Told(Task<Result<std::string>> tell, std::string type) {
  Result<std::string> text = co_await std::move(tell);
  if (!text.ok()) co_return PlainText(500, text.error().message);
  http::Response response;
  response.content_type = std::move(type);
  response.body = std::move(*text);
  co_return response;
}

/// "ok", or with ?verbose or a failure one line a part, as the reference writes them. Why a part fails is told only
/// where that part is asked for, which takes a right.
http::Response ApiHandlers::Health(const http::Request& request, const std::string& path) const {
  const api::Json parts = sources_.health();
  if (path != "healthz") {
    const auto part = parts.find(path.substr(path.find('/') + 1));
    if (part == parts.end()) return NotHere(request);
    return *part == true ? PlainText(200, "ok") : PlainText(500, "internal server error: " + part->get<std::string>());
  }
  const bool healthy = std::all_of(parts.begin(), parts.end(), [](const api::Json& part) { return part == true; });
  if (healthy && !request.HasQuery("verbose")) {
    http::Response response = PlainText(200, "");
    response.body = std::string("ok");
    return response;
  }
  std::string text;
  for (const auto& [part, state] : parts.items()) {
    text += state == true ? fmt::format("[+]{} ok\n", part) : fmt::format("[-]{} failed: reason withheld\n", part);
  }
  return PlainText(healthy ? 200 : 500, text + fmt::format("healthz check {}", healthy ? "passed" : "failed"));
}

std::shared_ptr<const http::Request> BehindProxy(const http::Request& request) {
  constexpr size_t kPrefix = 5;  // api, v1, nodes, <name>, proxy
  auto behind = std::make_shared<http::Request>(request);
  behind->segments.erase(behind->segments.begin(), behind->segments.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                                  kPrefix, behind->segments.size())));
  return behind;
}

}  // namespace ordinal::node
