// Making the volume of one claim: the directory, then the object. Cut off in between, it finds the empty directory
// again. The claim is bound by the next pass: a volume that names it wins over every other.
#pragma once

#include <string>

#include "agent/controllers/claims/plan.h"
#include "agent/controllers/claims/storage.h"
#include "agent/controllers/context.h"
#include "agent/objects/cache.h"

namespace ordinal::controllers::claims {

class ProvisionOrder {
 public:
  using Volumes = objects::Cache<api::PersistentVolume>;

  ProvisionOrder(Context context, const Volumes& volumes, Storage& storage)
      : context_(std::move(context)), volumes_(volumes), storage_(storage) {}

  /// Success without a volume when the claim is gone, bound or of another class by now.
  Task<Status> Carry(Provision wanted);

 private:
  Task<Status> Make(const Provision& wanted);

  Context context_;
  const Volumes& volumes_;
  Storage& storage_;
};

}  // namespace ordinal::controllers::claims
