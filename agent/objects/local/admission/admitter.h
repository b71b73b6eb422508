// Admission: the rules that every write goes through, one a file, in the order of admitters.cc. Each completes, keeps
// or refuses something of a document that was decoded and validated; the rules are those of the Kubernetes API server
// (registry/rest/create.go, update.go; the strategies of each kind).
//
//   document ──> Attempt ──> admitter ──> admitter ──> … ──> store
//                                └── may take something (an address, a port): kept when the write is, else given back
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/api/kind.h"
#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "agent/base/task.h"
#include "agent/objects/objects.h"

namespace ordinal::objects {

/// One write on its way to the store.
class Attempt {
 public:
  /// All of them outlive it. `old_object` is empty for a new object.
  Attempt(const api::KindInfo& of_kind, const store::Object& old_object, WriteOptions::Part written, WallTime at,
          Random& chance, store::ObjectReader& all)
      : kind(of_kind), old(old_object), part(written), now(at), random(chance), objects(all) {}
  ~Attempt() { Settle(false); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  bool creates() const { return old.empty(); }
  /// The status stays as it was.
  bool keeps_status() const { return part == WriteOptions::Part::kSpec || resizes(); }
  /// It came through pods/resize.
  bool resizes() const { return part == WriteOptions::Part::kResize; }
  /// For refusals of what completes a document, before it is validated: the reference makes up a name only then, and
  /// says metadata.generateName. Remembers that the object was named so.
  std::string NameAsked();
  /// The refusal of what completes it, by NameAsked().
  Error Forbidden(const std::string& why);

  const api::KindInfo& kind;
  const store::Object& old;
  const WriteOptions::Part part;  ///< what may be changed
  const WallTime now;
  Random& random;
  store::ObjectReader& objects;  ///< what else there is
  api::Json body;
  std::vector<api::FieldError> faults;  ///< they refuse the write
  std::function<api::Json()> author;    ///< WriteOptions::author
  std::vector<std::string> warnings;    ///< its writer is told of them, when it is not refused
  bool generated = false;               ///< metadata.name was made up of metadata.generateName
  std::string named;                    ///< what NameAsked() said of a generated one

  /// Called once, when the document is stored (true) or is not going to be.
  void OnSettled(std::function<void(bool stored)> settled) { settled_.push_back(std::move(settled)); }
  void Settle(bool stored);

 private:
  std::vector<std::function<void(bool)>> settled_;
};

class Admitter {
 public:
  virtual ~Admitter() = default;
  /// Whether it has anything to say of the kind.
  virtual bool Concerns(const api::KindInfo&) const { return true; }
  /// May be called several times for one write, when others come in between. An error ends the write.
  virtual Task<Status> Admit(Attempt& attempt) = 0;
};

using Admitters = std::vector<std::unique_ptr<Admitter>>;
/// All of them, in their order.
Admitters AllAdmitters();

/// Has `attempt.body` admitted by each. kInvalid errors are left to the caller: they are in `attempt.faults`.
Task<Status> AdmitBy(const Admitters& admitters, Attempt& attempt);

std::unique_ptr<Admitter> AdmitIdentity();
std::unique_ptr<Admitter> AdmitEndingNamespaces();
std::unique_ptr<Admitter> AdmitFinished();
std::unique_ptr<Admitter> AdmitLimitRanges();
std::unique_ptr<Admitter> AdmitStatus();
std::unique_ptr<Admitter> AdmitCertificateRequests();
std::unique_ptr<Admitter> AdmitProtection();
std::unique_ptr<Admitter> AdmitNamespaces();
std::unique_ptr<Admitter> AdmitPods();
std::unique_ptr<Admitter> AdmitPriorities();
std::unique_ptr<Admitter> AdmitRuntimeClasses();
std::unique_ptr<Admitter> AdmitServiceAccounts();
std::unique_ptr<Admitter> AdmitIngressClasses();
std::unique_ptr<Admitter> AdmitPodSecurities();
std::unique_ptr<Admitter> AdmitGeneration();
std::unique_ptr<Admitter> AdmitUpdates();
std::unique_ptr<Admitter> AdmitFinalizers();
std::unique_ptr<Admitter> AdmitResourceQuotas();

}  // namespace ordinal::objects
