#include "agent/node/image_collection.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/node/node_subject.h"

namespace ordinal::node {
namespace {

constexpr Duration kSayAgain = std::chrono::hours(1);  // events are kept for as long

}  // namespace

ImageCollection::ImageCollection(Parts parts, Sources sources, CollectionPolicy policy)
    : parts_(std::move(parts)),
      sources_(std::move(sources)),
      policy_(policy),
      pulled_(parts_.pool, parts_.record_file),
      wake_(parts_.executor),
      turn_(parts_.executor) {}

void ImageCollection::Pulled(const std::string& reference, const std::string& id) {
  if (pulled_.Add(reference, id)) wake_.Notify();
}

Task<void> ImageCollection::Run() {
  const Status looked = co_await InTurn(Look());
  if (!looked.ok()) log::Warning("looking at images: {}", looked.error().message);
  while (true) {
    co_await WriteRecord();
    timer_ = parts_.clock.After(policy_.period, [this] {
      due_ = true;
      wake_.Notify();
    });
    while (!due_) {
      co_await wake_.Wait();
      co_await WriteRecord();
    }
    due_ = false;
    co_await CollectAndSay();
  }
}

Task<void> ImageCollection::WriteRecord() {
  const Status written = co_await pulled_.Write();
  if (!written.ok()) log::Warning("images that were pulled are not collected later: {}", written.error().message);
}

/// As a kubelet, whose first failure is no news: the disk may not be known yet.
Task<void> ImageCollection::CollectAndSay() {
  const Status collected = co_await Collect();
  const bool again = std::exchange(failed_before_, !collected.ok());
  if (collected.ok()) co_return;
  log::Warning("collecting images: {}", collected.error().message);
  if (again) Say("ImageGCFailed", collected.error().message);
}

/// Carries `what` out when it is its turn, and gives the turn back however that ends. Reads first what earlier agents
/// pulled, unless that was done.
Task<Status> ImageCollection::InTurn(Task<Status> what) {
  while (busy_) co_await turn_.Wait();
  busy_ = true;
  Status done;
  if (!read_) {
    Task<Status> read = CaughtTask([this] { return pulled_.Read(); });
    done = co_await std::move(read);
    read_ = done.ok();
  }
  if (done.ok()) done = co_await Caught(std::move(what));
  busy_ = false;
  turn_.Notify();
  co_return done;
}

Task<Status> ImageCollection::Collect() { return InTurn(CollectNow()); }

Task<Status> ImageCollection::RemoveUnused() { return InTurn(RemoveUnusedNow()); }

Task<Status> ImageCollection::CollectNow() {
  CO_TRYV(co_await Look());
  std::vector<SeenImage> old = TooOld(records_, policy_, parts_.clock.Steady());
  constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();
  std::string why = "it was not used for longer than the maximum age";
  const Removal aged = co_await Remove(std::move(old), kAll, std::move(why));
  const Status freed = co_await FreeSpace();
  co_return aged.status.ok() ? freed : aged.status;
}

Task<Status> ImageCollection::RemoveUnusedNow() {
  CO_TRYV(co_await Look());
  std::vector<SeenImage> unused = ForSpace(records_, policy_, parts_.clock.Steady());
  constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();
  std::string why = "the node has disk pressure";
  const Removal removal = co_await Remove(std::move(unused), kAll, std::move(why));
  co_return removal.status;
}

Task<Status> ImageCollection::Look() {
  CO_TRY(const std::vector<cri::Image> images, co_await parts_.runtime.ListImages());
  const cri::ContainerFilter all;
  CO_TRY(const std::vector<cri::Container> containers, co_await parts_.runtime.ListContainers(all));
  const std::vector<SeenImage> seen = Judge(images, containers, pulled_.names(), sources_.names());
  records_ = Detect(records_, seen, parts_.clock.Steady(), /*first=*/!std::exchange(looked_, true));
  if (pulled_.Keep(images)) wake_.Notify();
  co_return Status();
}

Task<Status> ImageCollection::FreeSpace() {
  if (policy_.high_percent >= 100) co_return Status();
  CO_TRY(const cri::ImageFilesystem images, co_await parts_.runtime.ImageFsInfo());
  auto ask = [path = images.mountpoint, disk = sources_.disk] { return disk(path); };
  CO_TRY(const DiskUse disk, co_await parts_.pool.Run(std::move(ask)));
  if (disk.total == 0) {
    co_return MakeError(ErrorCode::kInternal,
                        fmt::format("invalid capacity 0 on image filesystem {}", images.mountpoint));
  }
  const uint64_t wanted = BytesToFree(disk, policy_);
  if (wanted == 0) {
    short_said_.reset();
    co_return Status();
  }
  std::string why = fmt::format("{} % of the disk {} is used", UsedPercent(disk), images.mountpoint);
  std::vector<SeenImage> unused = ForSpace(records_, policy_, parts_.clock.Steady());
  const Removal removal = co_await Remove(std::move(unused), wanted, std::move(why));
  if (removal.status.ok() && removal.freed < wanted) SayShort(wanted, removal.freed);
  if (removal.freed >= wanted) short_said_.reset();
  co_return removal.status;
}

/// In their order, until `at_least` bytes are gone. Removing takes its time: what a pod wants by now stays.
Task<ImageCollection::Removal> ImageCollection::Remove(std::vector<SeenImage> images, uint64_t at_least,
                                                       std::string why) {
  Removal removal;
  std::string failures;
  for (const SeenImage& image : images) {
    if (removal.freed >= at_least) break;
    const NamesInUse names = sources_.names();
    if (IsWanted(image.names, names)) continue;
    const Status removed = co_await parts_.runtime.RemoveImage(image.id);
    if (!removed.ok()) {
      failures += (failures.empty() ? "" : "; ") + removed.error().message;
      continue;
    }
    log::Info("removed image {} of {} bytes: {}", image.id, image.bytes, why);
    removal.freed += image.bytes;
    records_.erase(image.id);
    if (pulled_.Forget(image.id)) wake_.Notify();
  }
  if (!failures.empty()) {
    removal.status =
        MakeError(ErrorCode::kInternal,
                  fmt::format("freed {} bytes space with errors in image deletion: {}", removal.freed, failures));
  }
  co_return removal;
}

/// The figures are others each time: said once while it lasts, and again every hour.
void ImageCollection::SayShort(uint64_t wanted, uint64_t freed) {
  const SteadyTime now = parts_.clock.Steady();
  if (short_said_ && now - *short_said_ < kSayAgain) return;
  short_said_ = now;
  std::string message = fmt::format(
      "Failed to garbage collect required amount of images. Attempted to free {} bytes, but only found {} bytes "
      "eligible to free.",
      wanted, freed);
  log::Warning("{} Only images that this agent pulled are removed.", message);
  Say("FreeDiskSpaceFailed", std::move(message));
}

void ImageCollection::Say(std::string reason, std::string message) {
  parts_.recorder.Record(
      {NodeSubject(parts_.node_name), events::Severity::kWarning, std::move(reason), std::move(message)});
}

}  // namespace ordinal::node
