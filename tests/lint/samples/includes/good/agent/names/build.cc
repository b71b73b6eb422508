#include "dns/snapshot/records.h"
