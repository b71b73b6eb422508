// Whose kubeconfig is printed: nobody gets the administrator's by leaving something empty.
#include <gtest/gtest.h>

#include <vector>

#include "agent/app/config.h"

namespace ordinal {
namespace {

using Arguments = std::vector<std::string>;

Command Parsed(const Arguments& more) {
  Arguments arguments = {"ordinald", "kubeconfig"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::vector<char*> argv;
  for (std::string& each : arguments) argv.push_back(each.data());
  Config config;
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data(), config);
}

TEST(CommandLine, AKubeconfigIsOfARoleOrOfAUser) {
  struct Case {
    Arguments arguments;
    bool good;
    std::optional<std::string> user;
  };
  const Case cases[] = {
      {{}, true, {}},
      {{"--role", "view"}, true, {}},
      {{"--user", "carol", "--group", "dev", "--group", "ops"}, true, "carol"},
      {{"--user", "carol", "--duration", "1h"}, true, "carol"},
      {{"--user", "", "--group", "dev"}, false, {}},
      {{"--user", ""}, false, {}},
      {{"--user", "carol", "--group", ""}, false, {}},
      {{"--user", "carol", "--role", "admin"}, false, {}},
      {{"--group", "dev"}, false, {}},
      {{"--role", "root"}, false, {}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(testing::PrintToString(one.arguments));
    const Command command = Parsed(one.arguments);
    EXPECT_EQ(command.kind == Command::Kind::kKubeconfig, one.good);
    if (one.good) {
      EXPECT_EQ(command.user, one.user);
    } else {
      EXPECT_NE(command.exit_code, 0);
    }
  }
}

}  // namespace
}  // namespace ordinal
