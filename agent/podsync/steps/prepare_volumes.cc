#include "agent/podsync/steps/prepare_volumes.h"

#include "agent/podsync/steps/runtime_class.h"

namespace ordinal::podsync {

Task<Status> Perform(StepContext& context, const PrepareVolumes&) {
  CO_TRYV(CheckImageVolumes(context));
  CO_TRY(context.volumes, context.seen.volumes);
  CO_TRYV(co_await context.services.volumes.Mount(context.volumes));
  context.memory.files = VersionsOf(context.volumes);
  co_return Status();
}

}  // namespace ordinal::podsync
