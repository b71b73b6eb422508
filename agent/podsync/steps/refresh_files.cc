#include "agent/podsync/steps/refresh_files.h"

#include <fmt/format.h>

#include "agent/base/log.h"

namespace ordinal::podsync {

namespace {

void Fail(StepContext& context, const Error& error) {
  Retry retry = context.memory.files_retry.value_or(Retry{});
  const bool repeated = retry.why.message == error.message;
  retry.why = {"FailedMount", error.message};
  retry.backoff.Advance(Duration::zero());
  retry.not_before = context.services.clock.Now() + retry.backoff.delay();
  context.memory.files_retry = retry;
  context.LookAgain(retry.not_before);
  if (repeated) return;  // said already
  log::Warning("pod {}: write files: {}", context.PodName(), error.message);
  context.Say("", events::Severity::kWarning, "FailedMount", error.message);
}

}  // namespace

Task<void> Perform(StepContext& context, const RefreshFiles&) {
  const volumes::PodVolumesSpec& all = context.seen.files;
  Status first;
  for (const volumes::VolumeSpec& volume : all.volumes) {
    const auto& files = std::get<volumes::ConfigFiles>(volume.source);
    std::string& written = context.memory.files[volume.name];
    if (written == files.version) continue;
    volumes::PodVolumesSpec one{all.uid, {volume}, {}, all.fs_group, all.fs_group_policy};
    const Status done = co_await context.services.volumes.Mount(std::move(one));
    if (!done.ok() && first.ok()) first = done;
    if (!done.ok()) continue;
    written = files.version;
    if (!files.missing) continue;
    context.Say("", events::Severity::kWarning, "FailedMount",
                fmt::format("volume \"{}\": {}; its files stay as they are", volume.name, files.missing->message));
  }
  if (!first.ok()) {
    Fail(context, first.error());
  } else {
    context.memory.files_retry.reset();
  }
}

}  // namespace ordinal::podsync
