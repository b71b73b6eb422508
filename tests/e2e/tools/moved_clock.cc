// A wall clock that a test sets: loaded into the agent with LD_PRELOAD, it adds to the host's clock the seconds that
// stand in the file $ORDINAL_CLOCK, a 64-bit number of the host's byte order, at every look. Clocks that nobody can set
// (the monotonic ones) are the host's, as when somebody sets a real clock. What the kernel stamps, as the times of
// files, is the host's too, and so is what other processes see.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

const volatile int64_t* moved_by = nullptr;

__attribute__((constructor)) void FindFile() {
  const char* path = std::getenv("ORDINAL_CLOCK");
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* mapped = ::mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (mapped != MAP_FAILED) moved_by = static_cast<const volatile int64_t*>(mapped);
}

int64_t MovedBy() { return moved_by == nullptr ? 0 : *moved_by; }

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long result = ::syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += MovedBy();
  return static_cast<int>(result);
}

int gettimeofday(timeval* now, void* /*zone*/) noexcept {
  timespec moment{};
  if (clock_gettime(CLOCK_REALTIME, &moment) != 0) return -1;
  now->tv_sec = moment.tv_sec;
  now->tv_usec = moment.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec moment{};
  clock_gettime(CLOCK_REALTIME, &moment);
  if (out != nullptr) *out = moment.tv_sec;
  return moment.tv_sec;
}

}  // extern "C"
