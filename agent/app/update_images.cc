#include "agent/app/update_images.h"

#include <memory>
#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/podsync/pull_secrets.h"

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

/// The ones of a template, or of the account whose are given to pods that name none.
Task<std::vector<std::string>> SecretsOf(objects::Objects& objects, std::string ns, const api::Json& spec) {
  std::vector<std::string> names = podsync::PullSecretNames(spec);
  if (!names.empty()) co_return names;
  const api::ObjectKey account{"ServiceAccount", std::move(ns), api::ReadString(spec, "serviceAccountName", "default")};
  const Result<api::Object> found = co_await objects.Get(account);
  if (found.ok()) names = podsync::PullSecretNames(found->body());
  co_return names;
}

/// What is missing or no good is passed over and told nowhere: there is no pod yet to tell it of. The update shows how
/// the pull without it failed.
Task<podsync::Keyring> KeysOf(objects::Objects& objects, std::string ns, api::Json spec) {
  podsync::PullSecrets secrets;
  const std::vector<std::string> names = co_await SecretsOf(objects, ns, spec);
  for (const std::string& name : names) {
    const api::ObjectKey key{"Secret", ns, name};
    const Result<api::Object> found = co_await objects.Get(key);
    if (!found.ok()) continue;
    secrets.Add(name, std::make_shared<const references::Config>(references::Config::From(*found)));
  }
  co_return secrets.keyring();
}

Task<ImageState> Look(podsync::Images& images, const Clock& clock, api::PodSpec pod, podsync::Keyring keys,
                      std::function<void()> arrived) {
  ImageState worst;
  for (const auto* containers : {&pod.init_containers, &pod.containers}) {
    for (const api::Container& container : *containers) {
      podsync::Images::Credentials credentials = keys.For(container.image);
      const auto answer = co_await images.Prefetch(container, std::move(credentials), arrived);
      ImageState state = StateOf(answer, clock.Now());
      if (state.phase > worst.phase) worst = std::move(state);
    }
  }
  co_return worst;
}

Task<ImageState> LookWithSecrets(podsync::Images& images, objects::Objects& objects, const Clock& clock, std::string ns,
                                 api::Json spec, std::function<void()> arrived) {
  podsync::Keyring keys = co_await KeysOf(objects, std::move(ns), spec);
  api::PodSpec pod = api::ReadPodSpec(spec);
  co_return co_await Look(images, clock, std::move(pod), std::move(keys), std::move(arrived));
}

}  // namespace

controllers::statefulset::EnsureImages UpdateImages(podsync::Images& images, objects::Objects& objects,
                                                    const Clock& clock) {
  return [&images, &objects, &clock](std::string ns, api::Json spec, std::function<void()> arrived) {
    return LookWithSecrets(images, objects, clock, std::move(ns), std::move(spec), std::move(arrived));
  };
}

}  // namespace ordinal
