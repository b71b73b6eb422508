// The sandbox's first process: holds the pod's namespaces, reaps what is orphaned into it, and ends with 0 on TERM or
// INT. No libc: some hundred bytes of code, no memory but one page of stack.
//
// The signals are blocked and waited for instead of handled: the kernel drops unhandled signals for the first process
// of a pid namespace, but keeps blocked ones (kernel/signal.c, sig_ignored).

enum { kSigInt = 2, kSigTerm = 15, kSigChld = 17, kBlock = 0, kNoHang = 1 };

#if defined(__x86_64__)
enum { kWait4 = 61, kExit = 60, kSigProcMask = 14, kSigTimedWait = 128 };

static long Call(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum { kWait4 = 260, kExit = 93, kSigProcMask = 135, kSigTimedWait = 137 };

static long Call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#else
#error "pause.c knows the system calls of x86_64 and aarch64 only"
#endif

__attribute__((noreturn, used)) void _start(void) {
  const unsigned long signals = 1UL << (kSigInt - 1) | 1UL << (kSigTerm - 1) | 1UL << (kSigChld - 1);
  Call(kSigProcMask, kBlock, (long)&signals, 0, sizeof(signals));
  for (;;) {
    const long signal = Call(kSigTimedWait, (long)&signals, 0, 0, sizeof(signals));
    if (signal == kSigInt || signal == kSigTerm) break;
    // One signal may stand for several ended children.
    while (Call(kWait4, -1, 0, kNoHang, 0) > 0) {
    }
  }
  for (;;) Call(kExit, 0, 0, 0, 0);
}
