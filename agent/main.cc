// ordinald: reads the command line and calls the composition root (agent/app); nothing includes it.

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>

#include "agent/app/agent.h"
#include "agent/app/api_front.h"
#include "agent/app/commands.h"
#include "agent/app/config.h"
#include "agent/app/lock.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"

namespace ordinal {
namespace {

void SetUpLog(const Config& config) {
  static const std::map<std::string, log::Level> kLevels = {{"debug", log::Level::kDebug},
                                                            {"info", log::Level::kInfo},
                                                            {"warning", log::Level::kWarning},
                                                            {"error", log::Level::kError}};
  log::SetLevel(kLevels.at(config.log_level));
}

int Run(const Config& config) {
  std::signal(SIGPIPE, SIG_IGN);
  if (const Status locked = LockRunDirectory(config); !locked.ok()) {
    log::Error("{}", locked.error().message);
    return 1;
  }
  asio::io_context io(1);
  Agent agent(io, config);
  if (const Status started = agent.Start(); !started.ok()) {
    log::Error("cannot start: {}", started.error().message);
    return 1;
  }
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](boost::system::error_code, int number) {
    log::Info("stopping on signal {}; pods keep running", number);
    io.stop();
  });
  RunWhole(io);
  agent.Stop();
  // Coroutines are suspended all over the place; what they hold is the process's and goes with it.
  std::cout.flush();
  std::_Exit(0);
}

}  // namespace
}  // namespace ordinal

int main(int argc, char** argv) {
  ordinal::Config config;
  const ordinal::Command command = ordinal::ParseCommandLine(argc, argv, config);
  if (command.kind == ordinal::Command::Kind::kExit) return command.exit_code;
  ordinal::SetUpLog(config);
  switch (command.kind) {
    case ordinal::Command::Kind::kGet: return ordinal::RunGet(config, command);
    case ordinal::Command::Kind::kStatus: return ordinal::RunStatus(config);
    case ordinal::Command::Kind::kDown: return ordinal::RunDown(config);
    case ordinal::Command::Kind::kKubeconfig: return ordinal::RunKubeconfig(config, command);
    default: return ordinal::Run(config);
  }
}
