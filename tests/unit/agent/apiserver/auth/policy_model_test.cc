// Random roles and bindings come, change and go; whatever the index answers, the model of policy_model.h answers too.
// ORDINAL_ACCESS_CASES: how many steps, each with questions (slow_access asks for 100,000).
#include "tests/unit/agent/apiserver/auth/policy_model.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ordinal::apiserver::auth {
namespace {

constexpr int kQuestions = 4;  // after each step
constexpr int kStepsOfWorld = 500;

int Steps() {
  const char* asked = std::getenv("ORDINAL_ACCESS_CASES");
  return asked != nullptr ? std::atoi(asked) : 4000;
}

const std::vector<std::string> kNames = {"r1", "r2", "r3", "r4", "r5", "r6"};

void ChangeSomething(PolicyDice& dice, PolicyModel& model, PolicyIndex& index) {
  const std::string ns = dice.One({"", "a", "b"}), name = dice.One(kNames);
  switch (dice.Below(8)) {
    case 0: model.roles.erase({ns, name}); return index.DropRole(ns, name);
    case 1: model.bindings.erase({ns, name}); return index.DropBinding(ns, name);
    case 2:
    case 3:
    case 4: {
      const auto rules = dice.Rules();
      model.roles[{ns, name}] = rules;
      return index.PutRole(ns, name, rules);
    }
    default: {
      const Binding binding = dice.Any(kNames);
      model.bindings[{binding.ns, binding.name}] = binding;
      return index.PutBinding(binding);
    }
  }
}

std::string Told(const http::User& user, const Attributes& asked) {
  return ForbiddenMessage(user, asked, "") + " by " + api::Quoted(user.groups);
}

TEST(PolicyModel, AnswersAsTheIndexDoes) {
  int allowed = 0, asked = 0;
  for (int step = 0; step < Steps();) {
    PolicyDice dice(static_cast<uint64_t>(step) + 1);
    PolicyModel model;
    // What everybody may see from the start is none of the model's: it has other paths.
    Authorizer access;
    for (int i = 0; i < kStepsOfWorld && step < Steps(); ++i, ++step) {
      access.Change([&](PolicyIndex& index) { ChangeSomething(dice, model, index); });
      for (int question = 0; question < kQuestions; ++question, ++asked) {
        const http::User user = dice.User();
        const Attributes request = dice.Request();
        const bool wanted = model.Allows(user, request);
        ASSERT_EQ(access.Allows(user, request), wanted) << "step " << step << ": " << Told(user, request);
        allowed += wanted ? 1 : 0;
      }
    }
  }
  EXPECT_GT(allowed, asked / 100) << "requests and roles hardly meet: the test says little";
  EXPECT_LT(allowed, asked * 9 / 10);
}

TEST(PolicyModel, RightsThatAreNotCoveredAreNotHad) {
  // Whatever is said to be covered, the owner may do: no request that the wanted rules permit is refused to the owner.
  PolicyDice dice(7);
  int covered = 0;
  for (int i = 0; i < Steps() / 2; ++i) {
    const auto owned = dice.Rules(), wanted = dice.Rules();
    const auto missing = api::Uncovered(owned, wanted);
    ASSERT_TRUE(missing.ok());
    if (!missing->empty()) continue;
    ++covered;
    const RoleRules owner(owned), given(wanted);
    for (int question = 0; question < 50; ++question) {
      const Attributes request = dice.Request();
      const class Asked about(request);
      ASSERT_TRUE(!given.Permits(about) || owner.Permits(about)) << Told(dice.User(), request);
    }
  }
  EXPECT_GT(covered, Steps() / 50);
}

}  // namespace
}  // namespace ordinal::apiserver::auth
