// What image collection removes, and when: a kubelet's rules (pkg/kubelet/images/image_gc_manager.go). Pure.
//
//   images of the runtime ─┐
//   containers, pods ──────┼─> SeenImage: collectable, in use ─> ImageRecords: when it was first seen, last used
//   what was pulled ───────┘                                        ├─> TooOld            (maximum age)
//                                              disk ─> BytesToFree ─┴─> ForSpace          (high and low threshold)
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "cri/runtime.h"

namespace ordinal::node {

struct CollectionPolicy {
  int high_percent = 85;  ///< of the disk that images are on: from here on images are removed; 100: never for space
  int low_percent = 80;   ///< … until it is used so far
  Duration minimum_age = std::chrono::minutes(2);  ///< since an image was first seen
  Duration maximum_age{0};                         ///< since it was last used; zero: there is none
  Duration period = std::chrono::minutes(5);
};

/// What this agent pulled: by the image's id, the names it pulled it by (NormalizeReference()).
using PulledNames = std::map<std::string, std::set<std::string>>;

/// What others know of an image's name (NormalizeReference()).
struct NamesInUse {
  std::set<std::string> wanted;                          ///< by pods of this node
  std::function<bool(const std::string& name)> is_kept;  ///< from the images folder, or the sandboxes' image

  /// Adds a name to `wanted`. A runtime lists what was pulled by a tag and a digest by the digest alone: of such a name
  /// that one too.
  void Want(const std::string& name);
};

struct SeenImage {
  std::string id;
  uint64_t bytes = 0;
  bool in_use = false;
  bool collectable = false;          ///< it may be removed when nobody uses it
  std::set<std::string> names = {};  ///< all of them (NormalizeReference())
};

/// An image is in use while there is a container of it, of whoever and whether it runs, or a pod of this node wants it.
/// It is collectable when this agent pulled it by all the names it has, each digest from a repository that it pulled
/// from: an image that somebody else brought may be one that nobody can bring back. Pinned and kept ones are not.
std::vector<SeenImage> Judge(const std::vector<cri::Image>& images, const std::vector<cri::Container>& containers,
                             const PulledNames& pulled, const NamesInUse& names);

/// Whether a pod wants one of an image's names.
bool IsWanted(const std::set<std::string>& names, const NamesInUse& in_use);

struct ImageRecord {
  SteadyTime detected{};                ///< first seen by this run of the agent
  bool found = false;                   ///< it was there when this run began: not young, whoever asks
  std::optional<SteadyTime> last_used;  ///< absent: not since
  SeenImage seen;
};
using ImageRecords = std::map<std::string, ImageRecord>;  ///< by id

/// What is remembered after a look; `first`: of this run of the agent.
ImageRecords Detect(const ImageRecords& before, const std::vector<SeenImage>& images, SteadyTime now,
                    bool first = false);

struct DiskUse {
  uint64_t total = 0, free = 0;  ///< bytes; free for others than root
};

/// How much of the disk's use is too much; zero below the high threshold.
uint64_t BytesToFree(const DiskUse& disk, const CollectionPolicy& policy);
/// In percent, rounded up as in the kubelet.
int UsedPercent(const DiskUse& disk);

/// Those that were not used for longer than the maximum age.
std::vector<SeenImage> TooOld(const ImageRecords& records, const CollectionPolicy& policy, SteadyTime now);
/// Those that may go for space: whose use, then whose coming, is the longest ago first.
std::vector<SeenImage> ForSpace(const ImageRecords& records, const CollectionPolicy& policy, SteadyTime now);

}  // namespace ordinal::node
