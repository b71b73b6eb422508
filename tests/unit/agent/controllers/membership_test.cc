// What an object is to an owner (agent/controllers/membership.h).
#include "agent/controllers/membership.h"

#include <gtest/gtest.h>

namespace ordinal::controllers {
namespace {

TEST(Membership, AsControllerLabelsAndDeletionSay) {
  struct Case {
    const char* controller;  // its uid; empty: nobody's
    bool fits, going, owner_going;
    Membership expected;
  };
  const Case cases[] = {
      {"us", true, false, false, Membership::kOurs},       {"us", true, true, false, Membership::kOurs},
      {"us", true, false, true, Membership::kOurs},        {"us", false, false, false, Membership::kRelease},
      {"us", false, true, false, Membership::kRelease},    {"us", false, false, true, Membership::kStranger},
      {"", true, false, false, Membership::kAdopt},        {"", true, true, false, Membership::kStranger},
      {"", true, false, true, Membership::kStranger},      {"", false, false, false, Membership::kStranger},
      {"them", true, false, false, Membership::kStranger}, {"them", false, false, false, Membership::kStranger},
  };
  for (const Case& test : cases) {
    api::Meta owner, dependent;
    owner.uid = "us";
    if (test.owner_going) owner.deleted = WallTime{};
    if (test.going) dependent.deleted = WallTime{};
    if (*test.controller != '\0') {
      api::OwnerReference reference;
      reference.uid = test.controller;
      reference.controller = true;
      dependent.owners = {reference};
    }
    EXPECT_EQ(MembershipOf(owner, test.fits, dependent), test.expected)
        << test.controller << " fits " << test.fits << " going " << test.going << " owner " << test.owner_going;
  }
}

}  // namespace
}  // namespace ordinal::controllers
