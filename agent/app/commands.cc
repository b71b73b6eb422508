#include "agent/app/commands.h"

#include <fmt/format.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <iostream>

#include "agent/api/kind.h"
#include "agent/app/directories.h"
#include "agent/base/clock.h"
#include "agent/debug/tables.h"

namespace ordinal {
namespace {

namespace http = boost::beast::http;
using boost::asio::local::stream_protocol;

struct Reply {
  unsigned status = 0;
  std::string body;
};

Result<Reply> Fetch(const Config& config, const std::string& target) {
  const std::string path = Layout(DirectoriesOf(config)).Socket();
  try {
    asio::io_context io;
    stream_protocol::socket socket(io);
    socket.connect(stream_protocol::endpoint(path));
    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, "ordinald");
    request.keep_alive(false);
    http::write(socket, request);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::read(socket, buffer, parser);
    return Reply{parser.get().result_int(), parser.get().body()};
  } catch (const boost::system::system_error& error) {
    return MakeError(ErrorCode::kUnavailable,
                     fmt::format("no agent answers at {} ({}): start ordinald, or give its --run-dir", path,
                                 error.code().message()));
  }
}

/// Files of the manifest directory that are not applied as they stand, with the reasons: the agent is ready all the
/// same.
api::Json ManifestFaults(const Config& config) {
  const Result<Reply> reply = Fetch(config, "/manifests");
  if (!reply.ok() || reply->status != 200) return api::Json::object();
  api::Json files = api::Json::parse(reply->body, nullptr, false);
  return files.is_object() ? files : api::Json::object();
}

void PrintPart(const std::string& part, const api::Json& state, const api::Json& faults) {
  std::string word = state == true ? "ready" : "not ready: " + state.get<std::string>();
  if (!faults.empty())
    word +=
        fmt::format("; not applied as {} stand{}:", faults.size() == 1 ? "it" : "they", faults.size() == 1 ? "s" : "");
  std::cout << fmt::format("{:<10} {}\n", part, word);
  for (const auto& [file, reasons] : faults.items()) {
    for (const auto& reason : reasons) std::cout << fmt::format("{:<10} {}: {}\n", "", file, reason.get<std::string>());
  }
}

}  // namespace

int RunGet(const Config& config, const Command& command) {
  const api::KindInfo* kind = api::FindResource(command.resource);
  if (kind == nullptr) {
    std::cerr << fmt::format("ordinald get: there is no resource \"{}\"; known are:", command.resource);
    for (const api::KindInfo* known : api::AllKinds()) std::cerr << ' ' << known->plural;
    std::cerr << '\n';
    return 1;
  }
  const bool all = command.all_namespaces || !kind->namespaced;
  const std::string query = all ? "" : "?namespace=" + command.ns;
  const Result<Reply> reply = Fetch(config, fmt::format("/objects/{}{}", kind->kind, query));
  if (!reply.ok() || reply->status != 200) {
    std::cerr << "ordinald get: " << (reply.ok() ? reply->body : reply.error().message) << '\n';
    return 1;
  }
  api::Json items = api::Json::parse(reply->body, nullptr, false);
  if (!command.name.empty()) {
    api::Json kept = api::Json::array();
    for (api::Json& item : items) {
      if (api::ReadString(api::Member(item, "metadata"), "name") == command.name) kept.push_back(std::move(item));
    }
    items = std::move(kept);
  }
  if (items.empty() && command.output != "json") {
    std::cerr << (command.name.empty() ? "No resources found.\n"
                                       : fmt::format("{} \"{}\" not found\n", kind->plural, command.name));
    return command.name.empty() ? 0 : 1;
  }
  if (command.output == "json") {
    std::cout << api::Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}}.dump(2) << '\n';
    return 0;
  }
  const WallTime now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  std::cout << debug::Table(std::string(kind->kind), items, command.output == "wide", all && kind->namespaced, now);
  return 0;
}

int RunStatus(const Config& config) {
  const Result<Reply> reply = Fetch(config, "/readyz");
  if (!reply.ok()) {
    std::cerr << "ordinald status: " << reply.error().message << '\n';
    return 1;
  }
  const api::Json parts = api::Json::parse(reply->body, nullptr, false);
  const api::Json none = api::Json::object(), faults = ManifestFaults(config);
  for (const auto& [part, state] : parts.items()) PrintPart(part, state, part == "manifests" ? faults : none);
  return reply->status == 200 ? 0 : 1;
}

}  // namespace ordinal
