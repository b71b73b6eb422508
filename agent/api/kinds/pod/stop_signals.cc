#include "agent/api/kinds/pod/stop_signals.h"

#include <csignal>

namespace ordinal::api {
namespace {

struct SignalName {
  std::string_view name;
  int number;
};

constexpr SignalName kSignals[] = {
    {"SIGABRT", SIGABRT}, {"SIGALRM", SIGALRM},     {"SIGBUS", SIGBUS},       {"SIGCHLD", SIGCHLD},
    {"SIGCONT", SIGCONT}, {"SIGFPE", SIGFPE},       {"SIGHUP", SIGHUP},       {"SIGILL", SIGILL},
    {"SIGINT", SIGINT},   {"SIGIO", SIGIO},         {"SIGIOT", SIGIOT},       {"SIGKILL", SIGKILL},
    {"SIGPIPE", SIGPIPE}, {"SIGPOLL", SIGPOLL},     {"SIGPROF", SIGPROF},     {"SIGPWR", SIGPWR},
    {"SIGQUIT", SIGQUIT}, {"SIGSEGV", SIGSEGV},     {"SIGSTKFLT", SIGSTKFLT}, {"SIGSTOP", SIGSTOP},
    {"SIGSYS", SIGSYS},   {"SIGTERM", SIGTERM},     {"SIGTRAP", SIGTRAP},     {"SIGTSTP", SIGTSTP},
    {"SIGTTIN", SIGTTIN}, {"SIGTTOU", SIGTTOU},     {"SIGURG", SIGURG},       {"SIGUSR1", SIGUSR1},
    {"SIGUSR2", SIGUSR2}, {"SIGVTALRM", SIGVTALRM}, {"SIGWINCH", SIGWINCH},   {"SIGXCPU", SIGXCPU},
    {"SIGXFSZ", SIGXFSZ}, {"SIGCLD", SIGCHLD},
};

// core/v1 counts the real-time signals from both ends: SIGRTMIN to SIGRTMIN+15, SIGRTMAX-14 to SIGRTMAX.
constexpr int kFromFirst = 15, kFromLast = 14;

/// "+3", "-14": 3, 14; nothing for another text or more than `most`.
std::optional<int> Distance(std::string_view text, char sign, int most) {
  if (text.empty()) return 0;
  if (text.size() < 2 || text.size() > 3 || text[0] != sign || text[1] == '0') return std::nullopt;
  int distance = 0;
  for (const char digit : text.substr(1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    distance = distance * 10 + (digit - '0');
  }
  return distance <= most ? std::optional(distance) : std::nullopt;
}

}  // namespace

std::optional<int> SignalNumber(std::string_view name) {
  constexpr std::string_view kFirst = "SIGRTMIN", kLast = "SIGRTMAX";
  for (const SignalName& each : kSignals) {
    if (each.name == name) return each.number;
  }
  if (name.starts_with(kFirst)) {
    const auto distance = Distance(name.substr(kFirst.size()), '+', kFromFirst);
    return distance ? std::optional(SIGRTMIN + *distance) : std::nullopt;
  }
  if (name.starts_with(kLast)) {
    const auto distance = Distance(name.substr(kLast.size()), '-', kFromLast);
    return distance ? std::optional(SIGRTMAX - *distance) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace ordinal::api
