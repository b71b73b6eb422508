#include "agent/debug/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <utility>

#include "agent/base/log.h"

namespace ordinal::debug {
namespace {

namespace http = boost::beast::http;
using boost::asio::local::stream_protocol;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

constexpr size_t kMostConnections = 64;        // one more, and the oldest is ended
constexpr std::chrono::seconds kPatience{10};  // with a client that sends half a request, or takes none of the answer
constexpr std::chrono::milliseconds kAfterFailedAccept{100};

/// Ends what waits on a socket when the time is over.
class Limit {
 public:
  explicit Limit(stream_protocol::socket& socket) : state_(std::make_shared<State>(socket)) {
    state_->timer.expires_after(kPatience);
    state_->timer.async_wait([state = state_](const boost::system::error_code& code) {
      boost::system::error_code ignored;
      if (!code && state->socket != nullptr) state->socket->shutdown(stream_protocol::socket::shutdown_both, ignored);
    });
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  ~Limit() {
    state_->socket = nullptr;
    state_->timer.cancel();
  }

 private:
  struct State {
    explicit State(stream_protocol::socket& watched) : socket(&watched), timer(watched.get_executor()) {}
    stream_protocol::socket* socket;
    boost::asio::steady_timer timer;
  };
  std::shared_ptr<State> state_;
};

std::string Text(const api::Json& document) {
  return document.dump(-1, ' ', false, api::Json::error_handler_t::replace);
}

Response Reply(const Request& request, http::status status, std::string body, const char* type = "application/json") {
  Response response(status, request.version());
  response.set(http::field::content_type, type);
  response.keep_alive(request.keep_alive());
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

std::string QueryValue(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with(key) && pair.size() > key.size() && pair[key.size()] == '=') {
      return std::string(pair.substr(key.size() + 1));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

bool AllTrue(const api::Json& parts) {
  for (const auto& part : parts) {
    if (part != true) return false;
  }
  return true;
}

Task<Response> Answer(const Sources& sources, const Request& request) {
  const std::string target(request.target());
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string path = target.substr(0, mark);
  if (path == "/healthz") co_return Reply(request, http::status::ok, "ok", "text/plain");
  if (path == "/readyz") {
    const api::Json parts = sources.readiness();
    co_return Reply(request, AllTrue(parts) ? http::status::ok : http::status::service_unavailable, Text(parts));
  }
  if (path == "/manifests") co_return Reply(request, http::status::ok, Text(sources.manifests()));
  static const std::string kObjects = "/objects/";
  if (path.starts_with(kObjects)) {
    const std::string query = mark < target.size() ? target.substr(mark + 1) : "";
    const auto listed = co_await sources.objects(path.substr(kObjects.size()), QueryValue(query, "namespace"));
    if (!listed.ok()) co_return Reply(request, http::status::not_found, listed.error().message, "text/plain");
    api::Json items = api::Json::array();
    for (const api::Object& object : *listed) items.push_back(object.body());
    co_return Reply(request, http::status::ok, Text(items));
  }
  co_return Reply(request, http::status::not_found, "no such page: /healthz /readyz /objects/<Kind> /manifests",
                  "text/plain");
}

/// A source that fails is no reason to end the agent.
Task<Response> AnswerSafely(const Sources& sources, const Request& request) {
  try {
    co_return co_await Answer(sources, request);
  } catch (const std::exception& error) {
    log::Error("command socket: {}: {}", std::string_view(request.target()), error.what());
  }
  co_return Reply(request, http::status::internal_server_error, "the agent's log says why", "text/plain");
}

}  // namespace

Server::Server(Executor executor, std::string socket_path, Sources sources)
    : executor_(std::move(executor)), path_(std::move(socket_path)), sources_(std::move(sources)) {}

Status Server::Start() {
  unlink(path_.c_str());
  boost::system::error_code code;
  acceptor_.emplace(executor_);
  const mode_t before = umask(0177);
  acceptor_->open(stream_protocol(), code);
  if (!code) acceptor_->bind(stream_protocol::endpoint(path_), code);
  umask(before);
  if (!code) acceptor_->listen(128, code);
  if (code) return ErrnoError("listen on " + path_, code.value());
  Spawn(executor_, "command socket", Accept());
  return {};
}

Task<void> Server::Accept() {
  boost::asio::steady_timer pause(executor_);
  bool failing = false;
  while (true) {
    boost::system::error_code code;
    stream_protocol::socket socket(executor_);
    co_await acceptor_->async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
    if (code == asio::error::operation_aborted) co_return;
    if (!code) {
      failing = false;
      Spawn(executor_, "command connection", Serve(std::move(socket)));
      continue;
    }
    if (!std::exchange(failing, true)) log::Warning("command socket: {}", code.message());
    pause.expires_after(kAfterFailedAccept);  // it would fail at once, again and again
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, code));
  }
}

Task<void> Server::Serve(stream_protocol::socket socket) {
  const auto place = connections_.insert(connections_.end(), &socket);
  if (connections_.size() > kMostConnections) {
    boost::system::error_code ignored;
    connections_.front()->shutdown(stream_protocol::socket::shutdown_both, ignored);
  }
  co_await ServeAll(socket);
  connections_.erase(place);
}

Task<void> Server::ServeAll(stream_protocol::socket& socket) {
  boost::beast::flat_buffer buffer(64 * 1024);
  boost::system::error_code code;
  bool more = true;
  while (more) {
    Request request;
    const Limit limit(socket);
    co_await http::async_read(socket, buffer, request, asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return;
    const Response response = co_await AnswerSafely(sources_, request);
    co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, code));
    more = !code && response.keep_alive();
  }
}

}  // namespace ordinal::debug
