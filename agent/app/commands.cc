#include "agent/app/commands.h"

#include <fmt/format.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <iostream>
#include <optional>
#include <sstream>
#include <utility>

#include "agent/api/kind.h"
#include "agent/api/table_text.h"
#include "agent/app/directories.h"

namespace ordinal {
namespace {

namespace beast = boost::beast::http;
using boost::asio::local::stream_protocol;

constexpr char kTable[] = "application/json;as=Table;v=v1;g=meta.k8s.io";
constexpr std::string_view kMark = "[+]";

struct Reply {
  unsigned status = 0;
  std::string body;
};

/// Asks the API of the agent, through its command socket.
Result<Reply> Fetch(const Config& config, const std::string& target, const char* accept = "application/json") {
  const std::string path = Layout(DirectoriesOf(config)).Socket();
  try {
    asio::io_context io;
    stream_protocol::socket socket(io);
    socket.connect(stream_protocol::endpoint(path));
    beast::request<beast::empty_body> request(beast::verb::get, target, 11);
    request.set(beast::field::host, "ordinald");
    request.set(beast::field::accept, accept);
    request.set(beast::field::user_agent, "ordinald");
    request.keep_alive(false);
    beast::write(socket, request);
    boost::beast::flat_buffer buffer;
    beast::response_parser<beast::string_body> parser;
    parser.body_limit(boost::none);
    beast::read(socket, buffer, parser);
    return Reply{parser.get().result_int(), parser.get().body()};
  } catch (const boost::system::system_error& error) {
    return MakeError(ErrorCode::kUnavailable,
                     fmt::format("no agent answers at {} ({}): start ordinald, or give its --run-dir", path,
                                 error.code().message()));
  }
}

/// RFC 3986 2.1: a word as a part of a path or a query.
std::string Encoded(std::string_view word) {
  std::string out;
  for (const char c : word) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// The list that holds what is asked for.
std::string TargetOf(const api::KindInfo& kind, const Command& command) {
  const std::string version = api::ApiVersion(kind);
  std::string target = (version.find('/') == std::string::npos ? "/api/" : "/apis/") + version;
  if (kind.namespaced && !command.all_namespaces && !command.ns.empty()) target += "/namespaces/" + Encoded(command.ns);
  target += fmt::format("/{}", kind.plural);
  return command.name.empty() ? target : target + "?fieldSelector=metadata.name%3D" + Encoded(command.name);
}

/// What a Status says, or the whole answer that is none.
std::string Complaint(const Reply& reply) {
  const std::string message = api::ReadString(api::Json::parse(reply.body, nullptr, false), "message");
  return message.empty() ? reply.body : message;
}

/// Files of the manifest directory that are not applied as they stand, with the reasons: the agent is ready all the
/// same.
api::Json ManifestFaults(const Config& config) {
  const Result<Reply> reply = Fetch(config, "/ordinal/manifests");
  if (!reply.ok() || reply->status != 200) return api::Json::object();
  api::Json files = api::Json::parse(reply->body, nullptr, false);
  return files.is_object() ? files : api::Json::object();
}

/// "[+]dns ok" or "[-]dns failed: why" of /readyz?verbose: the part, and what is said of it.
std::optional<std::pair<std::string, std::string>> PartOf(const std::string& line) {
  const size_t end = line.find(' ');
  if (end == std::string::npos || end < kMark.size()) return std::nullopt;
  const std::string part = line.substr(kMark.size(), end - kMark.size());
  if (line.starts_with("[+]")) return std::pair(part, std::string("ready"));
  constexpr std::string_view kFailed = " failed: ";
  if (!line.starts_with("[-]") || line.compare(end, kFailed.size(), kFailed) != 0) return std::nullopt;
  return std::pair(part, "not ready: " + line.substr(end + kFailed.size()));
}

void PrintPart(const std::string& part, std::string word, const api::Json& faults) {
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
  const bool json = command.output == "json";
  const Result<Reply> reply = Fetch(config, TargetOf(*kind, command), json ? "application/json" : kTable);
  if (!reply.ok() || reply->status != 200) {
    std::cerr << "ordinald get: " << (reply.ok() ? Complaint(*reply) : reply.error().message) << '\n';
    return 1;
  }
  api::Json list = api::Json::parse(reply->body, nullptr, false);
  if (!json && api::Member(list, "rows").empty()) {
    std::cerr << (command.name.empty() ? "No resources found.\n"
                                       : fmt::format("{} \"{}\" not found\n", kind->plural, command.name));
    return command.name.empty() ? 0 : 1;
  }
  if (json) {
    std::cout << api::Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(list["items"])}}.dump(2) << '\n';
    return 0;
  }
  std::cout << api::TableText(list, command.output == "wide", command.all_namespaces && kind->namespaced);
  return 0;
}

int RunStatus(const Config& config) {
  const Result<Reply> reply = Fetch(config, "/readyz?verbose");
  if (!reply.ok()) {
    std::cerr << "ordinald status: " << reply.error().message << '\n';
    return 1;
  }
  const api::Json none = api::Json::object(), faults = ManifestFaults(config);
  std::istringstream lines(reply->body);
  bool told = false;
  for (std::string line; std::getline(lines, line);) {
    if (const auto part = PartOf(line)) {
      PrintPart(part->first, part->second, part->first == "manifests" ? faults : none);
      told = true;
    }
  }
  if (!told) std::cerr << "ordinald status: " << Complaint(*reply) << '\n';
  return reply->status == 200 ? 0 : 1;
}

}  // namespace ordinal
