#include "agent/base/result.h"
