#include "examples/kubia/server/site.h"

#include <future>

namespace kubia {
namespace {

constexpr std::chrono::seconds kPeersDeadline{5};
constexpr char kNothing[] = "No data posted yet";

// One peer's line. What it stored may have several lines or none; the list keeps one line a peer.
std::string DescribePeer(const Peer& peer, uint16_t port, Deadline deadline) {
  std::string line = "- " + peer.hostname + ": ";
  if (peer.address.empty()) return line + "unreachable (no address in DNS)\n";
  Response answer = Get(peer.address, port, "/data", deadline);
  if (answer.status == 0) return line + "unreachable (" + answer.body + ")\n";
  if (answer.status != 200) return line + "unreachable (HTTP status " + std::to_string(answer.status) + ")\n";
  while (!answer.body.empty() && answer.body.back() == '\n') answer.body.pop_back();
  for (char& c : answer.body) c = c == '\n' ? ' ' : c;
  return line + (answer.body.empty() ? kNothing : answer.body) + "\n";
}

}  // namespace

Site::Site(const Options& options)
    : hostname_(Hostname()),
      service_(options.service),
      port_(options.port),
      storage_(options.data_dir),
      resolver_(options.resolv_conf, options.dns_port) {}

Response Site::Answer(const Request& request) {
  bool get = request.method == "GET" || request.method == "HEAD";
  if (!get && !(request.method == "POST" && request.path == "/")) {
    return {405, "GET /, GET /data, GET /peers and POST / are understood\n"};
  }
  if (request.method == "POST") {
    if (auto error = storage_.Write(request.body)) return {500, *error + "\n"};
    return {200, "Data stored on pod " + hostname_ + "\n"};
  }
  if (request.path == "/") {
    return {200, "You've hit " + hostname_ + "\nData stored on this pod: " + storage_.Read().value_or(kNothing) + "\n"};
  }
  if (request.path == "/data") return {200, storage_.Read().value_or("")};
  if (request.path == "/peers") return Peers();
  return {404, "there is nothing at " + request.path + "\n"};
}

Response Site::Peers() const {
  Deadline deadline = In(kPeersDeadline);
  PeerList list = resolver_.FindPeers(service_, deadline);
  if (!list.error.empty()) return {502, "cannot find the peers: " + list.error + "\n"};
  std::vector<std::future<std::string>> lines;
  for (const auto& peer : list.peers) {
    lines.push_back(std::async(std::launch::async, DescribePeer, peer, port_, deadline));
  }
  Response response{200, "You've hit " + hostname_ + "\nData stored in the cluster:\n"};
  for (auto& line : lines) response.body += line.get();
  return response;
}

}  // namespace kubia
