#include "agent/debug/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "agent/base/log.h"

namespace ordinal::debug {
namespace {

namespace http = boost::beast::http;
using boost::asio::local::stream_protocol;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

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
    co_return Reply(request, AllTrue(parts) ? http::status::ok : http::status::service_unavailable, parts.dump());
  }
  if (path == "/manifests") co_return Reply(request, http::status::ok, sources.manifests().dump());
  static const std::string kObjects = "/objects/";
  if (path.starts_with(kObjects)) {
    const std::string query = mark < target.size() ? target.substr(mark + 1) : "";
    const auto listed = co_await sources.objects(path.substr(kObjects.size()), QueryValue(query, "namespace"));
    if (!listed.ok()) co_return Reply(request, http::status::not_found, listed.error().message, "text/plain");
    api::Json items = api::Json::array();
    for (const api::Object& object : *listed) items.push_back(object.body());
    co_return Reply(request, http::status::ok, items.dump());
  }
  co_return Reply(request, http::status::not_found, "no such page: /healthz /readyz /objects/<Kind> /manifests",
                  "text/plain");
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
  if (!code) acceptor_->listen(16, code);
  if (code) return ErrnoError("listen on " + path_, code.value());
  Spawn(executor_, "command socket", Accept());
  return {};
}

Task<void> Server::Accept() {
  while (true) {
    boost::system::error_code code;
    stream_protocol::socket socket(executor_);
    co_await acceptor_->async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
    if (code == asio::error::operation_aborted) co_return;
    if (code) {
      log::Warning("command socket: {}", code.message());
      continue;
    }
    Spawn(executor_, "command connection", Serve(std::move(socket)));
  }
}

Task<void> Server::Serve(stream_protocol::socket socket) {
  boost::beast::flat_buffer buffer(64 * 1024);
  boost::system::error_code code;
  while (!code) {
    Request request;
    co_await http::async_read(socket, buffer, request, asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return;
    const Response response = co_await Answer(sources_, request);
    co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, code));
    if (!response.keep_alive()) co_return;
  }
}

}  // namespace ordinal::debug
