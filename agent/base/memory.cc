#include "agent/base/memory.h"

#if ORDINAL_JEMALLOC
#include <jemalloc/jemalloc.h>

// jemalloc(3), TUNING. One arena, and little kept by each thread: resident memory, not the allocations a second of many
// threads, counts. Free pages go back after a second.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:1,tcache_max:512,lg_tcache_nslots_mul:-1,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

namespace ordinal {

void GiveBackMemory() {
  mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  mallctl("arena.0.purge", nullptr, nullptr, nullptr, 0);
}

}  // namespace ordinal

#else
#include <malloc.h>

namespace ordinal {

void GiveBackMemory() { malloc_trim(0); }

}  // namespace ordinal
#endif
