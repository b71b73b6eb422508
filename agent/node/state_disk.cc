#include "agent/node/state_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ordinal::node {
namespace {

// Pressure begins below 64 MiB, on small disks below a twentieth, and is over when there is half as much again.
constexpr uint64_t kLittle = 64 * 1024 * 1024;
constexpr uint64_t kLittlePart = 20;

}  // namespace

StateDisk::StateDisk(Clock& clock, Sources sources, Changed changed)
    : clock_(clock), sources_(std::move(sources)), changed_(std::move(changed)) {}

Task<void> StateDisk::Run() {
  while (true) {
    co_await Look();
    co_await Sleep(clock_, kLook);
  }
}

Task<void> StateDisk::Look() {
  if (sources_.failure()) {
    const Status written = co_await sources_.probe();
    (void)written;  // the store knows
  }
  std::string now = Pressure();
  const bool differs = now.empty() != pressure_.empty();
  // Bytes come and go: while it lasts it is told once.
  if (differs) pressure_ = std::move(now);
  if (differs) changed_(pressure_);
}

std::string StateDisk::Trouble() const {
  const std::optional<Error> failure = sources_.failure();
  if (failure) return failure->message;
  const std::optional<Error> seen = sources_.trouble();
  return seen ? seen->message : "";
}

std::string StateDisk::Pressure() const {
  std::string trouble = Trouble();
  if (!trouble.empty()) return trouble;
  const store::DiskSpace space = sources_.space();
  if (!space.known) return {};
  uint64_t least = std::min(kLittle, space.total / kLittlePart);
  if (!pressure_.empty()) least += least / 2;
  if (space.free >= least) return {};
  return fmt::format("the disk of the state directory is nearly full: {} bytes of {} are free", space.free,
                     space.total);
}

}  // namespace ordinal::node
