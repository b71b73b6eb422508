#include "agent/controllers/autoscaling/figures.h"

namespace ordinal::controllers::autoscaling {

using api::Json;

Task<Result<Json>> Figures::Of(api::Refs<api::Pod> pods) {
  if (!answer_ || clock_.Steady() - answer_->at >= kFresh) {
    Result<Json> all = co_await ask_();
    Answer next;
    next.at = clock_.Steady();
    if (all.ok()) {
      for (Json& item : *all) {
        const Json& metadata = api::Member(item, "metadata");
        Name name{api::ReadString(metadata, "namespace"), api::ReadString(metadata, "name")};
        next.by_pod.insert_or_assign(std::move(name), std::move(item));
      }
    } else {
      next.asked = all.error();
    }
    answer_ = std::move(next);
  }
  if (!answer_->asked.ok()) co_return answer_->asked.error();
  Json items = Json::array();
  for (const api::Pod& pod : pods) {
    const auto found = answer_->by_pod.find(Name{pod.meta.ns, pod.meta.name});
    if (found != answer_->by_pod.end()) items.push_back(found->second);
  }
  co_return items;
}

}  // namespace ordinal::controllers::autoscaling
