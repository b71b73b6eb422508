#include "agent/app/update_images.h"

#include <utility>

#include "agent/api/kinds/pod/view.h"

namespace ordinal {
namespace {

using controllers::statefulset::ImageState;

constexpr Duration kAskForImagesAgain = std::chrono::seconds(1);

ImageState StateOf(const Result<podsync::ImageAnswer>& answer, WallTime now) {
  if (!answer.ok()) {
    return {ImageState::Phase::kFailed, "RuntimeUnavailable", answer.error().message, kAskForImagesAgain};
  }
  if (answer->image) return {};
  if (answer->waiting.reason == "ContainerCreating") return {ImageState::Phase::kPulling, "", "", std::nullopt};
  ImageState state{ImageState::Phase::kFailed, answer->waiting.reason, answer->waiting.message, std::nullopt};
  if (answer->look_again) state.look_again = *answer->look_again - now;
  return state;
}

Task<ImageState> Look(podsync::Images& images, const Clock& clock, api::Json spec, std::function<void()> arrived) {
  const api::PodSpec pod = api::ReadPodSpec(spec);
  ImageState worst;
  for (const auto* containers : {&pod.init_containers, &pod.containers}) {
    for (const api::Container& container : *containers) {
      const auto answer = co_await images.Prefetch(container, arrived);
      ImageState state = StateOf(answer, clock.Now());
      if (state.phase > worst.phase) worst = std::move(state);
    }
  }
  co_return worst;
}

}  // namespace

controllers::statefulset::EnsureImages UpdateImages(podsync::Images& images, const Clock& clock) {
  return [&images, &clock](api::Json spec, std::function<void()> arrived) {
    return Look(images, clock, std::move(spec), std::move(arrived));
  };
}

}  // namespace ordinal
