#include "agent/api/kinds/pod/stop_signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace ordinal::api {
namespace {

TEST(SignalNumber, KnowsThoseOfCoreV1) {
  EXPECT_EQ(SignalNumber("SIGTERM"), SIGTERM);
  EXPECT_EQ(SignalNumber("SIGUSR1"), SIGUSR1);
  EXPECT_EQ(SignalNumber("SIGCLD"), SIGCHLD);
  EXPECT_EQ(SignalNumber("SIGRTMIN"), SIGRTMIN);
  EXPECT_EQ(SignalNumber("SIGRTMIN+3"), SIGRTMIN + 3);
  EXPECT_EQ(SignalNumber("SIGRTMIN+15"), SIGRTMIN + 15);
  EXPECT_EQ(SignalNumber("SIGRTMAX-14"), SIGRTMAX - 14);
  EXPECT_EQ(SignalNumber("SIGRTMAX"), SIGRTMAX);
}

TEST(SignalNumber, KnowsNoOthers) {
  for (const char* name : {"", "TERM", "sigterm", "SIGNOPE", "15", "SIGRTMIN+0", "SIGRTMIN+16", "SIGRTMIN-1",
                           "SIGRTMIN+03", "SIGRTMAX-15", "SIGRTMAX+1", "SIGRTMIN+", "SIGRTMIN+x", "SIGTERM "}) {
    EXPECT_FALSE(SignalNumber(name)) << name;
  }
}

}  // namespace
}  // namespace ordinal::api
