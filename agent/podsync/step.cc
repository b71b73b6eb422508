#include "agent/podsync/step.h"

#include <fmt/format.h>

namespace ordinal::podsync {
namespace {

struct Describer {
  std::string operator()(const EndContainers& step) const {
    std::string text = "end";
    for (const ContainerKill& kill : step.containers) text += " " + kill.name;
    return text;
  }
  std::string operator()(const StopSandbox& step) const { return fmt::format("stop-sandbox {:.12}", step.id); }
  std::string operator()(const DropContainer& step) const { return fmt::format("drop {:.12}", step.id); }
  std::string operator()(const ResizeContainers& step) const {
    std::string text = "resize";
    for (const ResizeContainers::One& one : step.containers) text += " " + one.name;
    return text;
  }
  std::string operator()(const PrepareVolumes&) const { return "volumes"; }
  std::string operator()(const RefreshFiles&) const { return "files"; }
  std::string operator()(const MakeSandbox& step) const { return fmt::format("sandbox {}", step.attempt); }
  std::string operator()(const StartContainer& step) const {
    const char* among = step.init ? "init " : step.ephemeral ? "ephemeral " : "";
    return fmt::format("start {}{} ({})", among, step.index, step.attempt);
  }
  std::string operator()(const RemoveContainer& step) const { return fmt::format("remove {:.12}", step.id); }
  std::string operator()(const RemoveSandbox& step) const { return fmt::format("remove-sandbox {:.12}", step.id); }
};

}  // namespace

std::string Describe(const Step& step) { return std::visit(Describer(), step); }

}  // namespace ordinal::podsync
