#include "cri/runtime.h"
#include "dns/snapshot/records.h"
