// PulledImages: which images this agent pulled, kept in a file: only those are collected (image_plan.h). Control
// thread; the file is read and written on the pool.
#pragma once

#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/node/image_plan.h"

namespace ordinal::node {

class PulledImages {
 public:
  /// `file` need not be there. `pool` outlives it.
  PulledImages(BlockingPool& pool, std::string file);

  const PulledNames& names() const { return names_; }

  /// `id` was pulled by this name, as people write it. True when that is news, to be written.
  bool Add(const std::string& reference, const std::string& id);
  /// Forgets images that are not there any more. True when there were such. A list may be older than a pull that ended
  /// meanwhile: an image is gone when two in a row do not have it.
  bool Keep(const std::vector<cri::Image>& there);
  /// `id` was removed: whoever brings it again, it is not this agent's. True when it was, to be written.
  bool Forget(const std::string& id);

  /// Adds what the file holds. One that cannot be read is as one that is not there, with a warning: its images are not
  /// collected.
  Task<void> Read();
  /// Does nothing when all is written.
  Task<Status> Write();

 private:
  BlockingPool& pool_;
  const std::string file_;
  PulledNames names_;
  std::set<std::string> missing_;  ///< ids that the last list did not have
  bool written_ = true;
};

}  // namespace ordinal::node
