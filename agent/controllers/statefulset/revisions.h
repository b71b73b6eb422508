// ControllerRevisions: the templates a StatefulSet has had, so that an ordinal below the partition comes back as
// it was and an update can be undone. Pure.
//
// A revision is named `<set>-<hash>`. The hash is the one Kubernetes computes (FNV-1 32 over the data as Go
// renders it and the collision count, in the alphabet of generated names), so that a set keeps its revisions when
// it moves between control planes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/controller_revision/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/revision_hash.h"

namespace ordinal::controllers::statefulset {

/// {"spec":{"template":{…,"$patch":"replace"}}}
api::Json RevisionData(const api::StatefulSet& set);
/// The pod template a revision's data holds.
api::Json TemplateOf(const api::Json& data);

struct Revisions {
  std::string current, update;  ///< names
  api::Json current_template, update_template;
  std::optional<api::Json> create;  ///< a new revision's document, when the template is new
  struct Renumber {
    std::string name;
    int64_t revision = 0;
  };
  std::optional<Renumber> renumber;  ///< an earlier revision that is the newest again
};

/// Finds the revision pods are at and the one they should get among `known` (the set's own revisions).
Revisions ResolveRevisions(const api::StatefulSet& set, const api::Refs<api::ControllerRevision>& known);

/// The revisions beyond spec.revisionHistoryLimit, oldest first. Those in `live` (current, update, and what pods
/// are labelled with) neither count nor go.
std::vector<std::string> SurplusRevisions(const api::StatefulSet& set, const api::Refs<api::ControllerRevision>& known,
                                          const std::vector<std::string>& live);

}  // namespace ordinal::controllers::statefulset
