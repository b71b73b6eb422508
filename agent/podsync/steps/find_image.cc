#include "agent/podsync/steps/find_image.h"

#include <fmt/format.h>

namespace ordinal::podsync {
namespace {

/// As the kubelet tells it: what went wrong with the image, then what that makes of the container. Repeated on every
/// try, so that it counts.
void SayNoImage(StepContext& context, const std::string& container, const Waiting& waiting) {
  if (waiting.reason == "ImagePullBackOff") {
    context.Say(container, events::Severity::kNormal, "BackOff", "The image could not be pulled; trying again later");
  } else {
    const bool name = waiting.reason == "InvalidImageName";
    const bool pull = waiting.reason == "ErrImagePull";
    context.Say(container, events::Severity::kWarning,
                name   ? "InspectFailed"
                : pull ? "Failed"
                       : waiting.reason,
                waiting.message);
  }
  context.Say(container, events::Severity::kWarning, "Failed", "Error: " + waiting.reason);
}

void WaitForImage(StepContext& context, const std::string& container, const ImageAnswer& answer) {
  Memory& memory = context.memory;
  // A configuration that is wrong stays so while the image is looked for once more.
  const bool looking = answer.waiting.reason == "ContainerCreating";
  if (!looking || !WaitsForConfig(memory, container)) memory.waiting[container] = answer.waiting;
  Retry& retry = memory.retries[container];
  retry.not_before = answer.look_again.value_or(WallTime::max());  // until a pull ends or an image arrives
  if (answer.look_again) {
    retry.why = answer.waiting;
    context.LookAgain(*answer.look_again);
  }
  if (answer.look_again || !looking) SayNoImage(context, container, answer.waiting);
}

}  // namespace

Task<Result<std::optional<cri::Image>>> FindImage(StepContext& context, const api::Container& container) {
  Images::Waiter waiter{context.pod.meta.uid, context.image_arrived};
  CO_TRY(ImageAnswer answer, co_await context.services.images.Ensure(container, std::move(waiter)));
  if (answer.image) {
    context.Say(container.name, events::Severity::kNormal, "Pulled",
                answer.pulled ? fmt::format("Image \"{}\" was pulled", container.image)
                              : fmt::format("Image \"{}\" is on this host already", container.image));
  } else {
    WaitForImage(context, container.name, answer);
  }
  co_return std::move(answer.image);
}

}  // namespace ordinal::podsync
