// A request of a certificate says who made it, never changes, and is decided upon apart from what becomes of it
// (k8s.io/kubernetes pkg/registry/certificates/certificates/strategy.go).
#include "agent/api/kinds/certificate_signing_request/view.h"
#include "agent/api/read.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

using api::Json;

constexpr const char* kOfAuthor[] = {"username", "uid", "groups", "extra"};

bool IsDecision(const std::string& type) { return type == "Approved" || type == "Denied"; }

/// Decisions as they were, everything else as it is written: decisions come by approval alone.
void KeepDecisions(const Json& old_status, Json& status) {
  Json kept = Json::array();
  for (const Json& each : api::Items(old_status, "conditions")) {
    if (IsDecision(api::ReadString(each, "type"))) kept.push_back(each);
  }
  for (const Json& each : api::Items(status, "conditions")) {
    if (!IsDecision(api::ReadString(each, "type"))) kept.push_back(each);
  }
  if (!kept.empty() || status.contains("conditions")) status["conditions"] = std::move(kept);
}

/// The times that a writer leaves out.
void StampConditions(const Json& old_status, WallTime now, Json& status) {
  if (!status.contains("conditions") || !status["conditions"].is_array()) return;
  for (Json& condition : status["conditions"]) {
    const auto fill = [&condition, now](const char* member) {
      if (!condition.contains(member) || condition[member].is_null()) condition[member] = FormatTime(now);
    };
    fill("lastUpdateTime");
    for (const Json& old : api::Items(old_status, "conditions")) {
      const bool same = api::Member(old, "type") == api::Member(condition, "type") &&
                        api::Member(old, "status") == api::Member(condition, "status");
      if (same && api::ReadString(condition, "lastTransitionTime").empty()) {
        api::Carry(old, "lastTransitionTime", condition);
      }
    }
    fill("lastTransitionTime");
  }
}

class CertificateRequests final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override {
    return api::IsBuiltIn(kind, api::CertificateSigningRequest::kKind);
  }

  Task<Status> Admit(Attempt& attempt) override {
    Json& spec = attempt.body["spec"];
    if (attempt.creates()) {
      for (const char* member : kOfAuthor) spec.erase(member);
      if (attempt.author) spec.update(attempt.author());
      co_return Status();
    }
    const Json& old_status = api::Member(attempt.old.body(), "status");
    api::Carry(attempt.old.body(), "spec", attempt.body);
    Json& status = attempt.body["status"];
    if (!status.is_object()) status = Json::object();
    if (attempt.part == WriteOptions::Part::kStatus) KeepDecisions(old_status, status);
    StampConditions(old_status, attempt.now, status);
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitCertificateRequests() { return std::make_unique<CertificateRequests>(); }

}  // namespace ordinal::objects
