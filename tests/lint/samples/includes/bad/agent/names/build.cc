#include "agent/app/agent.h"     // expect: agent/names may include
#include "agent/main.cc"        // expect: nothing includes main.cc
#include "cri/proto/cri.pb.h"   // expect: cri's own
#include "dns/wire/name.h"      // expect: may include
#include "gone.h"               // expect: does not exist
#include "tests/fakes/runtime.h"  // expect: product code includes tests
#include <cri/runtime.h>        // expect: with quotes
