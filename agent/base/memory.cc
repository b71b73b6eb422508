#include "agent/base/memory.h"

#include <malloc.h>

#include <cstddef>

extern "C" {
// jemalloc(3), TUNING. One arena, and little kept by each thread: resident memory, not the allocations a second of many
// threads, counts. Free pages go back after a second.
extern const char* malloc_conf;
const char* malloc_conf = "narenas:1,tcache_max:512,lg_tcache_nslots_mul:-1,dirty_decay_ms:1000,muzzy_decay_ms:0";

// Null in a program that has another allocator (one with sanitizers).
int mallctl(const char* name, void* old, size_t* old_length, void* wanted, size_t length) __attribute__((weak));
}

namespace ordinal {

void GiveBackMemory() {
  if (mallctl == nullptr) {
    malloc_trim(0);
    return;
  }
  mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  mallctl("arena.0.purge", nullptr, nullptr, nullptr, 0);
}

}  // namespace ordinal
