#include "cri/runtime.h"  // expect: agent/base may include nothing of ours
