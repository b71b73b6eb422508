// FakeChecks: containers that answer probes and hooks as a test says, at once or after a time of the clock.
//
//   checks.answer = [](const probes::Where& where, const api::Handler& what) { return fakes::Fails("refused"); };
//   checks.takes = seconds(5);
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/probes/within.h"

namespace ordinal::fakes {

inline probes::Outcome Fails(std::string why) { return {probes::Outcome::Kind::kFailed, std::move(why)}; }
inline probes::Outcome Unknown(std::string why) { return {probes::Outcome::Kind::kUnknown, std::move(why)}; }

class FakeChecks final : public probes::Checks {
 public:
  explicit FakeChecks(Clock& clock) : clock_(clock) {}

  std::function<probes::Outcome(const probes::Where&, const api::Handler&)> answer =
      [](const probes::Where&, const api::Handler&) { return probes::Outcome(); };
  Duration takes{0};               ///< each of them
  std::vector<std::string> asked;  ///< "probe <first word or path>", "hook …", in order
  std::vector<WallTime> asked_at;  ///< the same, when
  int running = 0, most_running = 0;

  Task<probes::Outcome> Probe(probes::Where where, std::shared_ptr<const api::Handler> what,
                              Duration timeout) override {
    Note("probe", *what);
    Task<probes::Outcome> check = Answer(std::move(where), what);
    probes::Outcome late = Fails("too late");
    co_return co_await probes::Within(clock_, timeout, std::move(check), std::move(late));
  }

  Task<probes::Outcome> Run(probes::Where where, std::shared_ptr<const api::Handler> what) override {
    Note("hook", *what);
    co_return co_await Answer(std::move(where), what);
  }

 private:
  void Note(const char* kind, const api::Handler& what) {
    asked.push_back(fmt::format("{} {}", kind, what.command.empty() ? what.path : what.command.front()));
    asked_at.push_back(clock_.Now());
  }

  Task<probes::Outcome> Answer(probes::Where where, std::shared_ptr<const api::Handler> what) {
    most_running = std::max(most_running, ++running);
    const probes::Outcome outcome = answer(where, *what);
    const Duration all = what->kind == api::Handler::Kind::kSleep ? std::chrono::seconds(what->seconds) : takes;
    if (all > Duration::zero()) co_await Sleep(clock_, all);
    --running;
    co_return outcome;
  }

  Clock& clock_;
};

}  // namespace ordinal::fakes
