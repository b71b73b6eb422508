#include "agent/controllers/claims/provision_order.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/claims/provisioning.h"

namespace ordinal::controllers::claims {
namespace {

using api::PersistentVolume;
using api::PersistentVolumeClaim;

std::string Success(const std::string& volume, const MadeDirectory& made) {
  if (made.adopted) {
    return fmt::format("Successfully provisioned volume {}: it took over {} with what is in it", volume, made.path);
  }
  if (made.passed_over.empty()) return fmt::format("Successfully provisioned volume {}", volume);
  return fmt::format("Successfully provisioned volume {} in {}: {} holds the data of an earlier claim, which is kept",
                     volume, made.path, made.passed_over);
}

/// "…; to take it over: kubectl …; to begin empty: kubectl …".
std::string Question(const PersistentVolumeClaim& claim, const std::string& found) {
  const std::string command =
      fmt::format("kubectl -n {} annotate --overwrite pvc {} {}", claim.meta.ns, claim.meta.name, kDirectory);
  return fmt::format(
      "claim {}/{} waits: {}. To go on with the data that is there: {}={}. To keep it aside and begin empty: {}={}",
      claim.meta.ns, claim.meta.name, found, command, kAdoptDirectory, command, kNewDirectory);
}

}  // namespace

Task<Status> ProvisionOrder::Carry(Provision wanted) {
  api::ObjectKey key{"PersistentVolumeClaim", wanted.claim.meta.ns, wanted.claim.meta.name};
  const auto read = co_await context_.client.Get(std::move(key));
  if (!read.ok() && read.error().code == ErrorCode::kNotFound) co_return Status();
  if (!read.ok()) co_return read.error();
  const auto claim = PersistentVolumeClaim::From(*read);
  const bool wants = claim.meta.uid == wanted.claim.meta.uid && !claim.meta.deleting() && claim.volume_name.empty() &&
                     claim.storage_class == wanted.claim.storage_class;
  if (!wants) co_return Status();
  wanted.claim = claim;
  const Status made = co_await Make(wanted);
  if (made.ok()) co_return Status();
  const bool asks = made.error().reason == kUndecided;
  const std::string message = asks ? Question(claim, made.error().message) : made.error().message;
  context_.recorder.Record(
      {claim.object, events::Severity::kWarning, asks ? kUndecided : "ProvisioningFailed", message});
  co_return MakeError(ErrorCode::kInternal, message);
}

Task<Status> ProvisionOrder::Make(const Provision& wanted) {
  const PersistentVolumeClaim& claim = wanted.claim;
  if (volumes_.Find("", ProvisionedName(claim))) co_return Status();  // an earlier try got this far
  Storage::Volumes others;
  volumes_.ForEach("", [&](const api::Ref<PersistentVolume>& volume) { others.push_back(volume); });
  CO_TRY(const MadeDirectory made, co_await storage_.Make(claim, std::move(others)));
  api::Json body = ProvisionedVolume(claim, wanted.storage_class, context_.node_name, made.path);
  const auto created = co_await context_.client.Create(std::move(body));
  if (!created.ok()) co_return created.error();
  const std::string message = Success(ProvisionedName(claim), made);
  context_.recorder.Record({claim.object, events::Severity::kNormal, "ProvisioningSucceeded", message});
  co_return Status();
}

}  // namespace ordinal::controllers::claims
