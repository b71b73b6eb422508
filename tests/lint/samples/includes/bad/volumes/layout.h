#include "cri/runtime.h"  // expect: volumes may include agent/base
