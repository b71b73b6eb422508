#include "agent/network/nat_rules.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <vector>

namespace ordinal::network {
namespace {

constexpr size_t kChainNameLength = 28;  // pkg/utils/utils.go, maxChainLength
constexpr std::array kPortChains{"CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-MASQ", "CNI-HOSTPORT-SETMARK"};

struct Rule {
  std::string chain, rest, target;
  std::optional<Attachment> comment;
};

struct Table {
  std::set<std::string> chains;  ///< made by somebody; without the built-in ones
  std::vector<Rule> rules;
};

std::string ChainName(const std::string& prefix, const Attachment& attachment) {
  const std::string text = attachment.network + attachment.container;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha512(), nullptr) != 1) return {};
  std::string name = prefix;
  for (unsigned i = 0; i < size && name.size() < kChainNameLength; ++i) name += fmt::format("{:02x}", digest[i]);
  return name.substr(0, kChainNameLength);
}

/// What stands between `from` and `to`, behind `at`, which is moved behind it.
std::optional<std::string> Between(const std::string& text, const std::string& from, const std::string& to,
                                   size_t& at) {
  const size_t begin = text.find(from, at);
  if (begin == std::string::npos) return std::nullopt;
  const size_t end = text.find(to, begin + from.size());
  if (end == std::string::npos) return std::nullopt;
  at = end + to.size();
  return text.substr(begin + from.size(), end - begin - from.size());
}

/// `name: \"ordinal0\" id: \"1a2b\"` in a rule's comment, with iptables-save's backslashes.
std::optional<Attachment> ReadComment(const std::string& rule) {
  size_t at = 0;
  auto network = Between(rule, R"(name: \")", R"(\")", at);
  if (!network) return std::nullopt;
  auto container = Between(rule, R"( id: \")", R"(\")", at);
  if (!container) return std::nullopt;
  return Attachment{std::move(*network), std::move(*container)};
}

std::string TargetOf(const std::string& rest) {
  const size_t jump = rest.rfind(" -j ");
  const size_t from = jump != std::string::npos ? jump + 4 : rest.starts_with("-j ") ? 3 : std::string::npos;
  return from == std::string::npos ? std::string() : rest.substr(from, rest.find(' ', from) - from);
}

Table Read(const std::string& saved) {
  Table table;
  std::istringstream lines(saved);
  bool nat = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("*")) nat = line == "*nat";
    if (!nat) continue;
    if (line.starts_with(":") && line.find(" - ") != std::string::npos) {
      table.chains.insert(line.substr(1, line.find(' ') - 1));
    } else if (line.starts_with("-A ")) {
      const size_t space = line.find(' ', 3);
      if (space == std::string::npos) continue;
      Rule rule{line.substr(3, space - 3), line.substr(space + 1), {}, {}};
      rule.target = TargetOf(rule.rest);
      rule.comment = ReadComment(rule.rest);
      table.rules.push_back(std::move(rule));
    }
  }
  return table;
}

bool IsPortChain(const std::string& chain) {
  return std::find(kPortChains.begin(), kPortChains.end(), chain) != kPortChains.end();
}

/// A chain that belongs to one container: "CNI-" and a hash, or "CNI-DN-" and one.
bool IsContainersChain(const std::string& chain) {
  if (!chain.starts_with("CNI-") || chain.size() != kChainNameLength) return false;
  const size_t from = chain.starts_with("CNI-DN-") || chain.starts_with("CNI-SN-") ? 7 : 4;
  return chain.find_first_not_of("0123456789abcdef", from) == std::string::npos;
}

std::string Script(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string script = "*nat\n";
  for (const std::string& line : lines) script += line + "\n";
  return script + "COMMIT\n";
}

}  // namespace

std::set<std::string> ChainsOf(const Attachment& attachment) {
  std::set<std::string> chains;
  for (const char* prefix : {"CNI-", "CNI-DN-"}) chains.insert(ChainName(prefix, attachment));
  chains.erase("");
  return chains;
}

std::set<Attachment> AttachmentsIn(const std::string& saved) {
  std::set<Attachment> found;
  for (const Rule& rule : Read(saved).rules) {
    if (rule.comment) found.insert(*rule.comment);
  }
  return found;
}

std::string RemovalOf(const std::string& saved, const std::function<bool(const Attachment&)>& dead,
                      const std::set<std::string>& chains) {
  const Table table = Read(saved);
  std::set<std::string> going;
  for (const std::string& chain : chains) {
    if (table.chains.contains(chain)) going.insert(chain);
  }
  const auto condemned = [&](const Rule& rule) { return rule.comment && dead(*rule.comment); };
  for (const Rule& rule : table.rules) {
    if (!condemned(rule)) continue;
    for (const std::string& chain : {rule.chain, rule.target}) {
      if (IsContainersChain(chain) && table.chains.contains(chain)) going.insert(chain);
    }
  }
  for (const Rule& rule : table.rules) {
    if (!condemned(rule) && !going.contains(rule.chain)) going.erase(rule.target);
  }
  std::vector<std::string> lines;
  for (const std::string& chain : going) lines.push_back("-F " + chain);
  for (const Rule& rule : table.rules) {
    if (condemned(rule) && !going.contains(rule.chain)) lines.push_back(fmt::format("-D {} {}", rule.chain, rule.rest));
  }
  for (const std::string& chain : going) lines.push_back("-X " + chain);
  return Script(lines);
}

bool HasPortChains(const std::string& saved) {
  const Table table = Read(saved);
  return std::any_of(kPortChains.begin(), kPortChains.end(),
                     [&](const char* chain) { return table.chains.contains(chain); });
}

std::string RemovalOfPortChains(const std::string& saved) {
  const Table table = Read(saved);
  const bool used = std::any_of(table.rules.begin(), table.rules.end(), [](const Rule& rule) {
    return rule.chain == kPortChains[0] || (IsPortChain(rule.target) && IsContainersChain(rule.chain));
  });
  if (used) return {};
  std::vector<std::string> lines, last;
  for (const char* chain : kPortChains) {
    if (!table.chains.contains(chain)) continue;
    lines.push_back(fmt::format("-F {}", chain));
    last.push_back(fmt::format("-X {}", chain));
  }
  for (const Rule& rule : table.rules) {
    if (IsPortChain(rule.target) && !IsPortChain(rule.chain)) {
      lines.push_back(fmt::format("-D {} {}", rule.chain, rule.rest));
    }
  }
  lines.insert(lines.end(), last.begin(), last.end());
  return Script(lines);
}

}  // namespace ordinal::network
