#include "agent/base/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

extern "C" {
// jemalloc(3), TUNING. One arena, and little kept by each thread: resident memory, not the allocations a second of many
// threads, counts. Free pages go back after a second.
extern const char* malloc_conf;
const char* malloc_conf = "narenas:1,tcache_max:512,lg_tcache_nslots_mul:-1,dirty_decay_ms:1000,muzzy_decay_ms:0";

// Null in a program that has another allocator (one with sanitizers).
int mallctl(const char* name, void* old, size_t* old_length, void* wanted, size_t length) __attribute__((weak));
}

namespace ordinal {

namespace {

/// A program's segments that are never written hold nothing but what its file holds. What of them is used again comes
/// back from the page cache, 64 KiB at a time (fault_around_bytes); the rest was of use once, most of it at the start.
int LetGo(dl_phdr_info* program, size_t, void*) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = program->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = (program->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const uintptr_t end = program->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses of the loader's
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // the kernel's own (vdso) refuses
  }
  return 0;
}

}  // namespace

void GiveBackMemory() {
  dl_iterate_phdr(&LetGo, nullptr);
  if (mallctl == nullptr) {
    malloc_trim(0);
    return;
  }
  mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  mallctl("arena.0.purge", nullptr, nullptr, nullptr, 0);
}

}  // namespace ordinal
