#include "agent/api/patch/apply.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/api/custom/objects.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/patch/canonical.h"
#include "agent/api/patch/choices.h"
#include "agent/api/patch/track.h"
#include "agent/api/patch/typed.h"
#include "agent/api/schema/check.h"
#include "agent/api/text/json.h"

namespace ordinal::api {
namespace {

/// Who owns what was there when an object was first applied.
constexpr std::string_view kUnknownWriter = "before-first-apply";
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

std::string Describe(const Owner& owner) {
  std::string text = "conflict with " + Faults::Quote(owner.manager);
  if (!owner.subresource.empty()) text += " with subresource " + Faults::Quote(owner.subresource);
  return owner.applied() ? text : text + " using " + owner.api_version;
}

ApplyFailure BadConfiguration(std::string message) {
  return {MakeError(ErrorCode::kInvalid, std::move(message), "BadRequest"), {}};
}

ApplyFailure Conflicts(const Owners& owners) {
  ApplyFailure failure;
  std::string lines;
  for (const Owner& owner : owners) {
    for (const std::string& path : owner.fields.Paths()) {
      failure.conflicts.push_back({path, Describe(owner)});
      lines += "\n" + failure.conflicts.back().message + ": " + path;
    }
  }
  const size_t count = failure.conflicts.size();
  failure.error = MakeError(ErrorCode::kConflict,
                            count == 1 ? "Apply failed with 1 conflict: " + lines.substr(1)
                                       : "Apply failed with " + std::to_string(count) + " conflicts:" + lines,
                            "Conflict");
  return failure;
}

const Json& Annotation(const Json& body) {
  return Member(Member(Member(body, "metadata"), "annotations"), kLastApplied);
}

/// As the store would hold it: what a field is by default does not differ from what was filled in when it was left out,
/// not even within what has one owner as a whole (fieldRef, volumeClaimTemplates). A document that is not of its kind's
/// form stays; decoding says why.
Json Defaulted(const KindInfo& kind, const Json& body) {
  if (kind.custom != nullptr) return custom::CompleteObject(*kind.custom, body);
  Json full = body;
  std::vector<FieldError> told_by_decode;
  if (!CheckSchema(*kind.schema, full, told_by_decode)) return body;
  if (kind.set_defaults != nullptr) kind.set_defaults(full);
  return full;
}

class Application {
 public:
  Application(const KindInfo& kind, const Json& live, const ApplyRequest& request)
      : kind_(kind), form_(FormOf(*kind.schema)), request_(request), live_(live.is_object() ? live : Json::object()) {
    owners_ = ReadOwners(live_);
    self_ = Owner{request.manager.name, "Apply", request.manager.api_version, request.manager.subresource, "", {}};
    if (owners_.empty() && !live_.empty()) {
      // Written before anybody was tracked: what is there shall not look like nobody's.
      const FieldWriter unknown{std::string(kUnknownWriter), ApiVersion(kind), ""};
      owners_ = ReadOwners(TrackUpdate(kind, Json(), live_, unknown, request.time));
    }
    if (Member(live_, "metadata").is_object()) live_["metadata"].erase("managedFields");
  }

  std::variant<Json, ApplyFailure> Run(const Json& config) {
    FieldSet claimed = FieldsOf(config, form_);
    Json merged = Merged(config, claimed);
    Comparison difference = Compare(Defaulted(kind_, live_), Defaulted(kind_, merged), form_);
    for (FieldSet* fields : {&difference.added, &difference.removed, &difference.modified}) {
      Strip(*fields, kind_, request_.manager.subresource);
    }
    Strip(claimed, kind_, request_.manager.subresource);
    const bool same = difference.Same();
    const FieldSet changed = difference.TakeChanged();
    if (const Owners disputed = Disputed(changed); !disputed.empty() && !MayTakeOver(disputed)) {
      return Conflicts(disputed);
    }
    std::optional<FieldSet> before;  // what follows takes from it
    if (const FieldSet* const own = OwnFields()) before = *own;
    TakeAway(owners_, changed);
    TakeAway(owners_, difference.removed);
    if (request_.exclusive) TakeFromWriters(claimed);
    Own(std::move(claimed), before, !same);
    WriteOwners(merged, std::move(owners_));
    KeepAnnotation(merged, config);
    return merged;
  }

 private:
  /// What the applier owned before; null when it had no entry.
  const FieldSet* OwnFields() const {
    for (const Owner& owner : owners_) {
      if (owner.Is(self_)) return &owner.fields;
    }
    return nullptr;
  }

  /// The live object with the configuration set and what it does not hold any more taken away.
  Json Merged(const Json& config, const FieldSet& claimed) const {
    Json merged = MergeTyped(live_, config, form_);
    if (const FieldSet* const last = OwnFields()) {
      FieldSet owned = claimed;
      for (const Owner& owner : owners_) {
        if (!owner.Is(self_)) owned.Unite(owner.fields);
      }
      merged = Prune(std::move(merged), *last, &owned, form_);
    }
    if (request_.choices) merged = WithChoicesOf(*kind_.schema, config, std::move(merged));
    return WithoutOldChoices(*kind_.schema, live_, std::move(merged), Written::kChange);
  }

  /// The others, each with those of its fields that would change.
  Owners Disputed(const FieldSet& changed) const {
    Owners disputed;
    for (const Owner& owner : owners_) {
      if (owner.Is(self_)) continue;
      FieldSet lost = owner.fields.Intersect(changed);
      if (lost.empty()) continue;
      disputed.push_back(
          {owner.manager, owner.operation, owner.api_version, owner.subresource, owner.time, std::move(lost)});
    }
    return disputed;
  }

  /// Forced; or kubectl, going on from client-side to server-side apply, takes over what its last-applied annotation
  /// says is its own and nobody changed since.
  bool MayTakeOver(const Owners& disputed) const {
    if (request_.force) return true;
    const Json& annotation = Annotation(live_);
    if (request_.manager.name != "kubectl" || !annotation.is_string()) return false;
    const auto last = ParseJson(annotation.get_ref<const std::string&>());
    if (!last.ok() || !last->is_object()) return false;
    FieldSet own = FieldsOf(*last, form_);
    const Comparison since = Compare(Defaulted(kind_, *last), Defaulted(kind_, live_), form_);
    for (const FieldSet* fields : {&since.added, &since.removed, &since.modified}) own.Subtract(*fields);
    return std::all_of(disputed.begin(), disputed.end(), [&](const Owner& owner) {
      FieldSet rest = owner.fields;
      rest.Subtract(own);
      return rest.empty();
    });
  }

  void TakeFromWriters(const FieldSet& claimed) {
    for (Owner& owner : owners_) {
      if (!owner.applied()) owner.fields.Subtract(claimed);
    }
  }

  /// The applier's entry. Its time stays when nothing changed, so that applying twice changes nothing.
  void Own(FieldSet claimed, const std::optional<FieldSet>& before, bool changed) {
    Owner& entry = FindOrAdd(owners_, self_);
    entry.api_version = self_.api_version;
    entry.fields = std::move(claimed);
    const bool same = !changed && before && *before == entry.fields;
    if (!same || entry.time.empty()) entry.time = FormatTime(request_.time);
  }

  /// An object that client-side apply has seen can be applied by it again only if its annotation says what is applied.
  void KeepAnnotation(Json& merged, Json config) const {
    if (request_.manager.name != "kubectl" || !request_.manager.subresource.empty()) return;
    if (!Annotation(merged).is_string()) return;
    if (config.contains("metadata") && config["metadata"].contains("annotations")) {
      config["metadata"]["annotations"].erase(std::string(kLastApplied));
    }
    std::string text = config.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    // A longer one is not kept up to date.
    if (text.size() <= kMostAnnotationBytes)
      merged["metadata"]["annotations"][std::string(kLastApplied)] = std::move(text);
  }

  const KindInfo& kind_;
  const Form form_;
  const ApplyRequest& request_;
  Json live_;  // without managedFields
  Owners owners_;
  Owner self_;
};

}  // namespace

Json WithApplier(const KindInfo& kind, Json live, const Json& applied, const FieldWriter& manager, WallTime time) {
  Owners owners = ReadOwners(live);
  Owner self{manager.name, "Apply", manager.api_version, manager.subresource, FormatTime(time), {}};
  if (std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) { return owner.Is(self); })) return live;
  self.fields = FieldsOf(Canonical(applied, *kind.schema), FormOf(*kind.schema));
  Strip(self.fields, kind, manager.subresource);
  for (Owner& owner : owners) {
    if (owner.manager == kUnknownWriter) {
      owner.fields.Subtract(self.fields);
    } else {
      self.fields.Subtract(owner.fields);
    }
  }
  owners.push_back(std::move(self));
  WriteOwners(live, std::move(owners));
  return live;
}

bool AppliedAnnotation(const Json& body, std::string_view manager, std::string_view annotation) {
  const Owners owners = ReadOwners(body);
  return std::any_of(owners.begin(), owners.end(), [&](const Owner& owner) {
    if (!owner.applied() || owner.manager != manager) return false;
    const FieldSet* at = &owner.fields;
    for (const std::string& element :
         {std::string("f:metadata"), std::string("f:annotations"), "f:" + std::string(annotation)}) {
      if (at != nullptr) at = at->Find(element);
    }
    return at != nullptr;
  });
}

std::variant<Json, ApplyFailure> ServerSideApply(const KindInfo& kind, const Json& live, Json config,
                                                 const ApplyRequest& request) {
  if (!config.is_object()) return BadConfiguration("the configuration must be an object");
  const Json& entries = Member(Member(config, "metadata"), "managedFields");
  if (!entries.is_null()) return BadConfiguration("metadata.managedFields must be absent from what is applied");
  if (request.manager.subresource.empty()) config.erase("status");
  if (request.manager.subresource == "status") config.erase("spec");
  config = Canonical(std::move(config), *kind.schema);
  const auto faults = CheckApplied(config, FormOf(*kind.schema));
  if (!faults.empty()) {
    std::string text = "the configuration cannot be applied";
    for (const std::string& fault : faults) text += (&fault == &faults.front() ? ": " : "; ") + fault;
    return BadConfiguration(std::move(text));
  }
  return Application(kind, live, request).Run(config);
}

}  // namespace ordinal::api
