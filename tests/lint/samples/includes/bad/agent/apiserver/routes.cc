#include "agent/controllers/plan.h"  // expect: agent/apiserver may include
