// The revisions of a StatefulSet (agent/controllers/revisions.h): which one its pods are at and which one they should
// get, so that an ordinal below the partition comes back as it was. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/controller_revision/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/revisions.h"

namespace ordinal::controllers::statefulset {

/// The set as the owner of its revisions.
TemplateOwner OwnerOf(const api::StatefulSet& set);

struct Revisions {
  std::string current, update;  ///< names
  api::Json current_template, update_template;
  std::optional<api::Json> create;  ///< a new revision's document, when the template is new
  std::optional<RenumberRevision> renumber;
};

/// Finds the revision pods are at and the one they should get among `known` (the set's own revisions).
Revisions ResolveRevisions(const api::StatefulSet& set, const api::Refs<api::ControllerRevision>& known);

/// The revisions beyond spec.revisionHistoryLimit, oldest first. Those in `live` (current, update, and what pods
/// are labelled with) neither count nor go.
std::vector<std::string> SurplusRevisions(const api::StatefulSet& set, const api::Refs<api::ControllerRevision>& known,
                                          const std::vector<std::string>& live);

}  // namespace ordinal::controllers::statefulset
