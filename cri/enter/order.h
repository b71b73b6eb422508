// What enter.c is told to do: one block of memory, in C for both sides. Places are offsets from its beginning; texts
// end with a zero byte. Written by order_text.cc, read by a program that trusts it.
#pragma once

#include <stdint.h>

// The descriptors that the program starts with. Of kEnterLife the agent has the other end: when it is closed the
// command is killed.
enum { kEnterOrder = 3, kEnterTarget = 4, kEnterReport = 5, kEnterLife = 6, kEnterProgramItself = 7 };

struct EnterLimit {
  uint32_t resource, unused;
  uint64_t soft, hard;
};

/// `count` things of 4 bytes (ids, places of texts), 8 bytes (instructions) or sizeof(EnterLimit) at `at`.
struct EnterList {
  uint32_t at, count;
};

struct EnterOrder {
  uint32_t size;  ///< of the whole block
  int32_t oom_score_adj;
  uint32_t uid, gid, umask;
  uint32_t no_new_privs;
  uint64_t bounding, effective, permitted, inheritable, ambient;
  struct EnterList groups, limits, cgroups, seccomp, arguments, environment;
  uint32_t directory;  ///< to start in
  uint32_t keyring;    ///< name of the session keyring
  uint32_t label;      ///< what to write to /proc/thread-self/attr/exec; 0: nothing
  uint32_t home;       ///< 1: HOME is looked up in the container's /etc/passwd
  uint32_t path;       ///< where programs are looked for
};

/// What the program says on kEnterReport: records, then an end.
struct EnterReport {
  int32_t step;   ///< EnterStep
  int32_t value;  ///< kEnterBegan: the command's pid; kEnterEnded: its exit code; else an error number
};

enum EnterStep {
  kEnterBegan = 0,
  kEnterEnded,  ///< last; 128 and the signal's number for a command that a signal ended
  kEnterJoinCgroup,
  kEnterPidNamespace,
  kEnterFork,
  kEnterLabel,
  kEnterNamespaces,
  kEnterSession,
  kEnterLimits,
  kEnterDirectory,
  kEnterIds,
  kEnterCapabilities,
  kEnterSeccomp,
  kEnterExecute,  ///< all is as in the container, but there is no such program
};
