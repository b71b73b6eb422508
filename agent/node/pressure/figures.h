// What the host has left, as thresholds are compared with it. Reading blocks: on the blocking pool.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "agent/node/pressure/threshold.h"

namespace ordinal::node {

struct Figure {
  int64_t available = 0, capacity = 0;  ///< bytes, inodes or processes
};

/// What could be asked. A signal without a figure is no reason for pressure.
using Figures = std::map<EvictionSignal, Figure>;

struct FigurePlaces {
  std::string proc = "/proc";     ///< where procfs is mounted; empty: it is not asked
  std::string node_fs, image_fs;  ///< a path on each file system; empty: it is not known, or not asked
};

/// memory.available is what a kubelet takes for it: all but the working set of the machine, in which pages of files
/// that were not used lately do not count (cAdvisor). pid.available is what the kernel lets run, less what there is.
Figures ReadFigures(const FigurePlaces& places);

/// "100Mi", "1832Ki", "26421242": a kubelet's resource.Quantity in BinarySI.
std::string BinaryText(int64_t quantity);

}  // namespace ordinal::node
