// Becomes a process of a container: joins its cgroups and namespaces, takes its limits, user, capabilities and seccomp
// filter, and executes a command, as `runc exec` does. No libc, a few kilobytes, started from memory: it holds nothing
// of the agent that a container could look at, and costs little to start.
//
//   started by the agent ─> cgroups, namespaces ─> forks ─> waits for the end ─────────> tells it, ends
//                                                       └─> all else ─> command ─> ends ─┘
//
// It stays the command's parent, outside of the container's pid namespace, and ends it when the agent wishes so or is
// gone: of a process that nobody waits for a container could not be rid.
#include <asm/unistd.h>
#include <linux/seccomp.h>
#include <stdint.h>

#include "cri/enter/order.h"

typedef unsigned long Word;

#if defined(__x86_64__)
static long Call6(long number, Word a, Word b, Word c, Word d, Word e, Word f) {
  long result;
  register Word r10 __asm__("r10") = d;
  register Word r8 __asm__("r8") = e;
  register Word r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
__asm__(
    ".global _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  and $-16, %rsp\n"
    "  call Main\n"
    "  hlt\n");
#elif defined(__aarch64__)
static long Call6(long number, Word a, Word b, Word c, Word d, Word e, Word f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = (long)a;
  register Word x1 __asm__("x1") = b;
  register Word x2 __asm__("x2") = c;
  register Word x3 __asm__("x3") = d;
  register Word x4 __asm__("x4") = e;
  register Word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
__asm__(
    ".global _start\n"
    "_start:\n"
    "  bl Main\n");
#else
#error "enter.c knows the system calls of x86_64 and aarch64 only"
#endif

#define CALL0(n) Call6(__NR_##n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) Call6(__NR_##n, (Word)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) Call6(__NR_##n, (Word)(a), (Word)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) Call6(__NR_##n, (Word)(a), (Word)(b), (Word)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) Call6(__NR_##n, (Word)(a), (Word)(b), (Word)(c), (Word)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) Call6(__NR_##n, (Word)(a), (Word)(b), (Word)(c), (Word)(d), (Word)(e), 0)

enum {
  kHere = -100,  // AT_FDCWD
  kReadOnly = 0,
  kWriteOnly = 1,
  kNoTerminal = 0400,       // O_NOCTTY
  kNoWait = 04000,          // O_NONBLOCK
  kCloseAtExec = 02000000,  // O_CLOEXEC
  kPathOnly = 010000000,    // O_PATH
  kNoHang = 1,              // WNOHANG
  kNoEntry = 2,
  kNoAccess = 13,
  kNotDirectory = 20,
  kLastCapability = 63,
  kPageProtection = 1 | 2,   // PROT_READ | PROT_WRITE
  kPrivate = 2,              // MAP_PRIVATE
  kAnonymous = 0x20,         // MAP_ANONYMOUS
  kNamespaces = 0x0e020000,  // CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC (the network follows)
  kNewNetwork = 0x40000000,
  kNewPid = 0x20000000,
  kTellPidfd = 0x1000,  // CLONE_PIDFD
  kChildSignal = 17,
  kKill = 9,
  kSetDumpable = 4,
  kSetKeepCaps = 8,
  kDropBounding = 24,
  kNoNewPrivs = 38,
  kAmbient = 47,
  kPollIn = 1,
  kAmbientRaise = 2,
  kAmbientClear = 4,
  kCapabilityVersion = 0x20080522,
  kJoinSessionKeyring = 1,
  kCloseOnExec = 4,  // CLOSE_RANGE_CLOEXEC
};

static uint8_t* order_bytes;
static struct EnterOrder* order;
static int host_proc;

static const char* Text(uint32_t at) { return (const char*)(order_bytes + at); }
static uint32_t Number(struct EnterList list, uint32_t index) {
  return ((const uint32_t*)(order_bytes + list.at))[index];
}

static Word Length(const char* text) {
  Word length = 0;
  while (text[length] != 0) ++length;
  return length;
}

__attribute__((noreturn)) static void End(int code) {
  for (;;) CALL1(exit_group, code);
}

static void Report(int step, long value) {
  const struct EnterReport report = {step, (int32_t)value};
  CALL3(write, kEnterReport, &report, sizeof(report));
}

__attribute__((noreturn)) static void Fail(int step, long result) {
  Report(step, -result);
  End(1);
}

static void Must(int step, long result) {
  if (result < 0) Fail(step, result);
}

static long WriteTo(int directory, const char* path, const char* text) {
  const long file = CALL4(openat, directory, path, kWriteOnly, 0);
  if (file < 0) return file;
  const long written = CALL3(write, file, text, Length(text));
  CALL1(close, file);
  return written;
}

static void* Room(Word bytes) {
  const long place = Call6(__NR_mmap, 0, bytes, kPageProtection, kPrivate | kAnonymous, (Word)-1, 0);
  if (place < 0 && place > -4096) Fail(kEnterExecute, place);
  return (void*)place;
}

static void ReadOrder(void) {
  struct EnterOrder head;
  if (CALL4(pread64, kEnterOrder, &head, sizeof(head), 0) != (long)sizeof(head)) End(1);
  const long place = Call6(__NR_mmap, 0, head.size, kPageProtection, kPrivate, kEnterOrder, 0);
  if (place < 0 && place > -4096) End(1);
  order_bytes = (uint8_t*)place;
  order = (struct EnterOrder*)place;
}

/// "-997"
static const char* Decimal(int32_t value, char* room) {
  uint32_t left = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
  *--room = 0;
  do {
    *--room = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  if (value < 0) *--room = '-';
  return room;
}

/// Before it is among the container's processes.
static void JoinFromOutside(void) {
  for (uint32_t i = 0; i < order->cgroups.count; ++i) {
    Must(kEnterJoinCgroup, WriteTo(kHere, Text(Number(order->cgroups, i)), "0"));
  }
  char digits[16];
  // Raising it again may need a right that the agent does not have: the container's processes have what it could be.
  WriteTo(kHere, "/proc/self/oom_score_adj", Decimal(order->oom_score_adj, digits + sizeof(digits)));
  // The host's, in which a process finds itself also when it is in another pid namespace.
  host_proc = (int)CALL4(openat, kHere, "/proc", kPathOnly | kCloseAtExec, 0);
  Must(kEnterNamespaces, host_proc);
  Must(kEnterPidNamespace, CALL2(setns, kEnterTarget, kNewPid));
  // Before there is a child: in the container's pid namespace nothing is ever seen that has the host's root.
  Must(kEnterNamespaces, CALL2(setns, kEnterTarget, kNamespaces | kNewNetwork));
}

static void SetLimits(void) {
  const struct EnterLimit* limits = (const struct EnterLimit*)(order_bytes + order->limits.at);
  for (uint32_t i = 0; i < order->limits.count; ++i) {
    const uint64_t both[2] = {limits[i].soft, limits[i].hard};
    Must(kEnterLimits, CALL4(prlimit64, 0, limits[i].resource, both, 0));
  }
}

static void SetCapabilities(void) {
  const struct {
    uint32_t version;
    int pid;
  } header = {kCapabilityVersion, 0};
  const uint32_t sets[6] = {(uint32_t)order->effective,         (uint32_t)order->permitted,
                            (uint32_t)order->inheritable,       (uint32_t)(order->effective >> 32),
                            (uint32_t)(order->permitted >> 32), (uint32_t)(order->inheritable >> 32)};
  Must(kEnterCapabilities, CALL2(capset, &header, sets));
  CALL5(prctl, kAmbient, kAmbientClear, 0, 0, 0);
  for (int each = 0; each <= kLastCapability; ++each) {
    if ((order->ambient >> each & 1) != 0) CALL5(prctl, kAmbient, kAmbientRaise, each, 0, 0);
  }
}

static void DropBounding(void) {
  for (int each = 0; each <= kLastCapability; ++each) {
    if ((order->bounding >> each & 1) != 0) continue;
    const long dropped = CALL5(prctl, kDropBounding, each, 0, 0, 0);
    if (dropped < 0 && dropped != -22) Fail(kEnterCapabilities, dropped);  // EINVAL: the kernel has no such one
  }
}

static void Filter(void) {
  if (order->seccomp.count == 0) return;
  const struct {
    uint16_t count;
    const void* instructions;
  } program = {(uint16_t)order->seccomp.count, order_bytes + order->seccomp.at};
  Must(kEnterSeccomp, CALL3(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void SetIds(void) {
  Must(kEnterIds, CALL5(prctl, kSetKeepCaps, 1, 0, 0, 0));
  Must(kEnterIds, CALL2(setgroups, order->groups.count, order_bytes + order->groups.at));
  Must(kEnterIds, CALL3(setresgid, order->gid, order->gid, order->gid));
  Must(kEnterIds, CALL3(setresuid, order->uid, order->uid, order->uid));
  Must(kEnterIds, CALL5(prctl, kSetKeepCaps, 0, 0, 0, 0));
}

/// A directory outside of the container's root has no path in it (CVE-2024-21626).
static void MustBeInside(void) {
  char path[4096];
  const long length = CALL2(getcwd, path, sizeof(path));
  if (length < 0 || path[0] != '/') Fail(kEnterDirectory, length < 0 ? length : -kNoEntry);
}

/// The sixth field of the line of this user in a passwd file of any content, or null.
static char* HomeIn(char* text, const char* end) {
  while (text < end) {
    char* fields[7];
    int count = 0;
    fields[count++] = text;
    while (text < end && *text != '\n') {
      if (*text == ':' && count < 7) {
        *text = 0;
        fields[count++] = text + 1;
      }
      ++text;
    }
    *text++ = 0;
    if (count < 6 || fields[2][0] == 0) continue;
    uint64_t uid = 0;
    const char* digit = fields[2];
    while (*digit >= '0' && *digit <= '9' && uid <= 0xffffffffU) uid = uid * 10 + (uint64_t)(*digit++ - '0');
    if (*digit == 0 && uid == order->uid && fields[5][0] != 0) return fields[5];
  }
  return 0;
}

/// "HOME=/root"; "/" where nothing says another.
static char* Home(void) {
  enum { kMostBytes = 1 << 20 };
  char* file = (char*)Room(kMostBytes + 4096);
  long length = 0;
  const long descriptor = CALL4(openat, kHere, "/etc/passwd", kReadOnly | kNoWait | kNoTerminal | kCloseAtExec, 0);
  if (descriptor >= 0) {
    length = CALL3(read, descriptor, file, kMostBytes);
    CALL1(close, descriptor);
  }
  const char* home = length > 0 ? HomeIn(file, file + length) : 0;
  if (home == 0) home = "/";
  char* variable = (char*)Room(Length(home) + 16);
  const char* word = "HOME=";
  Word at = 0;
  while (*word != 0) variable[at++] = *word++;
  while (*home != 0) variable[at++] = *home++;
  variable[at] = 0;
  return variable;
}

static char** Texts(struct EnterList list, char* more) {
  char** texts = (char**)Room((list.count + 2) * sizeof(char*));
  for (uint32_t i = 0; i < list.count; ++i) texts[i] = (char*)(order_bytes + Number(list, i));
  texts[list.count] = more;
  texts[list.count + 1] = 0;
  return texts;
}

/// As execvpe: a name without a slash is looked for in the directories of the container's PATH.
static long Execute(char** arguments, char** environment) {
  const char* name = arguments[0];
  for (const char* byte = name; *byte != 0; ++byte) {
    if (*byte == '/') return CALL3(execve, name, arguments, environment);
  }
  const char* path = Text(order->path);
  char* whole = (char*)Room(Length(path) + Length(name) + 16);
  long worst = -kNoEntry;
  while (*name != 0) {
    Word at = 0;
    while (*path != 0 && *path != ':') whole[at++] = *path++;
    if (at == 0) whole[at++] = '.';
    whole[at++] = '/';
    for (const char* byte = name; *byte != 0; ++byte) whole[at++] = *byte;
    whole[at] = 0;
    const long result = CALL3(execve, whole, arguments, environment);
    if (result == -kNoAccess) worst = result;
    if (result != -kNoEntry && result != -kNoAccess && result != -kNotDirectory) return result;
    if (*path++ == 0) break;
  }
  return worst;
}

__attribute__((noreturn)) static void BecomeTheCommand(void) {
  if (order->label != 0) Must(kEnterLabel, WriteTo(host_proc, "thread-self/attr/exec", Text(order->label)));
  Must(kEnterSession, CALL0(setsid));
  CALL2(keyctl, kJoinSessionKeyring, Text(order->keyring));
  SetLimits();
  const long moved = CALL1(chdir, Text(order->directory));
  char* home = order->home != 0 ? Home() : 0;
  if (order->umask != 0xffffffffU) CALL1(umask, order->umask);
  DropBounding();
  if (order->no_new_privs == 0) Filter();  // takes a right that is given up below
  SetIds();
  if (moved < 0) Must(kEnterDirectory, CALL1(chdir, Text(order->directory)));
  MustBeInside();
  SetCapabilities();
  char** arguments = Texts(order->arguments, 0);
  char** environment = Texts(order->environment, home);
  if (order->no_new_privs != 0) {
    Must(kEnterSeccomp, CALL5(prctl, kNoNewPrivs, 1, 0, 0, 0));
    Filter();
  }
  Fail(kEnterExecute, Execute(arguments, environment));
}

/// The exit code, 128 and the signal's number when a signal ended it.
static int ExitCode(int status) { return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f); }

/// What the program is told of an end: it becomes readable, or is shut.
struct Watched {
  int descriptor;
  short wanted, seen;
};

static long Await(struct Watched* watched, Word count, long milliseconds) {
  const struct { long seconds, nanoseconds; } time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  return CALL5(ppoll, watched, count, milliseconds < 0 ? 0 : &time, 0, 0);
}

/// True when the command has ended and told how. One that somebody in the container traces may have ended and tell it
/// later, or never.
static int Told(long child) {
  int status = 0;
  if (CALL4(wait4, child, &status, kNoHang, 0) != child) return 0;
  Report(kEnterEnded, ExitCode(status));
  return 1;
}

__attribute__((noreturn)) static void WaitForTheCommand(long child, int pidfd) {
  enum { kPause = 100, kBlock = 0, kBrokenPipe = 13 };
  // When the agent is gone nobody reads what is told, and the command is to be ended all the same.
  const Word broken_pipe = 1UL << (kBrokenPipe - 1);
  CALL4(rt_sigprocmask, kBlock, &broken_pipe, 0, sizeof(broken_pipe));
  struct Watched both[2] = {{kEnterLife, kPollIn, 0}, {pidfd, kPollIn, 0}};
  Report(kEnterBegan, child);
  while (both[0].seen == 0) {
    const int over = both[1].seen != 0;
    if (over && Told(child)) End(0);
    both[0].seen = both[1].seen = 0;
    if (Await(both, over ? 1 : 2, over ? kPause : -1) < 0) break;
    if (over) both[1].seen = kPollIn;
  }
  CALL2(kill, child, kKill);
  // One that is in the middle of a call of the kernel ends after it. One that is traced has ended for its tracer alone.
  Await(&both[1], 1, -1);
  Told(child);
  End(0);
}

__attribute__((noreturn, used)) void Main(void) {
  CALL5(prctl, kSetDumpable, 0, 0, 0, 0);
  Must(kEnterSession, CALL3(close_range, kEnterOrder, ~0U, kCloseOnExec));
  ReadOrder();
  JoinFromOutside();
  int pidfd = -1;
  const long child = Call6(__NR_clone, kTellPidfd | kChildSignal, 0, (Word)&pidfd, 0, 0, 0);
  Must(kEnterFork, child);
  if (child == 0) BecomeTheCommand();
  WaitForTheCommand(child, pidfd);
}
