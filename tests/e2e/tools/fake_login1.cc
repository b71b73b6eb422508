// A login1 for tests of the agent: fake_login1 BUS-ADDRESS LOGIND-CONF. Reads "shutdown" and "cancel" from its input,
// says what happens on its output (tests/fakes/fake_login.h).
#include <iostream>

#include "tests/fakes/fake_login.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fake_login1 BUS-ADDRESS LOGIND-CONF\n";
    return 2;
  }
  ordinal::fakes::FakeLogin login(argv[1], argv[2], [](const std::string& what) { std::cout << what << std::endl; });
  return login.Serve(/*commands=*/0) ? 0 : 1;
}
