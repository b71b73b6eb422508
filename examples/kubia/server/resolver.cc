#include "examples/kubia/server/resolver.h"

#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace kubia {
namespace {

constexpr std::chrono::milliseconds kTry{1500};  // per server and try; two tries fit the caller's deadline

struct Config {
  std::vector<std::string> servers, search;
};

Config ReadConfig(const std::string& path) {
  Config config;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key, word;
    words >> key;
    if (key == "search") config.search.clear();
    while (words >> word) {
      if (key == "nameserver") config.servers.push_back(word);
      if (key == "search") config.search.push_back(word);
    }
  }
  if (config.servers.empty()) config.servers.push_back("127.0.0.1");  // as resolv.conf(5) says
  return config;
}

// A name that ends in a dot is complete. Any other is tried with the search list first: a service name has fewer
// dots than the ndots:5 of a pod's resolv.conf.
std::vector<std::string> Candidates(const std::string& name, const std::vector<std::string>& search) {
  if (!name.empty() && name.back() == '.') return {name.substr(0, name.size() - 1)};
  std::vector<std::string> names;
  names.reserve(search.size() + 1);
  for (const auto& domain : search) names.emplace_back(name).append(".").append(domain);
  names.push_back(name);
  return names;
}

std::optional<Answer> AskUdp(const std::string& server, uint16_t port, const std::string& query, uint16_t id,
                             Deadline deadline) {
  Fd fd = Connect(SOCK_DGRAM, server, port, deadline);
  if (!fd.ok() || !WriteAll(fd.get(), query, deadline)) return std::nullopt;
  char buffer[4096];
  for (;;) {  // an answer to somebody else's question is passed over
    ssize_t count = ReadSome(fd.get(), buffer, sizeof(buffer), deadline);
    if (count < 0) return std::nullopt;
    if (auto answer = DecodeAnswer({buffer, static_cast<size_t>(count)}, id)) return answer;
  }
}

std::optional<Answer> AskTcp(const std::string& server, uint16_t port, const std::string& query, uint16_t id,
                             Deadline deadline) {
  Fd fd = Connect(SOCK_STREAM, server, port, deadline);
  if (!fd.ok()) return std::nullopt;
  std::string framed{static_cast<char>(query.size() >> 8), static_cast<char>(query.size() & 0xff)};
  if (!WriteAll(fd.get(), framed + query, deadline)) return std::nullopt;
  std::string received;
  char chunk[4096];
  for (;;) {
    if (received.size() >= 2) {
      size_t length = static_cast<unsigned char>(received[0]) * 256u + static_cast<unsigned char>(received[1]);
      if (received.size() >= 2 + length) return DecodeAnswer(std::string_view(received).substr(2, length), id);
    }
    ssize_t count = ReadSome(fd.get(), chunk, sizeof(chunk), deadline);
    if (count <= 0) return std::nullopt;
    received.append(chunk, static_cast<size_t>(count));
  }
}

uint16_t NewId() {
  uint16_t id = 0;
  return getrandom(&id, sizeof(id), 0) == sizeof(id) ? id : static_cast<uint16_t>(0x6b75);
}

}  // namespace

std::optional<Answer> Resolver::Ask(const std::vector<std::string>& servers, const std::string& name, uint16_t type,
                                    Deadline deadline) const {
  uint16_t id = NewId();
  std::string query = EncodeQuery(id, name, type);
  if (query.empty()) return std::nullopt;
  for (int round = 0; round < 2; ++round) {
    for (const auto& server : servers) {
      auto answer = AskUdp(server, port_, query, id, std::min(deadline, In(kTry)));
      if (answer && answer->truncated) answer = AskTcp(server, port_, query, id, std::min(deadline, In(kTry)));
      if (answer && (answer->rcode == 0 || answer->rcode == 3)) return answer;
    }
  }
  return std::nullopt;
}

PeerList Resolver::FindPeers(const std::string& service, Deadline deadline) const {
  Config config = ReadConfig(resolv_conf_);
  bool answered = false;
  for (const auto& name : Candidates(service, config.search)) {
    auto answer = Ask(config.servers, name, kTypeSrv, deadline);
    answered = answered || answer.has_value();
    if (!answer || answer->targets.empty()) continue;
    PeerList list;
    for (const auto& target : answer->targets) {
      auto address = answer->addresses.find(target);
      if (address != answer->addresses.end()) {
        list.peers.push_back({target, address->second});
        continue;
      }
      auto asked = Ask(config.servers, target, kTypeA, deadline);
      bool known = asked && !asked->addresses.empty();
      list.peers.push_back({target, known ? asked->addresses.begin()->second : ""});
    }
    std::sort(list.peers.begin(), list.peers.end(), [](auto& a, auto& b) { return a.hostname < b.hostname; });
    return list;
  }
  if (answered) return {"no SRV records for " + service, {}};
  return {"no DNS server answered (" + resolv_conf_ + ")", {}};
}

}  // namespace kubia
