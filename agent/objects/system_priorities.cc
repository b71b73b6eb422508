#include "agent/objects/system_priorities.h"

#include "agent/api/kinds/priority_class/view.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::objects {

Task<Status> MakeSystemPriorities(Objects& objects) {
  Status done;
  for (const api::SystemPriority& priority : api::kSystemPriorities) {
    Json body = api::DocumentOf(priority);
    Unlike leaving = UnlessDeleting;
    const auto made = co_await CreateOrFind(objects, std::move(body), std::move(leaving));
    if (!made.ok() && done.ok()) done = made.error();
  }
  co_return done;
}

}  // namespace ordinal::objects
