// Printed by hand: what a decision of the authoriser costs with 1,000 bindings, and what a change costs.
//   ninja access && build/release/tests/bench/access
#include <fmt/format.h>

#include <chrono>

#include "agent/apiserver/auth/authorizer.h"
#include "agent/controllers/roles/defaults.h"

namespace {

using namespace ordinal;  // NOLINT: a program of one file
using apiserver::auth::Attributes;
using apiserver::auth::Authorizer;
using apiserver::auth::Binding;
using apiserver::auth::PolicyIndex;

constexpr int kBindings = 1000, kNamespaces = 100, kRounds = 200'000;

double MicrosecondsEach(int times, const std::function<void(int)>& what) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) what(i);
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count() / times;
}

http::User UserOf(int number) {
  http::User user;
  user.name = fmt::format("system:serviceaccount:ns-{}:app-{}", number % kNamespaces, number);
  user.groups = {"system:serviceaccounts", fmt::format("system:serviceaccounts:ns-{}", number % kNamespaces),
                 "system:authenticated"};
  return user;
}

void AddDefaults(PolicyIndex& index) {
  for (const api::Json& body : controllers::roles::DefaultRoles()) {
    index.PutRole("", body["metadata"]["name"], api::ReadRules(body));
  }
  for (const api::Json& body : controllers::roles::DefaultBindings()) {
    index.PutBinding({"", body["metadata"]["name"], api::RoleRef::From(body), api::ReadSubjects(body)});
  }
}

void Print(const Authorizer& access, const char* what, const http::User& user, const Attributes& asked) {
  int allowed = 0;
  const double each = MicrosecondsEach(kRounds, [&](int) { allowed += access.Allows(user, asked) ? 1 : 0; });
  fmt::print("{:<58} {:>8.3f} us  {}\n", what, each, allowed == 0 ? "refused" : "allowed");
}

/// Each account its own binding, of `admin` in its namespace.
void Spread() {
  Authorizer access;
  access.Change(AddDefaults);
  const double each = MicrosecondsEach(kBindings, [&](int i) {
    access.Change([i](PolicyIndex& index) {
      const std::string ns = fmt::format("ns-{}", i % kNamespaces), name = fmt::format("app-{}", i);
      index.PutBinding({ns, name, {"", "ClusterRole", "admin"}, {{"ServiceAccount", "", name, ns}}});
    });
  });
  fmt::print("a binding more, of {:<39} {:>8.3f} us\n", kBindings, each);
  const Attributes first{"get", "", "pods", "", "ns-7", "p", ""},
      last{"update", "x.io", "things", "status", "ns-7", "t", ""};
  Print(access, "1,000 bindings of admin, an account's right", UserOf(7), first);
  Print(access, "1,000 bindings of admin, none of its rights", UserOf(7), last);
  Print(access, "1,000 bindings of admin, a stranger", {"system:anonymous", {"system:unauthenticated"}}, first);
}

/// All of them one account's in one namespace, of a role each: as bad as it gets.
void Heaped() {
  Authorizer access;
  access.Change(AddDefaults);
  access.Change([](PolicyIndex& index) {
    for (int i = 0; i < kBindings; ++i) {
      const std::string name = fmt::format("r-{}", i);
      index.PutRole("ns-7", name, {{{"get", "list"}, {""}, {name, name + "/status"}, {}, {}}});
      index.PutBinding({"ns-7", name, {"", "Role", name}, {{"ServiceAccount", "", "app-7", "ns-7"}}});
    }
  });
  Print(access, "1,000 roles of one account in one namespace, the last", UserOf(7),
        {"get", "", "r-999", "", "ns-7", "x", ""});
}

}  // namespace

int main() {
  Spread();
  Heaped();
  return 0;
}
