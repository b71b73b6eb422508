#include "agent/api/names.h"

#include <arpa/inet.h>

#include <algorithm>

namespace ordinal::api {
namespace {

constexpr size_t kLabelLength = 63;
constexpr size_t kSubdomainLength = 253;
constexpr size_t kPortNameLength = 15;

bool Lower(char c) { return c >= 'a' && c <= 'z'; }
bool Digit(char c) { return c >= '0' && c <= '9'; }
bool LowerAlphanumeric(char c) { return Lower(c) || Digit(c); }
bool Alphanumeric(char c) { return LowerAlphanumeric(c) || (c >= 'A' && c <= 'Z'); }

bool LabelSyntax(std::string_view text) {
  return !text.empty() && LowerAlphanumeric(text.front()) && LowerAlphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return LowerAlphanumeric(c) || c == '-'; });
}

/// The shared syntax of a qualified name's last part and of a label's value.
bool NameSyntax(std::string_view text) {
  return !text.empty() && Alphanumeric(text.front()) && Alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return Alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::string TooLong(size_t most) { return "must be no more than " + std::to_string(most) + " characters"; }

}  // namespace

Complaint CheckDnsLabel(std::string_view text) {
  if (text.size() > kLabelLength) return TooLong(kLabelLength);
  if (LabelSyntax(text)) return std::nullopt;
  return "must be a DNS label: lower case letters, digits and '-', starting and ending with a letter or digit (such as "
         "'my-name' or '123-abc')";
}

Complaint CheckDns1035Label(std::string_view text) {
  if (text.size() > kLabelLength) return TooLong(kLabelLength);
  if (LabelSyntax(text) && Lower(text.front())) return std::nullopt;
  return "must be a DNS label that starts with a letter: lower case letters, digits and '-', ending with a letter or "
         "digit (such as 'my-name' or 'abc-123')";
}

Complaint CheckDnsSubdomain(std::string_view text) {
  if (text.size() > kSubdomainLength) return TooLong(kSubdomainLength);
  size_t start = 0;
  while (true) {
    const size_t dot = text.find('.', start);
    if (!LabelSyntax(text.substr(start, dot == std::string_view::npos ? dot : dot - start))) {
      return "must be a DNS name: lower case letters, digits, '-' and '.', every part starting and ending with a "
             "letter "
             "or digit (such as 'example.com')";
    }
    if (dot == std::string_view::npos) return std::nullopt;
    start = dot + 1;
  }
}

Complaint CheckQualifiedName(std::string_view text) {
  const size_t slash = text.find('/');
  std::string_view name = text;
  if (slash != std::string_view::npos) {
    if (slash == 0) return "the prefix before '/' must not be empty";
    if (auto complaint = CheckDnsSubdomain(text.substr(0, slash))) return "the prefix before '/' " + *complaint;
    name = text.substr(slash + 1);
  }
  if (name.size() > kLabelLength) return "the name " + TooLong(kLabelLength);
  if (NameSyntax(name)) return std::nullopt;
  return "must be letters, digits, '-', '_' and '.', starting and ending with a letter or digit, with an optional DNS "
         "name and '/' before it (such as 'app' or 'example.com/app')";
}

Complaint CheckLabelValue(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.size() > kLabelLength) return TooLong(kLabelLength);
  if (NameSyntax(text)) return std::nullopt;
  return "must be empty, or letters, digits, '-', '_' and '.', starting and ending with a letter or digit";
}

Complaint CheckPortName(std::string_view text) {
  if (text.size() > kPortNameLength) return TooLong(kPortNameLength);
  if (!LabelSyntax(text))
    return "must be lower case letters, digits and '-', starting and ending with a letter or digit";
  if (text.find("--") != std::string_view::npos) return "must not contain two '-' in a row";
  if (std::none_of(text.begin(), text.end(), Lower)) return "must contain at least one letter";
  return std::nullopt;
}

Complaint CheckEnvName(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '='; })) {
    return std::nullopt;
  }
  return "must be printable ASCII characters other than '='";
}

Complaint CheckConfigKey(std::string_view text) {
  constexpr size_t kMost = 253;
  if (text.empty()) return "must not be empty";
  if (text.size() > kMost) return TooLong(kMost);
  if (text == "." || text.starts_with("..")) return "must not be '.' or start with '..'";
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return Lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
  if (!plain) return "must be letters, digits, '-', '_' and '.'";
  return std::nullopt;
}

Complaint CheckInnerPath(std::string_view text) {
  if (!text.empty() && text.front() == '/') return "must be a relative path";
  if (HasDotDot(text)) return "must not contain '..'";
  return std::nullopt;
}

Complaint CheckPathSegment(std::string_view text) {
  if (text == "." || text == "..") return "may not be '" + std::string(text) + "'";
  for (const char c : {'/', '%'}) {
    if (text.find(c) != std::string_view::npos) return std::string("may not contain '") + c + "'";
  }
  return std::nullopt;
}

Complaint CheckAddress(std::string_view text) {
  const std::string address(text);
  unsigned char bytes[16];
  if (inet_pton(AF_INET, address.c_str(), bytes) == 1 || inet_pton(AF_INET6, address.c_str(), bytes) == 1) {
    return std::nullopt;
  }
  return "must be a valid IP address (such as 10.9.8.7 or 2001:db8::ffff)";
}

bool HasDotDot(std::string_view path) {
  size_t start = 0;
  while (start <= path.size()) {
    const size_t slash = std::min(path.find('/', start), path.size());
    if (path.substr(start, slash - start) == "..") return true;
    start = slash + 1;
  }
  return false;
}

}  // namespace ordinal::api
