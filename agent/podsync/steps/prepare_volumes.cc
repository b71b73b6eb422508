#include "agent/podsync/steps/prepare_volumes.h"

namespace ordinal::podsync {

Task<Status> Perform(StepContext& context, const PrepareVolumes&) {
  CO_TRY(context.volumes, context.seen.volumes);
  CO_TRYV(co_await context.services.volumes.Mount(context.volumes));
  context.memory.files = VersionsOf(context.volumes);
  co_return Status();
}

}  // namespace ordinal::podsync
