// PrivateContainerd: a containerd of a test's own, with its own directories, socket and bridge, gone with the test.
#pragma once

#include <sys/types.h>

#include <string>

#include "tests/fakes/scratch_directory.h"

namespace ordinal {

class PrivateContainerd {
 public:
  /// Why this host cannot run one ("needs root", "needs containerd"…); empty when it can.
  static std::string Missing();

  /// Started and answering. Its CRI plugin uses the sandbox image SandboxImage() and a bridge of its own.
  PrivateContainerd();
  /// Removes every sandbox, stops it, and takes away its mounts, shims and bridge.
  ~PrivateContainerd();
  PrivateContainerd(const PrivateContainerd&) = delete;
  PrivateContainerd& operator=(const PrivateContainerd&) = delete;

  void Start();
  /// Ends containerd; containers go on.
  void Stop();

  std::string endpoint() const { return "unix://" + socket(); }
  std::string log() const { return fakes::ReadFile(scratch_ / "log"); }
  /// A directory for what the test wants to have beside it.
  std::string path(const std::string& name) const { return scratch_ / name; }
  static constexpr char kSandboxImage[] = "ordinal.test/pause:1";

 private:
  std::string socket() const { return scratch_ / "c.sock"; }
  void WriteConfig() const;
  void RemoveSandboxes();
  void EndShims() const;
  void Unmount() const;

  fakes::ScratchDirectory scratch_;
  std::string bridge_;
  pid_t pid_ = -1;
};

}  // namespace ordinal
