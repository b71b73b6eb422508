#include "agent/apiserver/streams/exec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/apiserver/streams/answers.h"
#include "agent/apiserver/streams/channels.h"
#include "agent/apiserver/streams/log_options.h"
#include "agent/apiserver/streams/pod_parts.h"
#include "agent/apiserver/streams/upgrade.h"

namespace ordinal::apiserver::streams {
namespace {

using api::Member;
using api::ReadBool;
using api::ReadString;

/// The WebSocket subprotocols containerd's streaming server speaks (Kubernetes pkg/kubelet/cri/streaming/remotecommand/
/// websocket.go and portforward/websocket.go).
const std::vector<std::string>& Spoken(ExecAsk::Kind kind) {
  static const std::vector<std::string> kCommands{"v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io",
                                                  "base64.channel.k8s.io"};
  static const std::vector<std::string> kPorts{"v4.channel.k8s.io", "v4.base64.channel.k8s.io"};
  return kind == ExecAsk::Kind::kPortForward ? kPorts : kCommands;
}

std::vector<std::string> QueryValues(const http::Request& request, const std::string& name) {
  std::vector<std::string> values;
  const auto [begin, end] = request.query.equal_range(name);
  for (auto value = begin; value != end; ++value) values.push_back(value->second);
  return values;
}

/// ports=80,443 or ports=80&ports=443.
Result<std::vector<int32_t>> ReadPorts(const http::Request& request) {
  std::vector<int32_t> ports;
  for (const std::string& value : QueryValues(request, "ports")) {
    for (size_t begin = 0; begin <= value.size();) {
      const size_t end = std::min(value.find(',', begin), value.size());
      int32_t port = 0;
      const auto [stop, error] = std::from_chars(value.data() + begin, value.data() + end, port);
      if (error != std::errc() || stop != value.data() + end || port < 1 || port > 65535) {
        return MakeError(ErrorCode::kInvalid,
                         fmt::format("ports: \"{}\" is not a port from 1 to 65535", value.substr(begin, end - begin)));
      }
      ports.push_back(port);
      begin = end + 1;
    }
  }
  return ports;
}

/// Reads what an exec or attach asks for into `ask`; the answer of refusal otherwise.
std::optional<http::Response> ReadCommand(const http::Request& request, const api::Object& pod, ExecAsk& ask) {
  auto container = PickContainer(pod, request.Query("container"));
  if (!container.ok()) return FromError(container.error());
  ask.container = std::move(*container);
  ask.in = QueryFlag(request, "stdin");
  ask.out = QueryFlag(request, "stdout");
  ask.err = QueryFlag(request, "stderr");
  ask.tty = QueryFlag(request, "tty");
  if (ask.kind == ExecAsk::Kind::kExec) {
    ask.command = QueryValues(request, "command");
    if (ask.command.empty()) return BadRequest("you must specify at least one command for the container");
  } else {
    // Whether the first process has a terminal was settled when it was made.
    ask.tty = ReadBool(SpecOf(pod, ask.container), "tty");
  }
  if (!ask.in && !ask.out && !ask.err) return BadRequest("you must specify at least 1 of stdin, stdout, stderr");
  if (ask.tty) ask.err = false;  // a terminal has one output; runtimes refuse to be asked for both
  const api::Json& status = StatusOf(pod, ask.container);
  if (!Member(Member(status, "state"), "running").is_object()) {
    return InternalError(fmt::format("container not found (\"{}\")", ask.container));
  }
  ask.container_id = BareId(ReadString(status, "containerID"));
  return std::nullopt;
}

std::optional<http::Response> ReadForward(const http::Request& request, const api::Object& pod, ExecAsk& ask) {
  auto ports = ReadPorts(request);
  if (!ports.ok()) return BadRequest(ports.error().message);
  ask.ports = std::move(*ports);
  const std::string phase = ReadString(Member(pod.body(), "status"), "phase");
  if (phase != "Running") {
    return BadRequest(fmt::format("pod {} does not run (its phase is {}): there is nothing to forward ports to",
                                  pod.name(), phase.empty() ? "Pending" : phase));
  }
  return std::nullopt;
}

/// The subprotocol that is translated into the runtime's SPDY.
const char* BridgedProtocol(ExecAsk::Kind kind) { return kind == ExecAsk::Kind::kPortForward ? kTunnel : kV5; }

/// How a session comes to the runtime.
struct Way {
  http::Proxy proxy;     ///< as it is, with these headers
  bool bridged = false;  ///< or translated
};

/// The way, or the answer to an upgrade that nobody here takes part in.
std::variant<Way, http::Response> PlanUpgrade(const http::Request& request, const ExecAsk& ask) {
  Way way;
  const Protocol protocol = UpgradeOf(request);
  if (protocol == Protocol::kNone) return BadRequest("Upgrade request required");
  if (protocol == Protocol::kSpdy) return way;
  const std::vector<std::string>& spoken = Spoken(ask.kind);
  const std::vector<std::string> offered = SubprotocolsOf(request);
  way.bridged = std::find(offered.begin(), offered.end(), BridgedProtocol(ask.kind)) != offered.end();
  if (way.bridged) return way;
  std::vector<std::string> known;
  for (const std::string& name : offered) {
    if (std::find(spoken.begin(), spoken.end(), name) != spoken.end()) known.push_back(name);
  }
  if (!offered.empty() && known.empty()) {
    return BadRequest(fmt::format("none of the WebSocket subprotocols {} is spoken here: use one of {}, {}",
                                  fmt::join(offered, ", "), BridgedProtocol(ask.kind), fmt::join(spoken, ", ")));
  }
  if (ask.kind == ExecAsk::Kind::kPortForward && ask.ports.empty()) {
    return BadRequest("over WebSocket the ports to forward are named in the query: ports=80,443");
  }
  if (!offered.empty()) {
    way.proxy.set_headers.emplace_back("sec-websocket-protocol", fmt::format("{}", fmt::join(known, ", ")));
  }
  return way;
}

std::shared_ptr<http::Takeover> MakeBridge(ExecAsk::Kind kind, std::string url, Channels channels) {
  if (kind == ExecAsk::Kind::kPortForward) return std::make_shared<TunnelBridge>(std::move(url));
  return std::make_shared<ChannelBridge>(std::move(url), channels);
}

}  // namespace

Task<http::Response> Sessions::Exec(std::shared_ptr<const http::Request> request) {
  return Begin(ExecAsk::Kind::kExec, std::move(request));
}

Task<http::Response> Sessions::Attach(std::shared_ptr<const http::Request> request) {
  return Begin(ExecAsk::Kind::kAttach, std::move(request));
}

Task<http::Response> Sessions::PortForward(std::shared_ptr<const http::Request> request) {
  return Begin(ExecAsk::Kind::kPortForward, std::move(request));
}

Task<http::Response> Sessions::Begin(ExecAsk::Kind kind, std::shared_ptr<const http::Request> request) {
  ExecAsk ask;
  ask.kind = kind;
  ask.pod = PodKeyOf(*request);
  const Result<api::Object> pod = co_await store_.Get(ask.pod);
  if (!pod.ok() && pod.error().code == ErrorCode::kNotFound) co_return NotFound("pods", ask.pod.name);
  if (!pod.ok()) co_return FromError(pod.error());
  ask.uid = pod->uid();
  if (api::NodeOf(pod->body()).empty()) {
    co_return BadRequest(fmt::format("pod {} does not have a host assigned", pod->name()));
  }
  auto refused =
      kind == ExecAsk::Kind::kPortForward ? ReadForward(*request, *pod, ask) : ReadCommand(*request, *pod, ask);
  if (refused) co_return std::move(*refused);
  auto upgrade = PlanUpgrade(*request, ask);
  if (auto* answer = std::get_if<http::Response>(&upgrade)) co_return std::move(*answer);
  Way way = std::get<Way>(std::move(upgrade));
  const Channels channels{ask.in, ask.out, ask.err, ask.tty};
  auto url = co_await ask_(std::move(ask));
  if (!url.ok()) co_return FromError(url.error());
  http::Response response;
  if (way.bridged) {
    response.body = MakeBridge(kind, std::move(*url), channels);
  } else {
    way.proxy.url = std::move(*url);
    response.body = std::move(way.proxy);
  }
  co_return response;
}

}  // namespace ordinal::apiserver::streams
