#include "agent/app/host_look.h"

#include <utility>

#include "agent/app/host.h"

namespace ordinal {
namespace {

constexpr Duration kSeldom = std::chrono::minutes(1);

}  // namespace

Task<node::NodeFacts> HostLook::Look() {
  const bool due = !looked_ || parts_.clock.Steady() - *looked_ >= kSeldom;
  if (due || images_changed_) co_await LookAround();
  node::NodeFacts facts = kept_;
  facts.addresses = HostAddresses();
  facts.handlers = parts_.runtime.status().handlers;
  facts.strict_groups = parts_.runtime.status().supplemental_groups_policy;
  co_return facts;
}

Task<void> HostLook::LookAround() {
  images_changed_ = false;
  node::NodeFacts facts = HostFacts(parts_.node_name, parts_.disk);
  facts.runtime_version = std::move(kept_.runtime_version);  // until the runtime tells again
  facts.images = std::move(kept_.images);
  kept_ = std::move(facts);
  const SteadyTime now = parts_.clock.Steady();
  const bool told = co_await AskRuntime();
  looked_ = told ? std::optional(now) : std::nullopt;
}

/// False when it did not tell everything.
Task<bool> HostLook::AskRuntime() {
  const Result<cri::Version> version = co_await parts_.runtime.calls().GetVersion();
  if (version.ok()) kept_.runtime_version = version->runtime_name + "://" + version->runtime_version;
  const Result<std::vector<cri::Image>> images = co_await parts_.runtime.calls().ListImages();
  if (images.ok()) kept_.images = ImagesOf(*images);
  co_return version.ok() && images.ok();
}

}  // namespace ordinal
