#include "agent/http/bearer.h"

#include <algorithm>

#include "agent/base/utf8.h"

namespace ordinal::http {
namespace {

constexpr char kSubprotocols[] = "sec-websocket-protocol";
constexpr std::string_view kBearerPrefix = "base64url.bearer.authorization.k8s.io.";
constexpr char kNobodys[] = " ";

bool SameWord(std::string_view one, std::string_view lower) {
  return std::equal(one.begin(), one.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

int SixBits(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

}  // namespace

std::vector<std::string_view> WordsOf(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const size_t begin = std::min(word.find_first_not_of(" \t"), word.size());
    word = word.substr(begin, word.find_last_not_of(" \t") + 1 - begin);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    const int six = SixBits(c);
    if (six < 0) return std::nullopt;
    held = (held << 6 | static_cast<unsigned>(six)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> bits & 0xff));
  }
  return bytes;
}

bool ListHas(std::string_view list, std::string_view word) {
  const auto words = WordsOf(list);
  return std::any_of(words.begin(), words.end(), [word](std::string_view each) { return SameWord(each, word); });
}

bool AsksForUpgrade(const Request& request) {
  if (request.Header("upgrade").empty()) return false;
  const auto [begin, end] = request.headers.equal_range("connection");
  return std::any_of(begin, end, [](const auto& header) { return ListHas(header.second, "upgrade"); });
}

bool AsksForWebSocket(const Request& request) {
  return SameWord(request.Header("upgrade"), "websocket") && AsksForUpgrade(request);
}

std::string TakeSubprotocolBearer(Request& request) {
  if (!AsksForWebSocket(request)) return {};
  std::string others;
  std::optional<std::string> token;
  bool wrong = false;
  const auto [begin, end] = request.headers.equal_range(kSubprotocols);
  for (auto header = begin; header != end; ++header) {
    for (const std::string_view word : WordsOf(header->second)) {
      if (!word.starts_with(kBearerPrefix)) {
        others.append(others.empty() ? "" : ", ").append(word);
        continue;
      }
      wrong = wrong || token.has_value();
      token = DecodeBase64Url(word.substr(kBearerPrefix.size())).value_or("");
      wrong = wrong || token->empty() || FirstBadByte(*token) != token->size();
    }
  }
  if (!token) return {};
  request.headers.erase(kSubprotocols);
  if (!others.empty()) request.headers.emplace(kSubprotocols, others);
  return wrong || others.empty() ? kNobodys : *token;
}

}  // namespace ordinal::http
