#include "agent/podsync/steps/find_image.h"

#include <fmt/format.h>

#include <utility>

#include "agent/podsync/backoff_words.h"
#include "agent/podsync/pull_secrets.h"

namespace ordinal::podsync {
namespace {

/// As the kubelet tells it: what went wrong with the image, then what that makes of the container. Repeated on every
/// try, so that it counts.
void SayNoImage(StepContext& context, const api::Container& container, const Waiting& waiting) {
  const std::string quoted = "\"" + container.image + "\"";
  if (waiting.reason == "ImagePullBackOff") {
    context.Say(container.name, events::Severity::kNormal, "BackOff", "Back-off pulling image " + quoted);
  } else if (waiting.reason == "ErrImagePull") {
    context.Say(container.name, events::Severity::kWarning, "Failed",
                fmt::format("Failed to pull image {}: {}", quoted, waiting.message));
  } else {
    context.Say(container.name, events::Severity::kWarning,
                waiting.reason == "InvalidImageName" ? "InspectFailed" : waiting.reason, waiting.message);
  }
  context.Say(container.name, events::Severity::kWarning, "Failed", "Error: " + waiting.reason);
}

/// What an image's coming is told with (pkg/kubelet/images/image_manager.go).
std::string PulledText(const api::Container& container, const ImageAnswer& answer) {
  if (!answer.pulled_in) return fmt::format("Container image \"{}\" already present on machine", container.image);
  return fmt::format("Successfully pulled image \"{}\" in {} ({} including waiting). Image size: {} bytes.",
                     container.image, GoDuration(*answer.pulled_in), GoDuration(answer.waited), answer.image->size);
}

void WaitForImage(StepContext& context, const api::Container& wanting, const ImageAnswer& answer) {
  const std::string& container = wanting.name;
  Memory& memory = context.memory;
  // A configuration that is wrong stays so while the image is looked for once more.
  const bool looking = answer.waiting.reason == "ContainerCreating";
  if (!looking || !WaitsForConfig(memory, container)) memory.waiting[container] = answer.waiting;
  Retry& retry = memory.retries[container];
  retry.not_before = WallTime::max();  // until a pull ends or an image arrives
  if (answer.look_again) {
    const WallTime now = context.services.clock.Now();
    retry.After(*answer.look_again - now, now);
    retry.why = answer.waiting;
    context.LookAgain(*answer.look_again);
  }
  if (answer.look_again || !looking) SayNoImage(context, wanting, answer.waiting);
  if (!answer.pulling) return;
  const auto [said, first] = memory.pulls_said.try_emplace(container, *answer.pulling);
  if (!first && std::exchange(said->second, *answer.pulling) == *answer.pulling) return;  // looked at once more
  context.Say(container, events::Severity::kNormal, "Pulling", fmt::format("Pulling image \"{}\"", wanting.image));
}

/// Once for each trouble, as long as containers are started: images may be had without them.
PullSecrets SecretsOf(StepContext& context) {
  PullSecrets secrets;
  for (const std::string& name : PullSecretNames(api::Member(context.pod.object.body(), "spec"))) {
    secrets.Add(name, context.services.references.Find({"Secret", context.pod.meta.ns, name}).config);
  }
  const std::string trouble = secrets.Trouble();
  if (std::exchange(context.memory.secrets_said, trouble) != trouble && !trouble.empty()) {
    context.Say("", events::Severity::kWarning, "FailedToRetrieveImagePullSecret", trouble);
  }
  return secrets;
}

/// A pull may outlive the step, and the pod: this holds what it needs.
std::function<void(Images::Progress)> SayingProgress(const StepContext& context, const api::Container& container) {
  events::Event event{context.pod.object, events::Severity::kNormal, "Pulling", "", container.name};
  return [&recorder = context.services.recorder, event, image = container.image](Images::Progress progress) {
    events::Event said = event;
    said.message = progress == Images::Progress::kPulls
                       ? fmt::format("Still pulling image \"{}\"", image)
                       : fmt::format("Image \"{}\" waits for its turn: others are being pulled", image);
    recorder.Record(said);
  };
}

}  // namespace

Task<Result<std::optional<cri::Image>>> FindImage(StepContext& context, const api::Container& container) {
  Images::Credentials credentials = SecretsOf(context).keyring().For(container.image);
  for (const FoundImage& found : context.images) {
    const bool same = found.reference == container.image && found.policy == container.image_pull_policy;
    if (same && found.credentials == credentials) co_return std::optional<cri::Image>(found.image);
  }
  FoundImage finding{container.image, container.image_pull_policy, credentials, {}};
  Images::Waiter waiter{context.pod.meta.uid, container.name, context.image_arrived,
                        SayingProgress(context, container)};
  CO_TRY(ImageAnswer answer,
         co_await context.services.images.Ensure(container, std::move(credentials), std::move(waiter)));
  if (answer.image) {
    context.Say(container.name, events::Severity::kNormal, "Pulled", PulledText(container, answer));
    finding.image = *answer.image;
    context.images.push_back(std::move(finding));
  } else {
    WaitForImage(context, container, answer);
  }
  co_return std::move(answer.image);
}

void UseImages(StepContext& context) {
  for (const FoundImage& found : context.images) context.services.images.Used(found.reference, found.credentials);
  context.images.clear();
}

}  // namespace ordinal::podsync
