#include "agent/controllers/certificates/controller.h"

#include <utility>

#include "agent/api/base64.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::certificates {

using api::CertificateSigningRequest;
using api::Json;

Controller::Controller(Context context, objects::Caches& caches, Sign sign)
    : context_(std::move(context)),
      requests_(caches.Of<CertificateSigningRequest>()),
      sign_(std::move(sign)),
      queue_(context_.executor, context_.clock, "certificates") {
  requests_.OnChange([this](const objects::Change<CertificateSigningRequest>& change) {
    queue_.Add(QueueKey(change.last()->object));
  });
  queue_.OnException(SayFailedPass(context_.recorder, requests_));
}

Task<void> Controller::Run() {
  co_await requests_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const api::Ref<CertificateSigningRequest> request = requests_.Find("", SplitQueueKey(key).second);
  if (!request) co_return Status();
  const WallTime now = context_.clock.Now();
  Plan plan = MakePlan(*request, now);
  if (plan.again) queue_.AddAfter(key, *plan.again - now);
  if (plan.type == Plan::Type::kRemove) co_return co_await Remove(request);
  if (plan.type == Plan::Type::kWait) co_return Status();
  co_return co_await Answer(request, std::move(plan));
}

Task<Status> Controller::Answer(api::Ref<CertificateSigningRequest> request, Plan plan) {
  std::string certificate;
  if (plan.type == Plan::Type::kSign) {
    CO_TRY(certificate, sign_(request->request, request->usages, plan.length));
  }
  const std::string now = FormatTime(context_.clock.Now());
  std::function<bool(Json&)> answer = [&](Json& body) {
    Json& status = body["status"];
    if (!api::ReadString(status, "certificate").empty()) return false;
    if (!certificate.empty()) {
      status["certificate"] = api::EncodeBase64(certificate);
      return true;
    }
    status["conditions"].push_back(Json{{"type", "Failed"},
                                        {"status", "True"},
                                        {"reason", "SignerValidationFailure"},
                                        {"message", plan.message},
                                        {"lastUpdateTime", now},
                                        {"lastTransitionTime", now}});
    return true;
  };
  co_return StatusOf(co_await EditIf(context_, request->object.key(), request->meta.uid, std::move(answer)));
}

Task<Status> Controller::Remove(api::Ref<CertificateSigningRequest> request) {
  objects::DeleteOptions options;
  options.preconditions.uid = request->meta.uid;
  api::ObjectKey key = request->object.key();
  const auto removed = co_await context_.client.Remove(std::move(key), std::move(options));
  co_return Settled(StatusOf(removed));
}

}  // namespace ordinal::controllers::certificates
