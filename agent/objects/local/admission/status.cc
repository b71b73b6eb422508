// The status of a new object is its kind's first one, whatever its creator wrote; a write of the spec keeps it.
#include "agent/api/pod.h"
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

using api::Json;

/// Null: none.
Json FirstStatus(std::string_view kind, const Json& body, WallTime now) {
  Json status = Json::object();
  if (kind == "Pod") {
    status["phase"] = "Pending";
    status["qosClass"] = api::QosClass(api::ReadPodSpec(api::Member(body, "spec")));
  } else if (kind == "PersistentVolumeClaim") {
    status["phase"] = "Pending";
  } else if (kind == "PersistentVolume") {
    status["phase"] = "Pending";
    status["lastPhaseTransitionTime"] = FormatTime(now);
  } else if (kind == "StatefulSet") {
    status["replicas"] = 0;
    status["availableReplicas"] = 0;
  } else if (kind == "ReplicaSet") {
    status["replicas"] = 0;
  } else if (kind == "Service") {
    status["loadBalancer"] = Json::object();
  } else if (kind == "Namespace") {
    status["phase"] = "Active";
  } else if (kind != "Deployment") {
    return nullptr;
  }
  return status;
}

class FirstAndKept final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) {
      if (attempt.keep_status) api::Carry(attempt.old.body(), "status", attempt.body);
      co_return Status();
    }
    Json status = FirstStatus(attempt.kind.kind, attempt.body, attempt.now);
    if (!status.is_null()) attempt.body["status"] = std::move(status);
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitStatus() { return std::make_unique<FirstAndKept>(); }

}  // namespace ordinal::objects
