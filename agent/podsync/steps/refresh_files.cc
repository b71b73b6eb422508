#include "agent/podsync/steps/refresh_files.h"

#include <fmt/format.h>

namespace ordinal::podsync {

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
    FailWith(context, context.memory.files_retry, "write files",
             Error{first.error().code, first.error().message, "FailedMount"});
  } else {
    context.memory.files_retry.reset();
  }
}

}  // namespace ordinal::podsync
